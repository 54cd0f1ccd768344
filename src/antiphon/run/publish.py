"""Publishing of a result: report files, terminal, and the CI job that runs the command."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from antiphon.errors import Exit
from antiphon.gate.conclusion import close
from antiphon.gate.decision import GatePolicy
from antiphon.recording.source import Remark
from antiphon.report import terminal
from antiphon.report.formats.github import add_summary, error_commands, workflow_commands_stopped
from antiphon.report.output import Output
from antiphon.report.result_model import Result
from antiphon.report.write import write_all


def deliver(
    result: Result, folder: Path, policy: GatePolicy | None, output: Output | None,
    *, files: Sequence[Path] = (), remarks: Sequence[Remark] = (),
) -> Exit:  # fmt: skip
    """Write the reports, show what was found, and say with which code to end.

    `files` were written before; `remarks` are on what was read. In a job of GitHub Actions the worst failures are also
    annotations, and the summary is added to that of the step.
    """
    output = output or Output()
    written = [*files, *write_all(result, folder, output.formats)]
    screen = terminal.screen(sys.stderr if output.as_json else None)
    in_a_job = os.environ.get("GITHUB_ACTIONS") == "true"
    if output.as_json:
        print(json.dumps(result, indent=1))
    with workflow_commands_stopped(screen) if in_a_job else nullcontext():
        if not output.as_json:
            terminal.print_report(screen, result, written, verbose=output.verbose)
        for remark in remarks:
            screen.print(f"{remark.where}: {remark.message}", markup=False, highlight=False)
    if in_a_job:
        for line in error_commands(result):
            screen.print(line, markup=False, highlight=False, soft_wrap=True)
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        add_summary(result, Path(path))
    return close(result, policy, folder, screen)
