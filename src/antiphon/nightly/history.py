"""Folder of results as a history: the verdicts of each, since when something is broken, and the trend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from antiphon.errors import ConfigError, RecordingError
from antiphon.recording.source import Remark
from antiphon.report.claims import EXERCISED_VERDICTS
from antiphon.report.files import load_result
from antiphon.report.result_model import Result, ResultExercised
from antiphon.report.text import visible
from antiphon.report.words import title

STATE: Final = "state.json"
"""State file of `antiphon nightly` beside the results; not a result."""
MOST: Final = 5000
"""Files of a folder that are read."""
_BROKEN = ("fail", "warn")
_WIDTHS = "  {:<25} {:<9} {:>11} {:>5} {:>6} {:>6} {:>6}"


@dataclass(frozen=True)
class NightRecord:
    """Summary of one result, as a history keeps it in memory."""

    path: Path
    target: str
    edition: str
    at: str
    """When the run began: ISO 8601, UTC."""
    antiphon: str
    verdicts: Mapping[str, str]
    """Requirement id → verdict."""
    drift: frozenset[tuple[str, str, str]]
    """What, kind and name of each thing that the contract did not know."""
    totals: Mapping[str, int]
    exercised: ResultExercised
    profiles: tuple[str, ...]
    """Those that hold."""
    calls: int
    tokens: int
    partial: bool
    obstacle: str = ""
    """Why the night says nothing of its target; it has no verdict then, and no drift."""

    @property
    def series(self) -> tuple[str, str]:
        """Comparable results have the same series."""
        return self.target, self.edition


def night_of(path: Path, result: Result, obstacle: str = "") -> NightRecord:
    """The few things that a history needs of a result; of one with an obstacle, that alone."""
    return NightRecord(
        path=path,
        target=title(result),
        edition=result["edition"],
        at=result["started_at"],
        antiphon=result["antiphon"],
        verdicts={each["id"]: each["verdict"] for each in result["requirements"] if not obstacle},
        drift=frozenset((each["what"], each["kind"], each["name"]) for each in result["drift"] if not obstacle),
        totals=result["totals"],
        exercised=result["exercised"],
        profiles=tuple(name for name, each in result["profiles"].items() if each["holds"]),
        calls=result["calls"],
        tokens=result["tokens"],
        partial=result["filtered"] or result["source"] == "judge",
        obstacle=obstacle,
    )


def read_history(
    folder: Path, obstacles: Mapping[str, str] = MappingProxyType({})
) -> tuple[list[NightRecord], list[Remark]]:
    """The results of a folder and of its folders, by target, edition and time, and what could not be read.

    `obstacles` are the nights that say nothing of their target, by file name, with the reason.

    Raises ConfigError for what is no folder, and for one with more files than a history has.
    """
    if not folder.is_dir():
        raise ConfigError(f"{folder}: is not a folder; name one with results, such as that of `antiphon nightly`.")
    paths = sorted(path for path in folder.rglob("*.json") if path.name not in (STATE, "gate.json"))
    if len(paths) > MOST:
        raise ConfigError(f"{folder}: holds {len(paths)} JSON files, more than {MOST}; name a folder of results alone.")
    nights, remarks = [], []
    for path in paths:
        try:
            nights.append(night_of(path, load_result(path), obstacles.get(path.name, "")))
        except RecordingError as error:
            remarks.append(Remark(path.name, str(error).removeprefix(f"{path}: ")))
    return sorted(nights, key=lambda night: (night.series, night.at, str(night.path))), remarks


def series(nights: Iterable[NightRecord]) -> dict[tuple[str, str], list[NightRecord]]:
    """The nights of each target and edition, in order."""
    found: dict[tuple[str, str], list[NightRecord]] = {}
    for night in nights:
        found.setdefault(night.series, []).append(night)
    return found


def unchanged_since(nights: Sequence[NightRecord], requirement: str) -> str:
    """Start of the current run of failures, as far as these nights show; empty where it is not broken."""
    began = ""
    for night in reversed(nights):
        verdict = night.verdicts.get(requirement, "")
        if verdict in _BROKEN:
            began = night.at
        elif verdict in EXERCISED_VERDICTS:
            break
    return began


def first_seen(nights: Sequence[NightRecord], name: tuple[str, str, str]) -> str:
    """First night with a thing that the contract does not know, as far as these nights show."""
    return next((night.at for night in nights if name in night.drift), "")


def file_name(result: Result) -> str:
    """File name of a result in a history: time, then target."""
    stamp = re.sub(r"[^0-9T]", "", str(result["started_at"])[:19])
    name = re.sub(r"[^A-Za-z0-9]+", "-", title(result)).strip("-").lower()[:60]
    return f"{stamp}-{name or 'target'}.json"


def trend(nights: Sequence[NightRecord]) -> Iterator[dict[str, Any]]:
    """A row for each night of one series: its numbers, and what broke and what was mended since the one before."""
    verdicts: dict[str, str] = {}
    for night in nights:
        seen = {name: verdict for name, verdict in night.verdicts.items() if verdict in EXERCISED_VERDICTS}
        known = {name: verdict for name, verdict in seen.items() if name in verdicts}
        yield {
            "at": night.at,
            "antiphon": night.antiphon,
            "requirements": night.exercised["requirements"],
            "judged": night.exercised["judged"],
            "held": night.exercised["held"],
            "fail": night.totals["fail"],
            "warn": night.totals["warn"],
            "calls": night.calls,
            "tokens": night.tokens,
            "partial": night.partial,
            "profiles": list(night.profiles),
            "broke": sorted(name for name in known if known[name] in _BROKEN and verdicts[name] == "pass"),
            "mended": sorted(name for name in known if known[name] == "pass" and verdicts[name] in _BROKEN),
            "file": night.path.name,
            "obstacle": night.obstacle,
        }
        verdicts |= seen


def as_text(nights: Iterable[NightRecord]) -> Iterator[str]:
    """The trend of each series as lines."""
    for (target, edition), rows in series(nights).items():
        yield visible(f"{target}, edition {edition}")
        head = ("when", "antiphon", "judged", "held", "broken", "should", "calls")
        yield _WIDTHS.format(*head) + "  profiles"
        for row in trend(rows):
            judged = f"{row['judged']} of {row['requirements']}"
            numbers = (row["held"], row["fail"], row["warn"], row["calls"])
            holds = row["obstacle"] or ", ".join(row["profiles"]) or ("partial" if row["partial"] else "-")
            yield visible(_WIDTHS.format(row["at"], row["antiphon"], judged, *numbers) + f"  {holds}")
            for word, sign in (("broke", "-"), ("mended", "+")):
                yield from (visible(f"    {sign} {each}") for each in row[word])
