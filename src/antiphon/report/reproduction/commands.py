"""Commands that show a violation again: one curl where it is enough, else a script, else a run of what shows it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from antiphon.contract.load import DEFAULT_EDITION
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.report.reproduction.chains import chains
from antiphon.report.reproduction.command_target import CommandTarget
from antiphon.report.reproduction.curl import BODY_IN_FILE, curl, is_repeatable
from antiphon.report.reproduction.shell import script
from antiphon.report.reproduction.steps import Step, steps_of
from antiphon.report.text import shorten, visible

MOST_STEPS = 60
MOST_SHOWN = 160
"""Characters of a value in the comments of a script."""
_NAME = re.compile(r"[\w:]+(?:\[[^\]\s]+\])?/[\w.-]+")


class Reproduction(NamedTuple):
    """Commands for one violation."""

    curl: str
    """The request at fault alone; empty where it is not known, or curl cannot make it."""
    script: str
    """What shows the fault where that curl alone does not; empty where it does."""


class Reproductions:
    """Finds the commands that show violations of one run again.

    `exchanges` are all of it, none where they are too many; `find` gives one without its secrets.
    """

    def __init__(
        self, exchanges: Iterable[Exchange], find: Callable[[str], Exchange | None], target: CommandTarget,
        edition: str = DEFAULT_EDITION,
    ) -> None:  # fmt: skip
        self._find, self._target = find, target
        self._edition = () if edition == DEFAULT_EDITION else (f"--edition={edition}",)
        self._scenarios: dict[str, list[str]] = defaultdict(list)
        self._homes: dict[str, str] = {}
        """The scenario of an exchange; in a recording, its chain of responses."""
        for id, home in chains(exchanges).items():
            self._scenarios[home].append(id)
            self._homes[id] = home

    def of(self, requirement: str, says: str, violation: Violation) -> Reproduction:
        """The commands for a violation of a requirement, whose texts have no secrets."""
        exchange = self._find(violation.exchange)
        single = curl(exchange, self._target) if exchange else ""
        if exchange is None or violation.exchange not in self._homes:
            return Reproduction(single, "")
        wanted = {violation.exchange, *violation.others, *self._mentioned(violation)}
        steps = self._steps(wanted)
        if single and [step.exchange.id for step in steps] == [violation.exchange] and _is_plain(steps[0], single):
            return Reproduction(single, "")
        made = ""
        if len(steps) <= MOST_STEPS and all(is_repeatable(step.exchange) for step in steps):
            made = script(steps, _shown(requirement, says, violation, steps), self._target)
        return Reproduction(single, made or (self._run(requirement) if exchange.scenario else ""))

    def _steps(self, wanted: set[str]) -> list[Step]:
        """The steps of each scenario that has a wanted exchange, one scenario after the other."""
        homes = sorted({self._homes[each] for each in wanted if each in self._homes})
        scenarios = [[each for id in self._scenarios[home] if (each := self._find(id))] for home in homes]
        scenarios.sort(key=lambda scenario: min(each.started_at for each in scenario))
        return [step for scenario in scenarios for step in steps_of(wanted, scenario)]

    def _mentioned(self, violation: Violation) -> set[str]:
        """The exchanges that a violation names in its words."""
        found = _NAME.findall(" ".join((violation.expected, violation.got, violation.message)))
        return {each for each in found if each in self._homes}

    def _run(self, requirement: str) -> str:
        return self._target.run_command("--thorough", "-k", requirement, *self._edition)


def _is_plain(step: Step, single: str) -> bool:
    return step.events is None and BODY_IN_FILE not in single


def _shown(requirement: str, says: str, violation: Violation, steps: Sequence[Step]) -> list[str]:
    """What a script shows, in the lines above and below it."""
    number = next(place for place, step in enumerate(steps, 1) if step.exchange.id == violation.exchange)
    where = f"Look at step {number}" + (f", {violation.at}" if violation.at else "")
    difference = f"expected {_short(violation.expected)}, got {_short(violation.got)}"
    return [visible(f"{requirement}: {says}"), visible(f"{where}: {difference}")]


def _short(text: str) -> str:
    return shorten(text, MOST_SHOWN)
