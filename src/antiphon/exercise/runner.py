"""Runner: plays scenarios concurrently, once each."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio

from antiphon.contract.depth import Depth
from antiphon.contract.model import Contract
from antiphon.contract.paths import suites_dir
from antiphon.errors import describe_lookup
from antiphon.exercise.api import Api
from antiphon.exercise.auth_failure import Lockout
from antiphon.exercise.budget.admission import Admission
from antiphon.exercise.budget.bounds import Budget
from antiphon.exercise.budget.cost_estimates import cost_of, longest_first, total
from antiphon.exercise.cleanup import LONGEST, LONGEST_AFTER_STOP, clean_up
from antiphon.exercise.declined_capabilities import DeclinedCapabilities
from antiphon.exercise.depth import depth_of, most_valuable_first
from antiphon.exercise.http.reply_room import ReplyRoom
from antiphon.exercise.http.transport import Transport
from antiphon.exercise.input_form import InputForm
from antiphon.exercise.lanes import URGENCY
from antiphon.exercise.pace import PATIENCE, Pace, parse_rate
from antiphon.exercise.recorder import Recorder
from antiphon.exercise.retry import Retries, retry_allowance
from antiphon.exercise.scenario import CannotContinue, CapabilityDeclined, Scenario
from antiphon.exercise.seen_ids import SeenIds
from antiphon.exercise.stop import CircuitBreaker, Stop
from antiphon.exercise.target import Target
from antiphon.recording.exchange import Exchange
from antiphon.recording.records import WITH_MORE_TIME, ScenarioEnd


def transport_to(target: Target, budget: Budget | None = None) -> Transport:
    """Connections to a target, with all that its requests carry, at its pace. Raises ConfigError."""
    return Transport(
        target.base_url,
        limits=target.limits,
        headers=target.request_headers(),
        query=target.request_query(),
        body=target.body,
        verify=target.verify_tls and (target.ca_file or True),
        client_cert=target.client_cert,
        budget=budget,
        pace=Pace(parse_rate(target.rate)),
        room=ReplyRoom(target.limits.run_bytes),
    )


async def exercise(
    scenarios: Sequence[Scenario],
    target: Target,
    contract: Contract,
    recording: Recorder,
    budget: Budget | None = None,
    stop: Stop | None = None,
) -> None:
    """Play all scenarios until `stop` is requested: the longest first, and where the run is bounded the most valuable.

    What they stored is deleted at the end, also where the run ends early.
    """
    stored, budget, stop = recording.stored_objects, budget or Budget(), stop or Stop()
    budget.renew()
    bounded = bool(budget.bounds) or budget.bounds.time is not None
    scenarios = most_valuable_first(scenarios) if bounded else longest_first(scenarios)
    retries = Retries(target.retries, in_all=retry_allowance(_planned_calls(scenarios, stored is not None)))
    async with transport_to(target, budget) as transport:
        budget.to_delete = None if stored is None else lambda: stored.remaining_count
        try:
            player = _Player(transport, target, contract, recording, retries, stop)
            await _play(_stages(scenarios) if bounded else [scenarios], player)
        finally:
            if stored is not None:
                longest = LONGEST_AFTER_STOP if stop.reason else LONGEST
                await clean_up(transport, stored, contract, recording.record_exchange, longest)


def _planned_calls(scenarios: Iterable[Scenario], cleans: bool) -> int:
    return total(map(cost_of, scenarios)).calls_with(cleans)


def _stages(scenarios: Sequence[Scenario]) -> list[list[Scenario]]:
    """What a standard run plays, and then the rest: where a bound ends a run, all of the first has had its chance."""
    standard = [each for each in scenarios if depth_of(each.name) is not Depth.THOROUGH]
    return [standard, [each for each in scenarios if each not in standard]]


LOOK_INTERVAL = 0.5
"""Seconds after which it is looked again at how long may be played."""


async def _play(stages: Sequence[Sequence[Scenario]], player: _Player) -> None:
    """Play scenarios; those that did not come to their end when the run ended are skipped for that reason."""
    scenarios = [each for stage in stages for each in stage]
    player.urgencies = {each.name: len(scenarios) - place for place, each in enumerate(scenarios)}
    with anyio.CancelScope() as scope, player.stop.notify(scope.cancel):
        with anyio.CancelScope() as clock:
            async with anyio.create_task_group() as group:
                group.start_soon(_end_in_time, player.transport, clock)
                for stage in stages:
                    await _play_stage(stage, player)
                group.cancel_scope.cancel()
        if clock.cancelled_caught:
            player.end_in_time(scenarios)
    player.skip_rest(scenarios)


async def _end_in_time(transport: Transport, clock: anyio.CancelScope) -> None:
    """Cancel what is played once the time that is left is needed for the rest."""
    began, budget = anyio.current_time(), transport.budget
    if budget.ends_at is None:
        return
    while True:
        lag_share = transport.lag.total / max(LOOK_INTERVAL, anyio.current_time() - began)
        left = budget.playing_seconds(transport.calls, lag_share)
        if left <= 0:
            break
        await anyio.sleep(min(left, LOOK_INTERVAL))
    clock.cancel()


async def _play_stage(scenarios: Sequence[Scenario], player: _Player) -> None:
    """Play scenarios at once, and those marked `alone` after the others."""
    async with anyio.create_task_group() as group:
        for scenario in scenarios:
            if not scenario.alone:
                group.start_soon(player.play, scenario)
    for scenario in scenarios:
        if scenario.alone:
            await player.play(scenario)


@dataclass
class _Player:
    transport: Transport
    target: Target
    contract: Contract
    recorder: Recorder
    retries: Retries
    stop: Stop

    def __post_init__(self) -> None:
        # More scenarios than calls at once would only queue, and make the slow ones start late.
        self._room = anyio.CapacityLimiter(max(2 * self.target.limits.concurrency, 4))
        self._admission = Admission(self.transport.budget, self.target.model)
        self._lockout = Lockout()
        self._breaker = CircuitBreaker(self.stop)
        self._declined = DeclinedCapabilities(self.contract.edition)
        self._form = InputForm()
        self._seen_ids = SeenIds(self.contract.edition)
        self._ended: set[str] = set()
        self.urgencies: Mapping[str, int] = {}
        """Scenario → how soon its calls are sent where lanes are few; the highest first."""

    def _record(self, exchange: Exchange) -> Exchange:
        self._breaker.add(exchange)
        self._lockout.add(exchange)
        self._declined.see(exchange)
        self._seen_ids.see(exchange)
        room = self.transport.room
        if room is not None and room.is_full:
            self.stop.request(f"its replies take more than the limit of {room.size:,} bytes (limits.run_bytes).")
        if self._lockout.is_certain:
            self.stop.request("every call was refused for its key.")
        return self.recorder.record_exchange(exchange)

    def _end(self, ending: ScenarioEnd) -> None:
        self._ended.add(ending.scenario)
        self.recorder.record_end(ending)

    def end_in_time(self, scenarios: Iterable[Scenario]) -> None:
        """End the run because its time is over: early, unless all that a standard run plays has been played."""
        seconds = f"{self.transport.budget.bounds.time:g}"
        rest = [each for each in scenarios if each.name not in self._ended]
        if all(depth_of(each.name) is Depth.THOROUGH for each in rest):
            for each in rest:
                self._end(ScenarioEnd(each.name, "skipped", f"{WITH_MORE_TIME}{seconds}"))
        self.stop.request(f"--max-time {seconds} is over.")

    def skip_rest(self, scenarios: Iterable[Scenario]) -> None:
        """End the scenarios that have not ended, for the reason for which the run does."""
        for scenario in scenarios:
            if scenario.name not in self._ended:
                self._end(ScenarioEnd(scenario.name, "skipped", self.stop.reason))

    async def play(self, scenario: Scenario) -> None:
        URGENCY.set(self.urgencies.get(scenario.name, 0))
        async with self._room:
            if self.recorder.watcher:
                self.recorder.watcher.on_start(scenario.name)
            if known := self._declined.ending_of(scenario):
                self._end(known)
                return
            refused = await self._admission.enter(scenario)
            if refused:
                self._end(ScenarioEnd(scenario.name, "skipped", refused))
                return
            with self._admission.inside(scenario):
                ending = await self._ending(scenario)
                self._declined.add(ending)
                self._end(ending)

    async def _ending(self, scenario: Scenario) -> ScenarioEnd:
        absent = [name for name in sorted(scenario.needs) if self.target.capabilities.get(name) is False]
        if absent:
            return ScenarioEnd(scenario.name, "declined", "the configuration says so", absent[0])
        recording = self.recorder
        api = Api(
            self.transport, self.target, self.contract, scenario, self._record, recording.run, self.retries, self._form,
            self._seen_ids,
        )  # fmt: skip
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
    return ScenarioEnd(name, "broken", f"a reply has another form than the next step needs: {describe_lookup(ours[0])}")


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _leaves(each)
    else:
        yield error
