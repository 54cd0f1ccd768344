"""Probe of one operation: sends its generated requests, and shrinks those that fail."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import anyio
from anyio import from_thread, to_thread

from antiphon.contract.model import Level
from antiphon.exercise.api import Api
from antiphon.exercise.scenario import CannotContinue, CapabilityDeclined, OverBudget
from antiphon.generated import rules
from antiphon.generated.options import CURRENT_OPTIONS
from antiphon.generated.prerequisites import make_prerequisites
from antiphon.generated.requests import examples, generate_requests, search
from antiphon.judge.engine import Judge
from antiphon.recording.exchange import Exchange, Request
from antiphon.recording.intent import PROBE, must_refuse

_ONE_AT_A_TIME = threading.Lock()
AT_ONCE = 8
MOST_SHRUNK = 3
"""Requirements that a scenario makes a failing request small for."""
MOST_CALLS = 60
"""Calls that making one request small takes at most."""
MOST_SECONDS = 8.0
"""Likewise for the time, which may go into generating alone."""


class _Enough(BaseException):
    """Ends a search whose calls or whose time are used up."""


@dataclass
class Probe:
    """Generated requests of one operation, valid or invalid, and their outcomes."""

    api: Api
    operation: str
    valid: bool
    names: Mapping[str, str] = field(default_factory=dict)
    violations: dict[str, frozenset[str]] = field(default_factory=dict)
    """By request: the requirements that its reply broke."""

    def __post_init__(self) -> None:
        self.options = CURRENT_OPTIONS.get()
        self.edition = self.api.contract.edition
        self.deadline = 0.0
        self._judge = Judge(self.api.contract)
        self._declined: CapabilityDeclined | None = None
        self._answered = 0
        self._spent = False
        self._shrunk = 0

    async def run(self) -> None:
        """Send all, then again the smallest request of each failure. Raises Declined where all were declined."""
        drawn = await to_thread.run_sync(self._drawn)
        self.deadline = time.monotonic() + self.options.seconds  # generating may have waited for others that generate
        with anyio.move_on_after(self.deadline - time.monotonic()) as scope:
            self.names = await make_prerequisites(self.api, drawn)
        if scope.cancelled_caught:
            raise CannotContinue(f"what the requests name was not made in {self.options.seconds:g} s")
        await self._send_all(drawn)
        if self._declined and not self._answered:
            raise self._declined
        broken = sorted(frozenset().union(*self.violations.values()))
        for requirement in broken[:MOST_SHRUNK] if self.options.shrinks else ():
            if time.monotonic() < self.deadline and not self._spent:
                await self._shrink(requirement)

    def _strategy(self) -> Any:
        return generate_requests(self.edition.id, self.operation, self.valid, self.api.model)

    def _drawn(self) -> Sequence[Request]:
        asked = self.options
        with _ONE_AT_A_TIME:
            return _examples(self.edition.id, self.operation, self.valid, self.api.model, asked.examples, asked.seed)

    async def _send_all(self, drawn: Sequence[Request]) -> None:
        room = anyio.CapacityLimiter(AT_ONCE)

        async def one(request: Request) -> None:
            async with room:
                if time.monotonic() < self.deadline and not self._spent:
                    await self._send(request)

        async with anyio.create_task_group() as group:
            for request in drawn:
                group.start_soon(one, request)

    async def _send(self, request: Request, step: str = "") -> frozenset[str]:
        """The requirements that the reply to a request breaks."""
        key, filled = repr(request), _filled(request, self.names)
        query: dict[str, list[str]] = {}
        for name, value in filled.query:
            query.setdefault(name, []).append(value)
        left = max(1.0, self.deadline - time.monotonic())
        try:
            with self.api.intending(PROBE if self.valid else must_refuse("schema")):
                answer = await self.api.send(
                    filled.method, filled.path, body=filled.body, query=query, content=filled.content, step=step,
                    headers={**dict(filled.headers), "User-Agent": rules.agent(self.options)},
                    within=min(left, self._patience),
                )  # fmt: skip
        except CapabilityDeclined as declined:
            self._declined = declined
            found = frozenset[str]()
        except OverBudget:
            self._spent = True
            return frozenset()
        else:
            self._answered += 1
            found = self._found(answer.exchange)
        self.violations[key] = found
        return found

    @property
    def _patience(self) -> float:
        total = self.api.target.limits.total
        return total if self.valid else min(total, self.options.patience)

    def _found(self, exchange: Exchange) -> frozenset[str]:
        own = {
            "properties.answered": rules.is_unanswered(exchange),
            "properties.invalid-refused": not self.valid and rules.is_accepted(exchange),
            "properties.valid-documented": self.valid and rules.has_unknown_code(exchange),
        }
        levels = self.api.contract.requirements
        said = {each for each in self._judge.feed(exchange) if levels[each].level is not Level.MAY}
        return frozenset({name for name, breaks in own.items() if breaks} | said)

    async def _shrink(self, requirement: str) -> None:
        """Search for the smallest request that breaks a requirement.

        Send it once more, as the first to be reported.
        """
        best = await to_thread.run_sync(self._smallest, requirement)
        if best is not None and not self._spent:
            self._shrunk += 1
            await self._send(best, step=f"0{self._shrunk}")

    def _smallest(self, requirement: str) -> Request | None:
        calls, until = 0, min(time.monotonic() + MOST_SECONDS, self.deadline)
        failing: list[Request] = []

        def breaks(request: Request) -> bool:
            nonlocal calls
            if self._spent or time.monotonic() > until:
                raise _Enough
            found = self.violations.get(repr(request))
            if found is None:
                calls += 1
                if calls > MOST_CALLS:
                    raise _Enough
                found = from_thread.run(self._send, request)
            if requirement in found:
                failing.append(request)
            return requirement in found

        with _ONE_AT_A_TIME, suppress(_Enough):
            search(self._strategy(), breaks, self.options.examples, self.options.seed)
        return min(failing, key=rules.size, default=None)


@lru_cache(maxsize=256)
def _examples(edition: str, operation: str, valid: bool, model: str, count: int, seed: int) -> tuple[Request, ...]:
    return tuple(examples(generate_requests(edition, operation, valid, model), count, seed))


def _filled(request: Request, names: Mapping[str, str]) -> Request:
    """A request with the ids of what was made."""
    path, body = request.path, request.body
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", value)
    if isinstance(body, dict) and body.get("previous_response_id") == "{response_id}":
        body = {**body, "previous_response_id": names.get("response_id", "")}
    return replace(request, path=path, body=body)


async def probe(api: Api, operation: str, valid: bool) -> None:
    """Send generated requests to an operation; they become the exchanges of the scenario."""
    api.route(operation)
    await Probe(api, operation, valid).run()
