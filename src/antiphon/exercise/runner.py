"""Runner: plays scenarios concurrently, once each."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio

from antiphon.contract.model import Contract
from antiphon.contract.paths import suites_dir
from antiphon.exercise.api import Api
from antiphon.exercise.auth_failure import Lockout
from antiphon.exercise.budget.admission import Admission
from antiphon.exercise.budget.bounds import Budget
from antiphon.exercise.budget.cost_estimates import cheapest_first
from antiphon.exercise.cleanup import clean_up
from antiphon.exercise.http.transport import Transport
from antiphon.exercise.pace import PATIENCE, Pace, parse_rate
from antiphon.exercise.recorder import Recorder
from antiphon.exercise.retry import Retries
from antiphon.exercise.scenario import CannotContinue, CapabilityDeclined, Scenario
from antiphon.exercise.target import Target
from antiphon.recording.exchange import Exchange
from antiphon.recording.records import ScenarioEnd


def transport_to(target: Target, budget: Budget | None = None) -> Transport:
    """Connections to a target, with all that its requests carry, at its pace. Raises ConfigError."""
    return Transport(
        target.base_url,
        limits=target.limits,
        headers=target.request_headers(),
        query=target.request_query(),
        verify=target.verify_tls and (target.ca_file or True),
        client_cert=target.client_cert,
        budget=budget,
        pace=Pace(parse_rate(target.rate)),
    )


async def exercise(
    scenarios: Sequence[Scenario],
    target: Target,
    contract: Contract,
    recording: Recorder,
    budget: Budget | None = None,
) -> None:
    """Play all scenarios, those marked `alone` after the others. Nothing that a server does ends the run.

    What they stored is deleted at the end, also where the run is interrupted.
    """
    stored, budget = recording.stored_objects, budget or Budget()
    budget.renew()
    if budget.bounds:
        scenarios = cheapest_first(scenarios)
    async with transport_to(target, budget) as transport:
        budget.to_delete = None if stored is None else lambda: stored.remaining_count
        try:
            await _play(scenarios, _Player(transport, target, contract, recording))
        finally:
            if stored is not None:
                await clean_up(transport, stored, contract, recording.record_exchange)


async def _play(scenarios: Sequence[Scenario], player: _Player) -> None:
    async with anyio.create_task_group() as group:
        player.give_up = group.cancel_scope.cancel
        for scenario in scenarios:
            if not scenario.alone:
                group.start_soon(player.play, scenario)
    for scenario in scenarios:
        if scenario.alone and not player.lockout.is_certain:
            await player.play(scenario)


@dataclass
class _Player:
    transport: Transport
    target: Target
    contract: Contract
    recorder: Recorder

    def __post_init__(self) -> None:
        # More scenarios than calls at once would only queue, and make the slow ones start late.
        self._room = anyio.CapacityLimiter(max(2 * self.target.limits.concurrency, 4))
        self._retries = Retries(self.target.retries)
        self._admission = Admission(self.transport.budget, self.target.model)
        self.lockout = Lockout()
        self.give_up: Callable[[], None] = lambda: None
        """Ends what is being played."""

    def _record(self, exchange: Exchange) -> Exchange:
        self.lockout.add(exchange)
        if self.lockout.is_certain:
            self.give_up()
        return self.recorder.record_exchange(exchange)

    async def play(self, scenario: Scenario) -> None:
        async with self._room:
            if self.recorder.watcher:
                self.recorder.watcher.on_start(scenario.name)
            refused = await self._admission.enter(scenario)
            if refused:
                self.recorder.record_end(ScenarioEnd(scenario.name, "skipped", refused))
                return
            with self._admission.inside(scenario):
                self.recorder.record_end(await self._ending(scenario))

    async def _ending(self, scenario: Scenario) -> ScenarioEnd:
        absent = [name for name in sorted(scenario.needs) if self.target.capabilities.get(name) is False]
        if absent:
            return ScenarioEnd(scenario.name, "declined", "the configuration says so", absent[0])
        recording = self.recorder
        api = Api(self.transport, self.target, self.contract, scenario, self._record, recording.run, self._retries)
        arguments = (api,) if scenario.case is None else (api, scenario.case)
        try:
            with anyio.fail_after(self.target.limits.total * 4) as scope:
                PATIENCE.set(scope)
                await scenario.act(*arguments)
        except TimeoutError:
            return ScenarioEnd(scenario.name, "broken", f"it was not done after {self.target.limits.total * 4:g} s")
        except Exception as error:
            return _stopped(scenario.name, error)
        return ScenarioEnd(scenario.name, "finished")


def _stopped(name: str, error: Exception) -> ScenarioEnd:
    """End of a scenario by an exception; of several at once, the most specific."""
    causes = list(_leaves(error))
    ours = [each for each in causes if not isinstance(each, CannotContinue)]
    for each in ours:  # what a server sent may trip a scenario; only our own code is our error
        if not Path(traceback.extract_tb(each.__traceback__)[-1].filename).is_relative_to(suites_dir()):
            return ScenarioEnd(name, "error", f"{each!r}")
    for each in causes:
        if isinstance(each, CapabilityDeclined):
            return ScenarioEnd(name, "declined", each.reason, each.capability, each.exchange)
    for each in causes:
        if isinstance(each, CannotContinue):
            return ScenarioEnd(name, "broken", each.reason, "", each.exchange)
    return ScenarioEnd(name, "broken", f"{ours[0]!r}")


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _leaves(each)
    else:
        yield error
