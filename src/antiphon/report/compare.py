"""Differences between two results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from antiphon.errors import Exit
from antiphon.report.claims import EXERCISED_VERDICTS
from antiphon.report.result_model import Result
from antiphon.report.words import title

ABSENT = "not in the contract"
KINDS = {
    "broken": "Newly broken",
    "fixed": "Mended",
    "judged": "Newly judged",
    "unjudged": "No longer judged",
    "new": "New in the contract",
    "gone": "Gone from the contract",
}


class Change(NamedTuple):
    """A requirement with its verdict before and after."""

    id: str
    says: str
    before: str
    after: str


class Count(NamedTuple):
    """A number of the results before and after."""

    name: str
    before: int
    after: int


@dataclass(frozen=True)
class Comparison:
    """The changes between two results, each requirement in one list at most."""

    before: str
    after: str
    notes: tuple[str, ...]
    """What makes the two hard to compare."""
    partial: bool
    """One of the two is a part, and the other is not the same part: only what both judged is compared."""
    counts: tuple[Count, ...]
    broken: tuple[Change, ...] = ()
    fixed: tuple[Change, ...] = ()
    judged: tuple[Change, ...] = ()
    unjudged: tuple[Change, ...] = ()
    new: tuple[Change, ...] = ()
    gone: tuple[Change, ...] = ()

    @property
    def exit(self) -> Exit:
        """Broken where a must fails that did not fail before."""
        found = (*self.broken, *self.judged, *self.new)
        return Exit.BROKEN if any(each.after == "fail" for each in found) else Exit.HOLDS

    @property
    def changes(self) -> Iterator[tuple[str, tuple[Change, ...]]]:
        """Each list that is not empty, by its kind."""
        for kind in KINDS:
            found: tuple[Change, ...] = getattr(self, kind)
            if found:
                yield kind, found


def compare(before: Result, after: Result) -> Comparison:
    """The changes from `before` to `after`, by requirement id."""
    old = {each["id"]: each for each in before["requirements"]}
    new = {each["id"]: each for each in after["requirements"]}
    partial = _scope(before) != _scope(after)
    found: dict[str, list[Change]] = {kind: [] for kind in KINDS}
    for name in sorted(old.keys() | new.keys()):
        was = old[name]["verdict"] if name in old else ABSENT
        now = new[name]["verdict"] if name in new else ABSENT
        kind = _kind(was, now)
        if kind and not (partial and kind in ("judged", "unjudged")):
            found[kind].append(Change(name, (new.get(name) or old[name])["says"], was, now))
    changes = {kind: tuple(each) for kind, each in found.items()}
    notes = tuple(_notes(before, after, partial))
    return Comparison(_name(before), _name(after), notes, partial, tuple(_counts(before, after)), **changes)


def _kind(was: str, now: str) -> str:
    if was == now:
        return ""
    if was == ABSENT:
        return "new"
    if now == ABSENT:
        return "gone"
    if was not in EXERCISED_VERDICTS:
        return "judged" if now in EXERCISED_VERDICTS else ""
    if now not in EXERCISED_VERDICTS:
        return "unjudged"
    return "fixed" if now == "pass" else "broken" if was == "pass" or now == "fail" else ""


def _scope(result: Result) -> str:
    """What a result could show: the whole contract, or which part of it."""
    if result["source"] == "judge":
        return f"recordings {' '.join(result['files'])}"
    return f"filtered {result['filter']}" if result["filtered"] else "whole"


def _counts(before: Result, after: Result) -> Iterator[Count]:
    for name in ("requirements", "judged", "held"):
        yield Count(name, before["exercised"][name], after["exercised"][name])
    for verdict in after["totals"]:
        if verdict != "pass":  # `held` says it
            yield Count(verdict, before["totals"].get(verdict, 0), after["totals"][verdict])
    yield Count("calls", before["calls"], after["calls"])


def _name(result: Result) -> str:
    return f"{title(result)}, {result['started_at']}"


def _notes(before: Result, after: Result, partial: bool) -> Iterator[str]:
    if title(before) != title(after):
        yield f"The targets differ: {title(before)} and {title(after)}."
    if before["edition"] != after["edition"]:
        yield f"The editions differ: {before['edition']} and {after['edition']}."
    if before["antiphon"] != after["antiphon"]:
        yield f"The versions of Antiphon differ: {before['antiphon']} and {after['antiphon']}."
    for result in (before, after):
        if result["filtered"]:
            yield f"{_name(result)} is filtered; what it left out counts as not judged."
    if partial:
        yield (
            f"Results of different extent are compared ({_scope(before)}; {_scope(after)}): only what both judged is "
            "compared."
        )
