"""Verification of a result: its seal, its recordings, and every verdict made again of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from antiphon import __version__
from antiphon.errors import RecordingError
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.report.files import load_result
from antiphon.report.result_model import Result
from antiphon.report.seal import recordings_of
from antiphon.report.text import visible
from antiphon.report.trust import tamper_evidence
from antiphon.report.words import plural
from antiphon.run.judge_files import judged_part
from antiphon.run.judge_options import JudgeOptions
from antiphon.run.live import result_of
from antiphon.run.options import RunOptions

SHOWN = 20
"""Differences that are shown on a terminal."""
COMPARED = ("edition", "filtered", "totals", "exercised", "calls", "tokens")
OF_A_RUN = ("target", "started_at")
"""What the first line of a transcript says, and other recordings do not."""


@dataclass(frozen=True)
class ClaimDifference:
    """One thing that the result says, and what the recordings show in its place."""

    what: str
    claimed: str
    shown: str


@dataclass(frozen=True)
class Verification:
    """What was found of a result."""

    tampered: str
    """What shows that the file was changed; empty where nothing does."""
    strangers: Sequence[str]
    """Recordings that are not those of the result, with why."""
    differences: Sequence[ClaimDifference]
    compared: int
    """Requirements whose verdicts were compared."""
    versions: tuple[str, str]
    """Antiphon then, and now."""

    @property
    def is_true(self) -> bool:
        """The result is what its own recordings show."""
        return not (self.tampered or self.strangers or self.differences)

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {"true": self.is_true, **asdict(self)}


def verify(path: Path, recordings: Sequence[Path]) -> Verification:
    """Judge the recordings of a result again and compare. Without any, those beside it. Raises AntiphonError."""
    result = load_result(path)
    paths = tuple(recordings) or tuple(path.parent / each["name"] for each in result.get("recordings", ()))
    if not paths:
        raise RecordingError(f"{path}: names no recording, so nothing can be judged again; name one after it.")
    for each in paths:
        if not each.is_file():
            raise RecordingError(f"{each}: is not there; name the recording after the result.")
    again = _judged_again(result, paths)
    return Verification(
        tamper_evidence(result), list(_strangers(result, paths)), list(_differences(result, again)),
        len(result["requirements"]), (result["antiphon"], __version__),
    )  # fmt: skip


def _judged_again(result: Result, paths: tuple[Path, ...]) -> Result:
    """What the judge of today says of the recordings, under the edition and the selection of the result."""
    selected = _OptionText(result["filter"])
    if result["source"] == "judge":
        options = JudgeOptions(
            paths,
            result["edition"],
            selected.values("-k"),
            names=paths,
            sample=selected.value("--sample"),
            since=selected.value("--since"),
        )
        return judged_part(options).result()
    plan = RunOptions(
        edition=result["edition"],
        transcripts=paths,
        select=selected.values("-k"),
        exclude=selected.values("--exclude"),
        profile=selected.value("--profile") or "",
        clients=selected.values("--client"),
        surface=selected.value("--surface") or "both",
    )
    return result_of(run_suite(plan))


class _OptionText:
    """The options that restricted a run, as its result has them."""

    def __init__(self, text: str) -> None:
        self._words = text.split()

    def values(self, option: str) -> tuple[str, ...]:
        """Every value of an option, once."""
        pairs = zip(self._words, self._words[1:], strict=False)
        return tuple(dict.fromkeys(value for name, value in pairs if name == option))

    def value(self, option: str) -> str | None:
        """The first value of an option; None without one."""
        return next(iter(self.values(option)), None)


def _strangers(result: Result, paths: Sequence[Path]) -> Iterator[str]:
    known = {each["sha256"]: each["name"] for each in result.get("recordings", ())}
    if not known:
        yield "the result does not say which recording it is of"
        return
    found = {each["sha256"]: each["name"] for each in recordings_of(paths)}
    yield from (f"{name}: not byte for byte what was judged" for each, name in found.items() if each not in known)
    missing = [name for each, name in known.items() if each not in found]
    if len(found) < len(known):
        yield from (f"{name}: was judged too, and is not named here" for name in missing)


def _differences(result: Result, again: Result) -> Iterator[ClaimDifference]:
    before, after = _claims(result), _claims(again)
    for what in dict.fromkeys([*before, *after]):
        if before.get(what) != after.get(what):
            yield ClaimDifference(what, before.get(what, "not in it"), after.get(what, "not in the contract"))


def _claims(result: Result) -> dict[str, str]:
    """What a result claims, each as text: verdicts with their counts, profiles, clients, numbers."""
    found = {
        each["id"]: f"{each['verdict']}, broken {each['violated']} of {each['judged']} times"
        for each in result["requirements"]
    }
    found |= {f"profile {name}": _standing(each["holds"], each["broken"]) for name, each in result["profiles"].items()}
    found |= {f"client {name}": _standing(each["works"], each["broken"]) for name, each in result["clients"].items()}
    names = COMPARED if result["source"] == "judge" else (*COMPARED, *OF_A_RUN)
    return found | {name: _text(value) for name, value in result.items() if name in names}


def _standing(holds: bool | None, broken: Sequence[str]) -> str:
    word = {True: "holds", False: "does not hold", None: "unknown"}[holds]
    return f"{word}: {', '.join(broken)}" if broken else word


def _text(value: Any) -> str:
    return ", ".join(f"{name} {each}" for name, each in value.items()) if isinstance(value, Mapping) else str(value)


def as_text(found: Verification) -> Iterator[str]:
    """What was found, as lines; the first says it all."""
    then, now = found.versions
    if found.is_true:
        yield f"The result is what its recording shows: {plural(found.compared, 'verdict')} judged again, all the same."
    else:
        yield "The result is not what its recording shows."
    if found.tampered:
        yield f"  The file: {found.tampered}."
    yield from (f"  The recording: {each}." for each in found.strangers)
    for each in found.differences[:SHOWN]:
        yield visible(f"  {each.what}: it says {each.claimed}; judged again: {each.shown}.")
    if len(found.differences) > SHOWN:
        yield f"  and {len(found.differences) - SHOWN} more (--json has all)."
    if found.differences and then != now:
        yield f"It was judged by Antiphon {then}, and this is {now}: a difference may be a change of ours."
