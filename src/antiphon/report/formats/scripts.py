"""Scripts that show what is broken again, one for each broken requirement."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from antiphon.report.causes import BROKEN
from antiphon.report.reproduction.choice import SHEBANG, command
from antiphon.report.result_model import Result, ResultCause, ResultRequirement
from antiphon.report.text import visible
from antiphon.report.words import difference

FOLDER = "repeat"
REFERENCE = "reference server"
"""The name of one that was started for the run."""
RESTART = "The server of that run is gone; antiphon serve, with each --fault of the run, starts it again."


def scripts(result: Result) -> Mapping[str, str]:
    """The files, by name; none for what no command shows."""
    broken = [each for each in result["requirements"] if each["verdict"] in BROKEN and each["violations"]]
    is_gone = result["source"] == "run" and result["target"].get("name") == REFERENCE
    made = {each["id"]: _script(each, is_gone) for each in broken if command(each["violations"][0])}
    return {f"{id}.sh": text for id, text in made.items()}


def _script(requirement: ResultRequirement, is_gone: bool) -> str:
    """The command of the first place; one that is no script itself says, as scripts do, what to look at, and for what.

    `is_gone` says that its server ended with the run.
    """
    first = requirement["violations"][0]
    text = command(first)
    if text.startswith(SHEBANG):
        return text
    says = visible(f"{requirement['id']}: {requirement['says']}")
    where = visible(f"Look at {first['at'] or 'the reply'}: {difference(first)}")
    ends = ["echo", *(f"printf '%s\\n' {shlex.quote(line)}" for line in (says, where))]
    head = [f"# {line}" for line in (says, where, *([RESTART] if is_gone else ()))]
    return SHEBANG + "\n".join([*head, text, *ends]) + "\n"


def script_of(result: Result, cause: ResultCause, folder: Path) -> str:
    """The command that runs the script of a cause's first place, out of the folder of scripts; empty without one."""
    first = {each["id"]: each["violations"][0] for each in result["requirements"] if each["violations"]}
    named = [id for id in cause["requirements"] if first.get(id) == cause.get("first")]
    return visible(f"sh {folder / named[0]}.sh") if named and command(first[named[0]]) else ""
