"""Published results, each with its recipe and its review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from antiphon.errors import ConfigError
from antiphon.matrix.measured_clients import measured_clients
from antiphon.matrix.recipe import Recipe, Subject, subjects
from antiphon.matrix.review import Review, review
from antiphon.matrix.soak_summary import SoakSummary, soak_summary
from antiphon.report.files import load_result
from antiphon.report.result_model import Result
from antiphon.report.site.client_cell import ClientCell, MeasuredClient, Measurements, client_cell


@dataclass(frozen=True)
class PublishedResult:
    """The result of an implementation in one version."""

    subject: Subject
    result: Result
    measured: Mapping[str, MeasuredClient] = field(default_factory=dict)
    """What real clients did with it, by client."""
    soak: SoakSummary | None = None
    """What it did under load, where its recipe asks for that."""

    @property
    def recipe(self) -> Recipe:
        """How it was run."""
        return self.subject.recipe

    @property
    def name(self) -> str:
        """`litellm@1.106.2`."""
        return self.subject.name

    @cached_property
    def review(self) -> Review:
        """What a reader found of it."""
        return review(self.recipe, self.subject.version, self.result)

    @property
    def client_cells(self) -> list[ClientCell]:
        """Each known client on it, as measured or predicted."""
        measured = measurements([self])
        return [client_cell(self.result, self.recipe.name, name, measured) for name in self.result["clients"]]


def published_results(known: Mapping[str, Recipe], reports: Path) -> list[PublishedResult]:
    """The results of a folder, by name and in the order of versions. Raises ConfigError where there are none."""
    found = []
    for subject in subjects(known, ()):
        path = reports / "results" / f"{subject.name}.json"
        if path.is_file():
            measured, soak = measured_clients(reports, subject), soak_summary(reports, subject)
            found.append(PublishedResult(subject, load_result(path), measured, soak))
    if not found:
        raise ConfigError(f"{reports / 'results'}: no result is there; `antiphon matrix run` writes them.")
    return found


def measurements(results: Sequence[PublishedResult]) -> Measurements:
    """What was measured with each of them, by its name."""
    return {each.name: each.measured for each in results if each.measured}
