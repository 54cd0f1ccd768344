"""Choice of the place that a report shows: the one with the best command."""

from __future__ import annotations

from collections.abc import Sequence

from antiphon.report.reproduction.curl import BODY_IN_FILE
from antiphon.report.result_model import ResultViolation

SHORT_COMMAND = 237
"""Characters of a command that fits into three lines of a terminal."""
SHEBANG = "#!/bin/sh\n"


def command(violation: ResultViolation) -> str:
    """What shows a violation again: a script, a run, or a curl; empty where there is none."""
    return violation.get("script") or violation["curl"]


def best_shown(violations: Sequence[ResultViolation]) -> ResultViolation | None:
    """The first place that a short command repeats; else that a longer one does, a script, a run; else the first."""
    return min(violations, key=_rank, default=None)


def with_best_first(violations: Sequence[ResultViolation]) -> list[ResultViolation]:
    """The places, the one that is shown first before the others, which need no script of their own."""
    best = best_shown(violations)
    others = [_without_script(each) for each in violations if each is not best]
    return [best, *others] if best else []


def _rank(violation: ResultViolation) -> int:
    made = violation.get("script", "")
    if made:
        return 2 if made.startswith(SHEBANG) else 4
    if not violation["curl"]:
        return 5
    if BODY_IN_FILE in violation["curl"]:  # it is not whole by itself
        return 3
    return int(len(violation["curl"]) > SHORT_COMMAND)


def _without_script(violation: ResultViolation) -> ResultViolation:
    """A further place. A curl that does not show it by itself would mislead."""
    if "script" not in violation:
        return violation
    made = {name: value for name, value in violation.items() if name != "script"} | {"curl": ""}
    return made  # type: ignore[return-value]  # the keys of a violation
