"""Plays scenarios concurrently, once each, and writes down all that was said."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import anyio

from antiphon.contract.model import Contract
from antiphon.contract.paths import suites_dir
from antiphon.exercise.api import Api
from antiphon.exercise.scenario import Declined, Scenario, Stuck
from antiphon.exercise.target import Target
from antiphon.exercise.transport import Transport
from antiphon.transcript.exchange import Exchange
from antiphon.transcript.lines import Ending, Record
from antiphon.transcript.redact import Redactor


class Watcher(Protocol):
    """Is told what happens while scenarios run."""

    def planned(self, scenarios: int) -> None: ...

    def began(self, scenario: str) -> None: ...

    def said(self, exchange: Exchange) -> None: ...

    def ended(self, ending: Ending) -> None: ...


@dataclass
class Recording:
    """Takes down what is said, without its secrets, in the order in which it came."""

    write: Callable[[Record], None]
    redactor: Redactor
    watcher: Watcher | None = None
    records: list[Record] = field(default_factory=list)

    def exchange(self, exchange: Exchange) -> Exchange:
        """Keep an exchange without its secrets; the scenario goes on with what was really said."""
        clean = self.redactor.exchange(exchange)
        self._keep(clean)
        if self.watcher:
            self.watcher.said(clean)
        return exchange

    def ending(self, ending: Ending) -> None:
        self._keep(ending)
        if self.watcher:
            self.watcher.ended(ending)

    def _keep(self, record: Record) -> None:
        self.records.append(record)
        self.write(record)


async def exercise(scenarios: Sequence[Scenario], target: Target, contract: Contract, recording: Recording) -> None:
    """Play all scenarios, those that are alone after the others. Nothing that a server does ends the run."""
    async with Transport(
        target.base_url, limits=target.limits, headers=target.request_headers(), verify=target.verify_tls
    ) as transport:
        player = _Player(transport, target, contract, recording)
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
    recording: Recording

    def __post_init__(self) -> None:
        # More scenarios than calls at once would only queue, and make the slow ones start late.
        self._room = anyio.CapacityLimiter(max(2 * self.target.limits.concurrency, 4))

    async def play(self, scenario: Scenario) -> None:
        async with self._room:
            if self.recording.watcher:
                self.recording.watcher.began(scenario.name)
            self.recording.ending(await self._ending(scenario))

    async def _ending(self, scenario: Scenario) -> Ending:
        absent = [name for name in sorted(scenario.needs) if self.target.capabilities.get(name) is False]
        if absent:
            return Ending(scenario.name, "declined", "the configuration says so", absent[0])
        api = Api(self.transport, self.target, self.contract, scenario, self.recording.exchange)
        arguments = (api,) if scenario.case is None else (api, scenario.case)
        try:
            with anyio.fail_after(self.target.limits.total * 4):
                await scenario.act(*arguments)
        except TimeoutError:
            return Ending(scenario.name, "broken", f"it was not done after {self.target.limits.total * 4:g} s")
        except Exception as error:
            return _stopped(scenario.name, error)
        return Ending(scenario.name, "finished")


def _stopped(name: str, error: Exception) -> Ending:
    """The ending of a scenario that an exception ended; of several at once, the first that says most."""
    causes = list(_leaves(error))
    ours = [each for each in causes if not isinstance(each, Stuck)]
    for each in ours:  # what a server sent may trip a scenario; only our own code is our error
        if not Path(traceback.extract_tb(each.__traceback__)[-1].filename).is_relative_to(suites_dir()):
            return Ending(name, "error", f"{each!r}")
    for each in causes:
        if isinstance(each, Declined):
            return Ending(name, "declined", each.reason, each.capability, each.exchange)
    for each in causes:
        if isinstance(each, Stuck):
            return Ending(name, "broken", each.reason, "", each.exchange)
    return Ending(name, "broken", f"{ours[0]!r}")


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _leaves(each)
    else:
        yield error
