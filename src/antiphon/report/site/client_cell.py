"""A client in the matrix: what a run predicts of it on a target, and what it did where it was measured there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from antiphon.report.client_words import MARKS
from antiphon.report.client_words import STYLES as FEATURE_STYLES
from antiphon.report.result_model import Result, ResultClient, ResultFeature
from antiphon.report.series import Column

SYMBOLS = {True: "✓", False: "✗", None: "?"}
ANSWERS = {True: "yes", False: "no", None: "unknown"}
STYLES = {True: "pass", False: "fail", None: "not-testable"}
MEASURED = "◉ measured"


@dataclass(frozen=True)
class MeasuredFeature:
    """What a client did in one of its features, and where it failed the case and the exception."""

    works: bool
    says: str = ""


@dataclass(frozen=True)
class MeasuredClient:
    """A client that was itself played against a server."""

    package: str
    date: str
    features: Mapping[str, MeasuredFeature]


@dataclass(frozen=True)
class FeatureRow:
    """A measured feature on a page: its mark, class and state, what the client said, what else was predicted."""

    name: str
    mark: str
    style: str
    state: str
    says: str
    other: str


Measurements = Mapping[str, Mapping[str, MeasuredClient]]
"""Measured clients by the name and version of the server, `litellm@1.106.2`, and by client."""


@dataclass(frozen=True)
class ClientCell:
    """One client on one target. What was measured goes before what was predicted."""

    client: str
    target: str
    predicted: ResultClient | None
    measured: MeasuredClient | None

    @property
    def prediction(self) -> bool | None:
        """Whether the run says that it works; None where it does not know."""
        return self.predicted["works"] if self.predicted else None

    @cached_property
    def offered(self) -> Mapping[str, MeasuredFeature]:
        """The measured features but for those that fail because the server declines them."""
        found = self.measured.features if self.measured else {}
        return {name: each for name, each in found.items() if each.works or self._state(name) != "declined"}

    @property
    def works(self) -> bool | None:
        """Whether it works with what the server offers: as measured, else as predicted."""
        if self.measured is None:
            return self.prediction
        return all(each.works for each in self.offered.values()) if self.offered else None

    @property
    def differs(self) -> bool:
        """It was measured, and something else was predicted."""
        return self.measured is not None and self.works is not self.prediction

    @property
    def answer(self) -> str:
        """`✓ yes`."""
        return _answer(self.works)

    @property
    def style(self) -> str:
        """The class of the answer on a page."""
        return STYLES[self.works]

    @property
    def predicted_answer(self) -> str:
        """`predicted ✓ yes`."""
        return f"predicted {_answer(self.prediction)}"

    @property
    def tally(self) -> str:
        """How many of the measured features work, of those that the server offers."""
        return f"{sum(each.works for each in self.offered.values())} of {len(self.offered)} features"

    @property
    def label(self) -> str:
        """The accessible name of a measured cell, which begins with what it shows."""
        day = self.measured.date if self.measured else ""
        said = f"{self.answer} {MEASURED}: {self.tally} of {self.client} worked with {self.target} on {day}"
        return f"{said}; {self.predicted_answer}" if self.differs else said

    @property
    def text(self) -> str:
        """The cell in Markdown's table."""
        if self.measured is None:
            return SYMBOLS[self.works]
        said = f"{SYMBOLS[self.works]} {MEASURED}"
        return f"{said}, predicted {SYMBOLS[self.prediction]}" if self.differs else said

    @property
    def rows(self) -> list[FeatureRow]:
        """Each measured feature with what was predicted of it."""
        found = self.measured.features if self.measured else {}
        return [self._row(name, each) for name, each in found.items()]

    def as_json(self) -> dict[str, Any]:
        """What the JSON of a target's cells says of the client."""
        values: dict[str, Any] = {"works": self.works, "predicted": self.prediction, "measured": None}
        if self.measured is not None:
            features = {
                name: {"works": each.works, "says": each.says, "predicted": self._state(name)}
                for name, each in self.measured.features.items()
            }
            values["measured"] = {
                "package": self.measured.package, "date": self.measured.date, "differs": self.differs,
                "features": features,
            }  # fmt: skip
        return values

    def _state(self, feature: str) -> str:
        features: Mapping[str, ResultFeature] = self.predicted.get("features", {}) if self.predicted else {}
        return features[feature]["state"] if feature in features else "unknown"

    def _row(self, name: str, feature: MeasuredFeature) -> FeatureRow:
        predicted = self._state(name)
        state = "works" if feature.works else "declined" if name not in self.offered else "fails"
        other = "" if state == predicted else f"predicted {MARKS[predicted]} {predicted}"
        return FeatureRow(name, MARKS[state], FEATURE_STYLES[state], state, feature.says, other)


def client_cell(result: Result, target: str, name: str, measured: Measurements | None = None) -> ClientCell:
    """The cell of a client and a result, whose target has this title."""
    version = result["target"].get("version", "")
    found = (measured or {}).get(f"{target}@{version}", {}).get(name)
    return ClientCell(name, f"{target} {version}".strip(), result["clients"].get(name), found)


def column_cell(column: Column, name: str, measured: Measurements | None = None) -> ClientCell:
    """The cell of a client in a column of the matrix, of its newest whole result."""
    return client_cell(column.result, column.title, name, measured)


def _answer(works: bool | None) -> str:
    return f"{SYMBOLS[works]} {ANSWERS[works]}"
