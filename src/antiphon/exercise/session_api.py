"""Exchanges of one scenario: requests, sockets and webhook inboxes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

import anyio

from antiphon.contract.model import Contract, Route
from antiphon.exercise.answer import Answer
from antiphon.exercise.http.request import texts
from antiphon.exercise.http.transport import Transport
from antiphon.exercise.input_form import InputForm, as_list
from antiphon.exercise.refusals import find_refusal
from antiphon.exercise.retry import Retries
from antiphon.exercise.scenario import CannotContinue, CapabilityDeclined, OverBudget, Scenario
from antiphon.exercise.seen_ids import SeenIds
from antiphon.exercise.target import Target
from antiphon.exercise.webhooks.inbox import Inbox
from antiphon.exercise.websocket.socket import CLOSE_TIMEOUT, Socket
from antiphon.recording.exchange import RETRIED, SECOND_KEY, Exchange, Request
from antiphon.recording.intent import Intent, optional
from antiphon.recording.outcome import Outcome, outcome
from antiphon.recording.sse import Frame
from antiphon.recording.stored_response import stored_response

Until = Callable[[Frame], bool]
_EXACT: ContextVar[bool] = ContextVar("exact", default=False)
_INTENT: ContextVar[Intent | None] = ContextVar("intent", default=None)


class SessionApi:
    """Session of one scenario. Each request is one exchange of its transcript."""

    def __init__(  # noqa: PLR0913  what the scenarios of a run share, each with a default in tests
        self, transport: Transport, target: Target, contract: Contract, scenario: Scenario,
        record: Callable[[Exchange], Exchange], run: str = "", retries: Retries | None = None,
        form: InputForm | None = None, seen_ids: SeenIds | None = None,
    ) -> None:  # fmt: skip
        self._transport = transport
        self._contract = contract
        self._scenario = scenario
        self._record = record
        self._run = run
        self._retries = retries or Retries(target.retries)
        self._form = form or InputForm()
        self.seen_ids = seen_ids or SeenIds(contract.edition)
        self._step = 0
        self._has_sockets = False
        self._unkept: set[str] = set()
        self.target = target
        self.model = target.model

    @property
    def intent(self) -> Intent:
        """What the next request may expect: what was said with `intending`, else what the scenario rests on."""
        return _INTENT.get() or optional(*self._scenario.needs)

    @contextmanager
    def intending(self, intent: Intent) -> Iterator[None]:
        """Give the requests that are made inside another intent than the scenario's own."""
        token = _INTENT.set(intent)
        try:
            yield
        finally:
            _INTENT.reset(token)

    @contextmanager
    def exact_input(self) -> Iterator[None]:
        """Send the requests that are made inside as they are, also to a target that refuses a text as input."""
        token = _EXACT.set(True)
        try:
            yield
        finally:
            _EXACT.reset(token)

    async def send(  # noqa: PLR0913  one argument for each part of a request; scenarios name them
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        content: bytes | None = None,
        until: Until | None = None,
        within: float | None = None,
        step: str = "",
    ) -> Answer:
        """One exchange of any kind; a header that is None takes a default one away.

        It ends after `within` seconds where that is given. `step` takes the place of its number in the scenario.

        Raises Declined when the target lacks what the scenario needs.
        """
        request = Request(
            method=method,
            path=path,
            query=tuple((name, each) for name, value in (query or {}).items() for each in texts(value)),
            headers=tuple((name, value or "") for name, value in (headers or {}).items()),
            body=body,
            content=content,
        )
        exchange = await self._send_with_retries(request, until, within, step)
        if exchange.failure and exchange.failure.kind == "budget":
            raise OverBudget(exchange.failure.message, exchange.id)
        own = frozenset() if request.headers else self._unkept  # another key finds nothing, and rightly so
        refused = find_refusal(self._contract, self._scenario.needs, exchange, own)
        if refused and refused.capability == "core":  # no server may lack it, so it is a failure
            raise CannotContinue(refused.reason, exchange.id)
        if refused:
            raise CapabilityDeclined(refused.capability, refused.reason, exchange.id, exchange)
        self._note_storage(exchange)
        return Answer(exchange)

    def _note_storage(self, exchange: Exchange) -> None:
        """Note responses that were to be stored and whose replies do not confirm it."""
        made, said = stored_response(exchange)
        if made and not said:
            self._unkept.add(made)
        elif exchange.request and exchange.request.method == "DELETE" and exchange.is_success:
            self._unkept.difference_update(exchange.request.path.split("/"))

    async def _send_with_retries(
        self, request: Request, until: Until | None, within: float | None, step: str
    ) -> Exchange:
        """The exchange of a request; an attempt that the target refused temporarily is recorded, and repeated."""
        id, tried, intent = f"{self._scenario.name}/{step}" if step else self._next_id(), 0, self.intent
        exact = _EXACT.get()
        may_settle = not exact and intent.expects_success
        while True:
            request = request if exact else self._form.apply(request)
            exchange = await self._transport.exchange(
                request, id=id, scenario=self._scenario.name, until=until, timeout_total=within
            )
            notes = exchange.notes | ({SECOND_KEY} if self._has_second_key(request) else set())
            exchange = replace(exchange, intent=intent, notes=notes)
            tried += 1
            seconds = self._retries.wait(exchange, tried)
            if seconds is None and may_settle and self._form.may_be_refused(exchange):
                return await self._send_as_list(request, exchange, until, within)
            if seconds is None:
                return self._record(exchange)
            self._record(replace(exchange, id=f"{id}.{tried}", notes=exchange.notes | {RETRIED}))
            if outcome(exchange) is Outcome.OVERLOADED:
                self._transport.pace.rest(seconds)
            else:
                await self._transport.pace.wait(seconds)

    def _has_second_key(self, request: Request) -> bool:
        """The request carries the key of the second tenant, which no record shows."""
        second = self.target.second_api_key
        return second is not None and any(second in value for _, value in request.headers)

    async def _send_as_list(
        self, request: Request, refused: Exchange, until: Until | None, within: float | None
    ) -> Exchange:
        """The exchange of a create that was refused with a text, as a list if that is answered; both are recorded."""
        async with self._form.lock:
            if not self._form.is_open:
                return self._record(refused)
            listed = await self._transport.exchange(
                as_list(request), id=refused.id, scenario=refused.scenario, until=until, timeout_total=within
            )
            self._form.settle(listed)
        listed = replace(listed, intent=refused.intent)
        chosen, other, form = (listed, refused, "text") if listed.is_success else (refused, listed, "list")
        self._record(replace(other, id=f"{other.id}.{form}", notes=other.notes | {RETRIED}))
        return self._record(chosen)

    def _next_id(self) -> str:
        self._step += 1
        return f"{self._scenario.name}/{self._step}"

    @asynccontextmanager
    async def socket(self, headers: Mapping[str, str | None] | None = None) -> AsyncIterator[Socket]:
        """A WebSocket on which responses are created: one exchange for its opening, and one for each message sent.

        Raises Declined when the first of the scenario is refused in a way that says that there are none.
        """
        route = self.route("websocket")
        pairs = tuple((name, value or "") for name, value in (headers or {}).items())
        socket = Socket(self._transport, self._scenario.name, self._next_id, lambda: self.intent)
        opening = await socket.open(Request(route.method, route.path, headers=pairs))
        try:
            refused = None if self._has_sockets else find_refusal(self._contract, self._scenario.needs, opening)
            if refused:
                raise CapabilityDeclined(refused.capability, refused.reason, opening.id)
            self._has_sockets = self._has_sockets or socket.is_open
            yield socket
        finally:
            with anyio.CancelScope(shield=True), anyio.move_on_after(3 * CLOSE_TIMEOUT):
                exchanges = await socket.close()
            for exchange in exchanges:
                self._record(exchange)

    @contextmanager
    def inbox(self) -> Iterator[Inbox]:
        """Where the webhooks of this target arrive. Raises Declined where the target names no address for them."""
        receiver = self.target.receiver
        if receiver is None:
            raise CapabilityDeclined("webhooks", "the target names no address for webhooks")
        with receiver.hold_deliveries():
            yield Inbox(receiver, self._scenario.name, self._next_id, self._record)

    @property
    def contract(self) -> Contract:
        """The contract under the edition of the run."""
        return self._contract

    def route(self, operation: str) -> Route:
        """The edition's route of an operation. Raises Declined where the edition has none."""
        route = self._contract.edition.routes.get(operation)
        if route is None:
            raise CapabilityDeclined(operation, f"edition {self._contract.edition.id} has no operation {operation}")
        return route
