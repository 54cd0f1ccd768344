"""Description of a name as text for a screen."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

WIDTH = 110


def as_text(facts: Mapping[str, Any]) -> str:
    """A heading, the sentence, and one paragraph for each fact."""
    lines = [f"{facts['name']}   ({facts['what']})"]
    if facts.get("says"):
        lines += textwrap.wrap(str(facts["says"]), WIDTH, initial_indent="  ", subsequent_indent="  ")
    for key, value in facts.items():
        if key in ("what", "name", "says"):
            continue
        lines += _fact(key, value)
    return "\n".join(lines)


def _fact(key: str, value: Any) -> Iterator[str]:
    rows = list(_rows(value))
    if len(rows) == 1 and not isinstance(value, dict):
        yield from _wrapped(f"  {key:<14}", rows[0])
        return
    yield f"  {key}"
    for row in rows:
        yield from _wrapped("    ", row)


def _rows(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        longest = min(max(map(len, map(str, value))) + 2, 44)
        for key, each in value.items():
            if isinstance(each, list) and len(each) > 1:
                yield f"{key}"
                yield from (f"  {_short(one)}" for one in each)
            elif isinstance(each, str) and "\n" in each:
                yield f"{key}"
                yield from (f"  {line}" for line in each.rstrip("\n").split("\n"))
            else:
                yield f"{key:<{longest}} {_short(each)}"
    elif isinstance(value, list):
        yield from (_short(each) for each in value)
    else:
        yield _short(value)


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _wrapped(head: str, text: str) -> Iterator[str]:
    indent = len(text) - len(text.lstrip())
    rest = " " * (len(head) + indent + 2)
    yield from textwrap.wrap(
        text, WIDTH, initial_indent=head + " " * indent, subsequent_indent=rest,
        break_on_hyphens=False, break_long_words=False,
    ) or [head.rstrip()]  # fmt: skip
