"""Selection of a run: the requirements that its options take in, and the scenarios that they leave out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from antiphon.clients.dialogue import as_many_as_fit, most_telling
from antiphon.clients.sightings import FAMILY, is_dialogue
from antiphon.contract.depth import Depth
from antiphon.contract.model import Contract, Level, Requirement
from antiphon.exercise.depth import depth_of
from antiphon.exercise.scenario import Scenario
from antiphon.exercise.surface import judges, plays
from antiphon.generated.options import is_generated
from antiphon.run.options import RunOptions, check_selection

MOST_CALLS = 25
"""Calls for each client of a run for clients at most."""
MOST_TELLING = 400
"""Calls in which every feature of every client is shown, and more."""
NO_ADDRESS = "with --webhook-listen, the address where webhooks arrive"


@dataclass(frozen=True)
class Selection:
    """Requirements and scenarios that the options take in. Raises ConfigError where they take in no requirement."""

    plan: RunOptions
    contract: Contract

    def __post_init__(self) -> None:
        check_selection(self.plan, self.contract)

    @cached_property
    def capabilities(self) -> frozenset[str]:
        """The capabilities of the profile; all where none is named."""
        profile = self.contract.profiles.get(self.plan.profile)
        return frozenset(profile.capabilities if profile else self.contract.capabilities)

    def requirements(self) -> list[Requirement]:
        """The requirements of the edition that the selection takes in."""
        return [each for each in self.contract.requirements.values() if self.wants(each.id)]

    def wants(self, requirement: str) -> bool:
        """The selection takes in a requirement, and it is one of those that decide the profile."""
        known = self.contract.requirements.get(requirement)
        if known is None:
            return not self.plan.profile and self.plan.wants(requirement)
        decides = known.level is Level.MUST and known.capability in self.capabilities
        inside = (decides or not self.plan.profile) and judges(self.plan.surface, known)
        return inside and self.plan.wants(requirement)

    def exclusion_reason(self, scenario: Scenario) -> str:
        """Why a scenario is excluded by the options; empty where it is not."""
        if self.plan.clients:
            return "" if scenario.name in self._own_requests else "not a request of a --client"
        depth = depth_of(scenario.name)
        if is_dialogue(scenario.name):
            if self.plan.select:
                return "not asked for by -k"
            if depth is Depth.THOROUGH and scenario.name not in self._telling_requests:
                return "with --client"
        if not scenario.needs <= self.capabilities and self.plan.profile:
            return f"not part of profile {self.plan.profile}"
        if not plays(self.plan.surface, scenario.needs):
            return f"not part of --surface {self.plan.surface}"
        if "webhooks" in scenario.needs and not self._takes_webhooks():
            return NO_ADDRESS
        if is_generated(scenario):
            return "" if self.plan.properties.examples else "with --properties N"
        return f"with --depth {depth}" if depth.rank > self.plan.depth.rank else ""

    @cached_property
    def _own_requests(self) -> frozenset[str]:
        """The scenarios that play the requests of the clients of the options."""
        own = (each for client in self.plan.clients for each in as_many_as_fit((client,), MOST_CALLS))
        return frozenset(f"{FAMILY}[{each.id}]" for each in own)

    @cached_property
    def _telling_requests(self) -> frozenset[str]:
        """The scenarios that play requests of clients until each feature of each is shown once."""
        return frozenset(f"{FAMILY}[{each.id}]" for each in most_telling(tuple(self.contract.clients), MOST_TELLING))

    def _takes_webhooks(self) -> bool:
        """They can arrive, or the configuration says that there are none, which declines them."""
        target = self.plan.target
        if target is None or target.capabilities.get("webhooks") is False:
            return True
        return bool(target.receiver or target.webhook_listen)
