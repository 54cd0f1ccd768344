"""Text of a comparison: for a terminal, for a pull request, for a program."""

from __future__ import annotations

from typing import Any

from antiphon.report.compare import KINDS, Comparison, Count
from antiphon.report.text import markdown, visible


def as_text(comparison: Comparison) -> str:
    """The changes for a terminal, harmless and without colours."""
    lines = [f"from  {comparison.before}", f"to    {comparison.after}", *comparison.notes, ""]
    lines += [f"{each.name:<15} {_moved(each)}" for each in comparison.counts]
    for kind, changes in comparison.changes:
        lines += ["", f"{KINDS[kind]}: {len(changes)}"]
        for each in changes:
            lines += [f"  {each.id}  {each.before} → {each.after}", f"    {each.says}"]
    if not any(True for _ in comparison.changes):
        lines += ["", "No verdict changed."]
    return "\n".join(map(visible, lines)) + "\n"


def as_markdown(comparison: Comparison) -> str:
    """The changes for a CI summary or a pull request."""
    lines = [f"## From {markdown(comparison.before)} to {markdown(comparison.after)}", ""]
    lines += [f"- {markdown(note)}" for note in comparison.notes]
    lines += ["", "| | before | after |", "|---|--:|--:|"]
    lines += [f"| {each.name} | {each.before} | {each.after} |" for each in comparison.counts]
    for kind, changes in comparison.changes:
        lines += ["", f"### {KINDS[kind]}: {len(changes)}", "", "| requirement | before | after |", "|---|---|---|"]
        lines += [f"| `{each.id}` {markdown(each.says)} | {each.before} | {each.after} |" for each in changes]
    if not any(True for _ in comparison.changes):
        lines += ["", "No verdict changed."]
    return "\n".join(lines) + "\n"


def as_json(comparison: Comparison) -> dict[str, Any]:
    """The changes for a program: a list for each kind, empty ones included."""
    return {
        "before": comparison.before,
        "after": comparison.after,
        "notes": list(comparison.notes),
        "partial": comparison.partial,
        "counts": {each.name: {"before": each.before, "after": each.after} for each in comparison.counts},
        **{kind: [each._asdict() for each in getattr(comparison, kind)] for kind in KINDS},
        "exit": int(comparison.exit),
    }


def _moved(count: Count) -> str:
    by = count.after - count.before
    return f"{count.before} → {count.after} ({by:+})" if by else str(count.after)
