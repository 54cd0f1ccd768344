"""Result of a soak: rates, latencies and requirements by step, and which musts broke that held at the first step."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from antiphon import __version__
from antiphon.contract.load import contract
from antiphon.contract.model import Contract, Level
from antiphon.errors import Exit
from antiphon.judge.ledger import LedgerEntry
from antiphon.report.text import MOST, clip
from antiphon.soak.settings import SoakSettings
from antiphon.soak.step_tally import KINDS, StepSum

SCHEMA_VERSION = 1
SHARES = (0.5, 0.9, 0.99)
HELD, BROKEN, UNSHOWN = "held", "broken", "unshown"


@dataclass
class SoakSteps:
    """What Locust's processes report of a soak."""

    started_at: float = 0.0
    seconds: dict[int, float] = field(default_factory=dict)
    """By step: how long it lasted."""
    sums: dict[int, StepSum] = field(default_factory=dict)
    declined: dict[str, str] = field(default_factory=dict)
    """By journey that no process could play: why."""
    played: set[str] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)
    left: int = 0
    """Responses that were to be stored, and were not deleted."""
    failure: str = ""
    """Why nothing could be judged, where a setting is to blame."""

    def add(self, part: Mapping[str, Any]) -> None:
        """Add the report of one process."""
        for step, tally in part["steps"].items():
            self.sums.setdefault(int(step), StepSum()).add(tally)
        self.played |= set(part["played"])
        self.declined |= part["declined"]
        self.left += part["left"]
        self.remarks += [each for each in part["remarks"] if each not in self.remarks]
        self.failure = self.failure or part["failure"]


def result_of(settings: SoakSettings, steps: SoakSteps) -> dict[str, Any]:
    """The result, as `spec/soak.schema.json` describes it."""
    book = contract(settings.edition)
    shown = sorted(step for step in steps.sums if steps.sums[step].counts["exchanges"])
    requirements = _requirements(book, [steps.sums[step] for step in shown])
    return {
        "antiphon": __version__,
        "schema": SCHEMA_VERSION,
        "source": "soak",
        "run": settings.run,
        "edition": settings.edition,
        "target": settings.target.as_json(),
        "started_at": datetime.fromtimestamp(steps.started_at, UTC).isoformat(timespec="seconds"),
        "duration": round(sum(steps.seconds.values()), 3),
        "asked": {
            "users": list(settings.users), "duration": settings.seconds, "max_calls": settings.max_calls,
            "max_time": settings.max_time,
        },
        "steps": [_step(settings.users[step], steps.seconds.get(step, 0.0), steps.sums[step]) for step in shown],
        "requirements": requirements,
        "journeys": sorted(steps.played),
        "declined": {name: clip(why, 300) for name, why in steps.declined.items() if name not in steps.played},
        "left": steps.left,
        "remarks": [clip(each, MOST) for each in steps.remarks],
        "failure": steps.failure,
    }  # fmt: skip


def _step(users: int, seconds: float, made: StepSum) -> dict[str, Any]:
    counts = made.counts
    return {
        "users": users,
        "seconds": round(seconds, 3),
        "journeys": counts["journeys"],
        "exchanges": counts["exchanges"],
        "events": counts["events"],
        "rate": round(counts["exchanges"] / seconds, 2) if seconds else None,
        "outcomes": {
            name: number for name, number in sorted(counts.items()) if name not in ("journeys", "exchanges", "events")
        },
        "seconds_to": {
            kind: {f"p{share * 100:g}": made.latencies[kind].percentile(share) for share in SHARES} for kind in KINDS
        },
    }


def _requirements(book: Contract, sums: Sequence[StepSum]) -> list[dict[str, Any]]:
    ids = sorted({id for each in sums for id in each.ledger.entries if id in book.requirements})
    rows = [_requirement(book, id, [each.ledger.entries.get(id) for each in sums], sums) for id in ids]
    return [row for row in rows if row is not None]


def _requirement(
    book: Contract, id: str, entries: Sequence[LedgerEntry | None], sums: Sequence[StepSum]
) -> dict[str, Any] | None:
    required = book.requirements[id]
    if required.level is Level.MAY or not any(entry and (entry.judged or entry.errors) for entry in entries):
        return None
    places = next((entry.places for entry in entries if entry and entry.violated), [])
    errors = sorted({error for entry in entries if entry for error in entry.errors})
    return {
        "id": id,
        "says": required.says,
        "level": str(required.level),
        "states": [_state(entry) for entry in entries],
        "judged": [entry.judged if entry else 0 for entry in entries],
        "violated": [entry.violated if entry else 0 for entry in entries],
        "places": [
            {"exchange": place.exchange, "at": place.at, "expected": clip(place.expected), "got": clip(place.got)}
            for place in places
        ],
        "errors": [clip(error, 500) for error in errors],
    }


def _state(entry: LedgerEntry | None) -> str:
    if entry is None or not entry.judged:
        return UNSHOWN
    return BROKEN if entry.violated else HELD


def broken_under_load(result: Mapping[str, Any], level: str = "") -> list[dict[str, Any]]:
    """The requirements that held at the first step and were broken at a later one."""
    return [each for each in _broken(result, level) if each["states"][0] == HELD]


def broken_alone(result: Mapping[str, Any], level: str = "") -> list[dict[str, Any]]:
    """The requirements that were broken at the first step."""
    return [each for each in _broken(result, level) if each["states"][0] == BROKEN]


def first_shown_broken(result: Mapping[str, Any], level: str = "") -> list[dict[str, Any]]:
    """The requirements that the first step did not show, and that were broken at a later one."""
    return [each for each in _broken(result, level) if each["states"][0] == UNSHOWN]


def _broken(result: Mapping[str, Any], level: str) -> list[dict[str, Any]]:
    found = [each for each in result["requirements"] if BROKEN in each["states"] and level in ("", each["level"])]
    return sorted(found, key=lambda each: each["level"] != "must")


def broken_from(result: Mapping[str, Any], requirement: Mapping[str, Any]) -> int:
    """The number of users at which a requirement was first broken."""
    users: int = result["steps"][requirement["states"].index(BROKEN)]["users"]
    return users


def exit_code(result: Mapping[str, Any]) -> Exit:
    """The code with which a soak ends."""
    if any(each["errors"] for each in result["requirements"]):
        return Exit.OURS
    if not result["requirements"]:
        return Exit.USAGE
    return Exit.BROKEN if broken_under_load(result, "must") else Exit.HOLDS


def samples_text(steps: SoakSteps) -> str:
    """A transcript of the journeys that show what is broken, each once."""
    header = json.dumps({"antiphon": __version__})
    lines = dict.fromkeys(each for step in steps.sums.values() for kept in step.samples.values() for each in kept)
    return "".join((f"{header}\n", *lines)) if lines else ""
