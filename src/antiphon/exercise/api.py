"""Operations of the contract for scenarios, by the routes of the edition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.exercise.answer import Answer
from antiphon.exercise.ownership_tag import with_tag
from antiphon.exercise.session_api import SessionApi, Until


class Api(SessionApi):
    """The operations of the contract for one scenario. Each call is one exchange of its transcript."""

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

    async def create(
        self, *, until: Until | None = None, headers: Mapping[str, str | None] | None = None, **body: Any
    ) -> Answer:
        """POST /responses with the target's model unless another is given.

        What is stored is marked with the run in its metadata, so that it can be found where it was left behind.
        """
        body = with_tag({"model": self.model, **body}, self._run)
        return await self.call("create", body=body, until=until, headers=headers)

    async def stream(self, *, until: Until | None = None, **body: Any) -> Answer:
        """POST /responses with `stream: true`."""
        return await self.create(until=until, **body, stream=True)

    async def retrieve(self, response_id: str, *, until: Until | None = None, **query: Any) -> Answer:
        """Read a response."""
        return await self.call("retrieve", response_id=response_id, query=query, until=until)

    async def delete(self, response_id: str) -> Answer:
        """Delete a response."""
        return await self.call("delete", response_id=response_id)

    async def cancel(self, response_id: str) -> Answer:
        """Cancel a response."""
        return await self.call("cancel", response_id=response_id)

    async def input_items(self, response_id: str, **query: Any) -> Answer:
        """List the input items of a response."""
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
