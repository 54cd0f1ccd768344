"""What a scenario speaks with: the operations of the contract, by the routes of the edition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from antiphon.contract.model import Contract, Route
from antiphon.exercise.declining import declined
from antiphon.exercise.scenario import Declined, Scenario, Stuck
from antiphon.exercise.target import Target
from antiphon.exercise.transport import Transport
from antiphon.transcript.exchange import Exchange, Request
from antiphon.transcript.sse import Frame

Until = Callable[[Frame], bool]


class Answer:
    """A reply as a scenario needs it: to go on with. Raises Stuck where it does not hold what is asked of it."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    @property
    def status(self) -> int | None:
        return self.exchange.status

    @property
    def ok(self) -> bool:
        """The status is from 200 to 299."""
        return self.exchange.is_success

    @property
    def body(self) -> dict[str, Any]:
        """The object that was answered, or that a stream ended with."""
        reply = self.exchange.reply
        if not isinstance(reply, dict):
            raise Stuck(f"the reply of {self.exchange.id} is no JSON object", self.exchange.id)
        return reply

    @property
    def id(self) -> str:
        """The id of the object that was answered."""
        if not self.ok:
            status = self.status if self.exchange.response else "no"
            why = self.exchange.failure.message if self.exchange.failure else f"it was answered with {status} status"
            raise Stuck(f"{self.exchange.id} gave no object to go on with: {why}", self.exchange.id)
        value = self.body.get("id")
        if not isinstance(value, str) or not value:
            raise Stuck(f"the reply of {self.exchange.id} has no id", self.exchange.id)
        return value

    @property
    def output(self) -> list[dict[str, Any]]:
        """The items of `output`."""
        value = self.body.get("output")
        if not isinstance(value, list):
            raise Stuck(f"the reply of {self.exchange.id} has no list of output", self.exchange.id)
        return [item for item in value if isinstance(item, dict)]


class Api:
    """The operations of the contract for one scenario. Each call is one exchange of its transcript."""

    def __init__(
        self, transport: Transport, target: Target, contract: Contract, scenario: Scenario,
        record: Callable[[Exchange], Exchange],
    ) -> None:  # fmt: skip
        self._transport = transport
        self._contract = contract
        self._scenario = scenario
        self._record = record
        self._step = 0
        self.target = target
        self.model = target.model

    async def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        content: bytes | None = None,
        until: Until | None = None,
    ) -> Answer:
        """One exchange of any kind; a header that is None takes a default one away.

        Raises Declined when the target lacks what the scenario needs.
        """
        self._step += 1
        request = Request(
            method=method,
            path=path,
            query=tuple((name, each) for name, value in (query or {}).items() for each in _texts(value)),
            headers=tuple((name, value or "") for name, value in (headers or {}).items()),
            body=body,
            content=content,
        )
        name = f"{self._scenario.name}/{self._step}"
        exchange = await self._transport.send(request, id=name, scenario=self._scenario.name, until=until)
        exchange = self._record(exchange)
        if exchange.failure and exchange.failure.kind == "budget":
            raise Stuck(exchange.failure.message, exchange.id)
        refused = declined(self._contract, self._scenario.needs, exchange)
        if refused:
            raise Declined(refused.capability, refused.reason, exchange.id)
        return Answer(exchange)

    async def call(
        self,
        operation: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        until: Until | None = None,
        headers: Mapping[str, str | None] | None = None,
        **ids: str,
    ) -> Answer:
        """An operation by its route in the edition; `ids` fill the route's placeholders."""
        route = self.route(operation)
        return await self.send(
            route.method, route.path.format(**ids), body=body, query=query, headers=headers, until=until
        )

    def route(self, operation: str) -> Route:
        """The edition's route of an operation. Raises Declined where the edition has none."""
        route = self._contract.edition.routes.get(operation)
        if route is None:
            raise Declined(operation, f"edition {self._contract.edition.id} has no operation {operation}")
        return route

    async def create(
        self, *, until: Until | None = None, headers: Mapping[str, str | None] | None = None, **body: Any
    ) -> Answer:
        """POST /responses with the target's model unless another is given."""
        return await self.call("create", body={"model": self.model, **body}, until=until, headers=headers)

    async def stream(self, *, until: Until | None = None, **body: Any) -> Answer:
        """POST /responses with `stream: true`."""
        return await self.create(until=until, **body, stream=True)

    async def retrieve(self, response_id: str, *, until: Until | None = None, **query: Any) -> Answer:
        return await self.call("retrieve", response_id=response_id, query=query, until=until)

    async def delete(self, response_id: str) -> Answer:
        return await self.call("delete", response_id=response_id)

    async def cancel(self, response_id: str) -> Answer:
        return await self.call("cancel", response_id=response_id)

    async def input_items(self, response_id: str, **query: Any) -> Answer:
        return await self.call("input_items", response_id=response_id, query=query)

    async def compact(self, response_id: str = "", **body: Any) -> Answer:
        """Compact a context. An edition whose route names a response gets its id from `response_id`."""
        if self.routes_by_response("compact"):
            return await self.call("compact", response_id=response_id, body=body or None)
        if response_id:
            body = {"previous_response_id": response_id, **body}
        return await self.call("compact", body={"model": self.model, **body})

    async def input_tokens(self, response_id: str = "", **body: Any) -> Answer:
        """Count tokens. An edition whose route names a response gets its id from `response_id`."""
        if self.routes_by_response("input_tokens"):
            return await self.call("input_tokens", response_id=response_id)
        if response_id:
            body = {"previous_response_id": response_id, **body}
        return await self.call("input_tokens", body={"model": self.model, **body})

    def routes_by_response(self, operation: str) -> bool:
        """The edition's route of an operation names a response."""
        route = self._contract.edition.routes.get(operation)
        return route is not None and "{response_id}" in route.path


def _texts(value: Any) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [text for each in value for text in _texts(each)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [str(value)]
