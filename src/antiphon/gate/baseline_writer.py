"""Writer of baselines: from a result, with the reasons of an earlier baseline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import yaml

from antiphon.contract.depth import Depth
from antiphon.gate.baseline import FORMAT, Baseline, BaselineEntry
from antiphon.gate.decision import is_partial
from antiphon.report.result_model import Result, ResultRequirement
from antiphon.report.text import clip, visible
from antiphon.report.words import title

DAYS = 90
NOBODY = "nobody yet"
_PASSING = re.compile(r"(?<=_)[0-9A-Za-z-]{12,}|\b(?=[a-f-]*[0-9])[0-9a-f-]{12,}\b|\b[0-9]{9,}(?:\.[0-9]+)?\b")
"""What is another in each run: the ids of objects, hexadecimal marks, times."""
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


def baseline(result: Result, words: Words, before: Baseline | None = None) -> str:
    """The text of a baseline that expects the broken requirements of a result, in the order of the result.

    Entries of an earlier baseline stay where they are still true, or where a partial result does not cover them.

    Of an earlier baseline the entries stay that are still true, and those of which a partial result says nothing.
    """
    value: dict[str, Any] = {"baseline": FORMAT, "edition": result["edition"]}
    value |= {"depth": str(depth)} if (depth := _depth(result, before)) else {}
    value["target"] = visible(title(result))
    value["expected"] = list(_expected(result, words, before))
    value["flaky"] = [_written(each) for each in before.flaky.values()] if before else []
    return _text(value)


def empty_baseline(edition: str, target: str) -> str:
    """The text of a baseline that expects nothing to be broken."""
    return _text({"baseline": FORMAT, "edition": edition, "target": target, "expected": [], "flaky": []})


def _text(value: dict[str, Any]) -> str:
    return _HEAD + str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))


class _Dumper(yaml.SafeDumper):
    """Writes a value that stands twice twice: a baseline takes no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _expected(result: Result, words: Words, before: Baseline | None) -> Iterator[dict[str, Any]]:
    known = before.expected if before else {}
    shallow = before is not None and before.is_beyond(result.get("depth", ""))
    flaky = before.flaky if before else {}
    last = words.expires or _day(result) + timedelta(days=DAYS)
    for each in result["requirements"]:
        name, got = each["id"], each["verdict"]
        entry = known.get(name)
        if name in flaky:
            continue
        unseen = got == "not-asked" or (is_partial(result) and got == "not-testable") or (shallow and got == "pass")
        if entry and (got == entry.verdict or unseen):
            yield _written(entry)
        elif got in ("fail", "warn"):
            yield _written(BaselineEntry(name, got, words.reason or _found(each), words.owner, words.link, last))


def _depth(result: Result, before: Baseline | None) -> str:
    """The depth of what the baseline expects: the deeper of the result's and that of what stays of an earlier one."""
    depths = [Depth(result["depth"])] if result.get("depth", "none") != "none" else []
    return max([*depths, *([before.depth] if before else [])], key=lambda each: each.rank, default="")


def _day(result: Result) -> date:
    return datetime.fromisoformat(result["started_at"]).date()


def _found(requirement: ResultRequirement) -> str:
    """What was expected and what came, in words that the next run finds too: without ids, times and counts."""
    found = (f"expected {_short(each['expected'])}, got {_short(each['got'])}" for each in requirement["violations"])
    return min(found, default="broken")


def _short(text: str) -> str:
    return clip(_PASSING.sub("…", visible(text)), 160)


def _written(entry: BaselineEntry) -> dict[str, Any]:
    written = {key: getattr(entry, key) for key in ("id", "verdict", "reason", "link", "owner", "expires")}
    return {key: value for key, value in written.items() if value}
