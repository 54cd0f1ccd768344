"""Writer of baselines: from a result, with the reasons of an earlier baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import yaml

from antiphon.gate.baseline import FORMAT, Baseline, BaselineEntry
from antiphon.gate.decision import is_partial
from antiphon.report.text import clip, visible
from antiphon.report.words import title

DAYS = 90
NOBODY = "nobody yet"
_HEAD = """\
# What is expected of a target: requirements with another verdict than pass, each with a reason, an owner and the last
# day on which it is excused. `antiphon run --baseline FILE` exits 1 for anything newly broken, and 5 for an entry that
# is stale (mended) or expired. Under `flaky` stand requirements that never decide: id, reason, owner, link.
"""


@dataclass(frozen=True)
class Words:
    """Text of each new entry."""

    reason: str = ""
    """Empty: what was found, in the words of the result."""
    owner: str = NOBODY
    link: str = ""
    expires: date | None = None
    """None: 90 days after the result."""


def baseline(result: Mapping[str, Any], words: Words, before: Baseline | None = None) -> str:
    """The text of a baseline that expects the broken requirements of a result, in the order of the result.

    Entries of an earlier baseline stay where they are still true, or where a partial result does not cover them.

    Of an earlier baseline the entries stay that are still true, and those of which a partial result says nothing.
    """
    value: dict[str, Any] = {"baseline": FORMAT, "edition": result["edition"], "target": visible(title(result))}
    value["expected"] = list(_expected(result, words, before))
    value["flaky"] = [_written(each) for each in before.flaky.values()] if before else []
    return _HEAD + str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110))


def _expected(result: Mapping[str, Any], words: Words, before: Baseline | None) -> Iterator[dict[str, Any]]:
    known = before.expected if before else {}
    flaky = before.flaky if before else {}
    last = words.expires or _day(result) + timedelta(days=DAYS)
    for each in result["requirements"]:
        name, got = each["id"], each["verdict"]
        entry = known.get(name)
        if name in flaky:
            continue
        if entry and (got == entry.verdict or (is_partial(result) and got == "not-testable")):
            yield _written(entry)
        elif got in ("fail", "warn"):
            yield _written(BaselineEntry(name, got, words.reason or _found(each), words.owner, words.link, last))


def _day(result: Mapping[str, Any]) -> date:
    return datetime.fromisoformat(result["started_at"]).date()


def _found(requirement: Mapping[str, Any]) -> str:
    often = f"broken {requirement['violated']} of {requirement['judged']} times"
    for first in requirement["violations"][:1]:
        return f"{often}: expected {_short(first['expected'])}, got {_short(first['got'])}"
    return often


def _short(text: str) -> str:
    return clip(visible(text), 160)


def _written(entry: BaselineEntry) -> dict[str, Any]:
    written = {key: getattr(entry, key) for key in ("id", "verdict", "reason", "link", "owner", "expires")}
    return {key: value for key, value in written.items() if value}
