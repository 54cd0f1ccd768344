"""Scripts that show what is broken again, one for each broken requirement."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from antiphon.report.causes import BROKEN
from antiphon.report.reproduction.choice import SHEBANG, command
from antiphon.report.result_model import Result, ResultCause
from antiphon.report.text import visible

FOLDER = "repeat"


def scripts(result: Result) -> Mapping[str, str]:
    """The files, by name; none for what no command shows."""
    broken = [each for each in result["requirements"] if each["verdict"] in BROKEN and each["violations"]]
    commands = {each["id"]: command(each["violations"][0]) for each in broken}
    return {
        f"{id}.sh": text if text.startswith(SHEBANG) else f"{SHEBANG}{text}\n" for id, text in commands.items() if text
    }


def script_of(result: Result, cause: ResultCause, folder: Path) -> str:
    """The command that runs the script of a cause's first place, out of the folder of scripts; empty without one."""
    first = {each["id"]: each["violations"][0] for each in result["requirements"] if each["violations"]}
    named = [id for id in cause["requirements"] if first.get(id) == cause.get("first")]
    return visible(f"sh {folder / named[0]}.sh") if named and command(first[named[0]]) else ""
