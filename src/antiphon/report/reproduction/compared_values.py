"""Both values of a violation that compares two replies, read from them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.report.reproduction.origins import last_object

ANOTHER = "another value"
"""What a relation says that came, where it compared digests."""
LONGEST = 300
_AS_IN = re.compile(r"as in (\S+)")
_MISSING = "nothing"


def with_both_values(violation: Violation, find: Callable[[str], Exchange | None]) -> Violation:
    """A violation that says what stands in the one reply, and what in the other."""
    compared = _AS_IN.fullmatch(violation.expected)
    if violation.got != ANOTHER or compared is None:
        return violation
    first, second = find(compared[1]), find(violation.exchange)
    if first is None or second is None:
        return violation
    was, came = (_value(last_object(each), violation.at) for each in (first, second))
    if was == came:  # in what is not compared, or beyond what is shown
        return violation
    return replace(violation, expected=f"{_short(was)}, {violation.expected}", got=_short(came))


def _value(value: Any, pointer: str) -> str:
    """What stands at a JSON pointer, as JSON."""
    for part in pointer.split("/")[1:]:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return _MISSING
    return json.dumps(value, ensure_ascii=False)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
