"""What changed from one result to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from antiphon.errors import Exit
from antiphon.report.claims import EXERCISED
from antiphon.report.text import markdown, visible
from antiphon.report.view import title

ABSENT = "not in the contract"
KINDS = {
    "broken": "Newly broken",
    "fixed": "Fixed",
    "judged": "Newly judged",
    "unjudged": "No longer judged",
}


class Change(NamedTuple):
    """A requirement with its verdict before and after."""

    id: str
    says: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """The changes between two results, each requirement in one list at most."""

    before: str
    after: str
    notes: tuple[str, ...]
    """What makes the two hard to compare."""
    broken: tuple[Change, ...]
    fixed: tuple[Change, ...]
    judged: tuple[Change, ...]
    unjudged: tuple[Change, ...]

    @property
    def exit(self) -> Exit:
        """Broken where a must fails that did not fail before."""
        return Exit.BROKEN if any(each.after == "fail" for each in (*self.broken, *self.judged)) else Exit.HOLDS


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """The changes from `before` to `after`, by requirement id."""
    old = {each["id"]: each for each in before["requirements"]}
    new = {each["id"]: each for each in after["requirements"]}
    found: dict[str, list[Change]] = {kind: [] for kind in KINDS}
    for name in sorted(old.keys() | new.keys()):
        was = old[name]["verdict"] if name in old else ABSENT
        now = new[name]["verdict"] if name in new else ABSENT
        kind = _kind(was, now)
        if kind:
            found[kind].append(Change(name, (new.get(name) or old[name])["says"], was, now))
    changes = {kind: tuple(each) for kind, each in found.items()}
    return Comparison(_name(before), _name(after), tuple(_notes(before, after)), **changes)


def _kind(was: str, now: str) -> str:
    if was == now:
        return ""
    if was not in EXERCISED:
        return "judged" if now in EXERCISED else ""
    if now not in EXERCISED:
        return "unjudged"
    return "fixed" if now == "pass" else "broken" if was == "pass" or now == "fail" else ""


def _name(result: Mapping[str, Any]) -> str:
    return f"{title(result)}, {result['started_at']}"


def _notes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    if before["edition"] != after["edition"]:
        yield f"The editions differ: {before['edition']} and {after['edition']}."
    if before["antiphon"] != after["antiphon"]:
        yield f"The versions of Antiphon differ: {before['antiphon']} and {after['antiphon']}."
    for result in (before, after):
        if result["filtered"]:
            yield f"{_name(result)} is filtered; what it left out counts as not judged."


def as_text(comparison: Comparison) -> str:
    """The changes for a terminal, harmless and without colours."""
    lines = [f"from  {comparison.before}", f"to    {comparison.after}", *comparison.notes]
    for kind, heading in KINDS.items():
        changes: tuple[Change, ...] = getattr(comparison, kind)
        if changes:
            lines += ["", f"{heading}: {len(changes)}"]
        for each in changes:
            lines += [f"  {each.id}  {each.before} → {each.after}", f"    {each.says}"]
    same = not (comparison.broken or comparison.fixed or comparison.judged or comparison.unjudged)
    return "\n".join(map(visible, lines + (["", "No verdict changed."] if same else []))) + "\n"


def as_markdown(comparison: Comparison) -> str:
    """The changes for a CI summary or a pull request."""
    lines = [f"## From {markdown(comparison.before)} to {markdown(comparison.after)}", ""]
    lines += [f"- {markdown(note)}" for note in comparison.notes]
    for kind, heading in KINDS.items():
        changes: tuple[Change, ...] = getattr(comparison, kind)
        if changes:
            lines += ["", f"### {heading}: {len(changes)}", "", "| requirement | before | after |", "|---|---|---|"]
            lines += [f"| `{each.id}` {markdown(each.says)} | {each.before} | {each.after} |" for each in changes]
    return "\n".join(lines) + "\n"
