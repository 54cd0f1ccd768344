"""Conclusion of a command that judged: the gate's decision, written and shown."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console

from antiphon.errors import Exit
from antiphon.gate.decision import GatePolicy, decide
from antiphon.gate.text import as_json, as_markdown, as_text, problems
from antiphon.report import result
from antiphon.report.files import write_atomically
from antiphon.report.formats.sarif import Note, sarif_of
from antiphon.report.result_model import Result

SAYS = {
    "baseline.stale": "An entry of a baseline is out of date.",
    "baseline.expired": "An entry of a baseline excuses a failure no longer: its time is over.",
}


def close(made: Result, policy: GatePolicy | None, folder: Path, screen: Console) -> Exit:
    """The code to end with. With a policy, gate.json, gate.md and, for a baseline, gate.sarif are written."""
    if policy is None or policy.is_default:
        return result.exit_code(made)
    gate = decide(made, policy)
    write_atomically(folder / "gate.json", json.dumps(as_json(gate), ensure_ascii=False, indent=1) + "\n")
    write_atomically(folder / "gate.md", as_markdown(gate))
    if policy.baseline:
        notes = [
            Note(each.rule, SAYS[each.rule], each.message, each.file, each.line, each.level) for each in problems(gate)
        ]
        write_atomically(folder / "gate.sarif", sarif_of(notes))
    screen.print()
    for line in as_text(gate):
        screen.print(line, markup=False, highlight=False, soft_wrap=True)
    return gate.exit
