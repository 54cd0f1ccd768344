"""Ordered results: a series for each target, model and edition, its newest complete result in front."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from antiphon.report.causes import causes_of
from antiphon.report.claims import EXERCISED_VERDICTS
from antiphon.report.compare import Comparison, compare
from antiphon.report.result_model import Result, ResultCause, ResultRequirement
from antiphon.report.text import clip
from antiphon.report.trust import tamper_evidence
from antiphon.report.words import profile_standing, title


@dataclass(frozen=True)
class Point:
    """One result of a series."""

    name: str
    """A file name's worth of the title and the date, unique among all results."""
    result: Result

    @property
    def day(self) -> str:
        """The day on which the run started."""
        return str(self.result["started_at"])[:10]

    @property
    def is_part(self) -> bool:
        """What was left out is unknown, so that nothing is said of the whole."""
        return bool(self.result["filtered"]) or self.result["source"] == "judge"

    @cached_property
    def verdicts(self) -> Mapping[str, str]:
        """The verdict on each requirement."""
        return {each["id"]: each["verdict"] for each in self.result["requirements"]}


class Share:
    """How many requirements of some held, of those exercised."""

    def __init__(self, requirements: Sequence[ResultRequirement]) -> None:
        self.all = len(requirements)
        self.seen = sum(1 for each in requirements if each["verdict"] in EXERCISED_VERDICTS)
        self.held = sum(1 for each in requirements if each["verdict"] == "pass")
        verdicts = {each["verdict"] for each in requirements}
        unjudged = "not-asked" if verdicts == {"not-asked"} else "not-testable"
        order = ("fail", "warn", "pass", "not-applicable")
        self.verdict = next((each for each in order if each in verdicts), unjudged)

    def __str__(self) -> str:
        return f"{self.held} of {self.seen}" if self.seen else "none"


@dataclass(frozen=True)
class Column:
    """A target of the matrix: one series of results, oldest first."""

    name: str
    points: Sequence[Point]

    @cached_property
    def point(self) -> Point:
        """The newest whole result; the newest of all where none is whole."""
        return next((each for each in reversed(self.points) if not each.is_part), self.points[-1])

    @property
    def result(self) -> Result:
        """The newest result that is no part of a run."""
        return self.point.result

    @property
    def title(self) -> str:
        """The name of the target, clipped."""
        return clip(title(self.result), 80)

    def holds(self, profile: str) -> bool | None:
        """A profile holds; None where that is unknown, and where an edited file says so."""
        found = self.result["profiles"].get(profile)
        return found["holds"] if found and not (found["holds"] and self.tamper_evidence) else None

    @cached_property
    def tamper_evidence(self) -> str:
        """What shows that the result is not what a judge wrote; empty where nothing does."""
        return tamper_evidence(self.result)

    def profile_standing(self, profile: str) -> str:
        """Text for the state of a profile; empty where the result does not know it."""
        return profile_standing(self.result, profile) if profile in self.result["profiles"] else ""

    @cached_property
    def causes(self) -> Mapping[str, ResultCause]:
        """The causes of the result by id, the gravest first."""
        return {cause["id"]: cause for cause in causes_of(self.result)}

    def works(self, client: str) -> bool | None:
        """A client works with the target; None where that is unknown."""
        found = self.result["clients"].get(client)
        return found["works"] if found else None

    def share(self, key: Literal["area", "capability"], value: str) -> Share:
        """The share of the requirements whose `key` (area or capability) is `value`."""
        return Share([each for each in self.result["requirements"] if each[key] == value])

    def state(self, capability: str) -> str:
        """State of a capability (kept, declined, …); empty where the result does not have it."""
        found = self.result.get("capabilities", {}).get(capability)
        return found["state"] if found else ""

    @property
    def steps(self) -> list[tuple[Point, Comparison | None]]:
        """Each result, newest first, with what changed since the one before it."""
        before: list[Point | None] = [None, *self.points[:-1]]
        pairs = zip(self.points, before, strict=True)
        return [(now, compare(then.result, now.result) if then else None) for now, then in pairs][::-1]


def columns(results: Sequence[Result]) -> list[Column]:
    """The results as series by title, each series and each result under a name of its own."""
    series: dict[tuple[str, str, str], list[Result]] = {}
    for result in sorted(results, key=lambda each: (title(each).lower(), each["started_at"])):
        key = title(result), result["target"].get("model", ""), result["edition"]
        series.setdefault(key, []).append(result)
    names: set[str] = set()
    found = []
    for members in series.values():
        slug = _slug(title(members[0]))
        points = [Point(_unique(f"{slug}-{_slug(each['started_at'][:10])}", names), each) for each in members]
        found.append(Column(_unique(slug, names), points))
    return found


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "target"


def _unique(slug: str, taken: set[str]) -> str:
    name, number = slug, 2
    while name in taken:
        name, number = f"{slug}-{number}", number + 1
    taken.add(name)
    return name


def keys(columns: Sequence[Column], key: Literal["profiles", "clients"]) -> list[str]:
    """The keys of a part of the results in their first order, without repetition."""
    return list(dict.fromkeys(name for column in columns for name in column.result[key]))


def causes(columns: Sequence[Column]) -> dict[str, str]:
    """The causes of any result with their titles, those of most results first; what a title names is left out."""
    titles = {id: cause["title"].partition(":")[0] for column in columns for id, cause in column.causes.items()}
    return dict(sorted(titles.items(), key=lambda pair: (-sum(pair[0] in each.causes for each in columns), pair[1])))


def values(columns: Sequence[Column], key: Literal["area", "capability"]) -> list[str]:
    """The values that requirements have under a key, in order."""
    return sorted({each[key] for column in columns for each in column.result["requirements"]})


def rows(columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Every requirement of any result, by area and id, with its verdict in each column; empty where it has none."""
    known: dict[str, ResultRequirement] = {}
    for column in columns:
        for each in column.result["requirements"]:
            known.setdefault(each["id"], each)
    found = []
    for each in sorted(known.values(), key=lambda each: (each["area"], each["id"])):
        verdicts = [column.point.verdicts.get(each["id"], "") for column in columns]
        kept = {key: each[key] for key in ("id", "says", "level", "area", "capability")}
        differs = len({verdict for verdict in verdicts if verdict in EXERCISED_VERDICTS}) > 1
        found.append(kept | {"verdicts": verdicts, "differs": differs})
    return found
