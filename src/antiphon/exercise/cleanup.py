"""Objects that a run stored on a target, and their deletion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import anyio

from antiphon.contract.model import Contract, Edition
from antiphon.exercise.http.transport import Transport
from antiphon.recording.exchange import CLEAN_UP, Exchange, Failure, Request
from antiphon.recording.intent import PROBE

REFUSALS = 3
"""The first deletions; where all of these are refused, a target is taken not to delete."""
LONGEST = 60.0
"""Seconds that cleaning up takes at most, besides what the rate makes it wait."""
LONGEST_AFTER_STOP = 20.0
"""The same, where the run ended early."""
NO_TIME = "no time was left to delete it"
NO_DELETION = f"the target refused the first {REFUSALS} deletions"
_MAKES = {"create": "delete", "conversations.create": "conversations.delete", "chat.create": "chat.delete"}
_ID = {"delete": "response_id", "conversations.delete": "conversation_id", "chat.delete": "completion_id"}


@dataclass
class StoredObjects:
    """Objects stored on a target, in the order of their creation: id → operation that deletes it."""

    edition: Edition
    created_count: int = 0
    deleted_count: int = 0
    """By the clean-up."""
    deletes: bool = False
    """The target has shown that it deletes."""
    _remaining: dict[str, str] = field(default_factory=dict)

    def see(self, exchange: Exchange) -> None:
        """Record what an exchange created or deleted."""
        request = exchange.request
        if request is None or not (exchange.is_success or exchange.is_socket):
            return
        if request.method == "DELETE":
            self.deletes = True
            self._remaining.pop(request.path.rpartition("/")[2], None)
            return
        operation = "create" if exchange.is_socket else self.edition.operation(request.method, request.path)
        reply = _created_object(exchange)
        id = reply.get("id")
        if (
            isinstance(id, str)
            and id
            and operation in _MAKES
            and _is_stored(operation, exchange, reply)
            and id not in self._remaining
        ):
            self.created_count += 1
            self._remaining[id] = _MAKES[operation]

    def forget(self, id: str) -> None:
        """An object is not there any more."""
        self._remaining.pop(id, None)

    @property
    def remaining_count(self) -> int:
        """Number of objects that still exist."""
        return len(self._remaining)

    def newest_first(self) -> list[tuple[str, str]]:
        """What is still stored, the newest first."""
        return [*reversed(self._remaining.items())]


def _created_object(exchange: Exchange) -> Mapping[str, Any]:
    """The object that an exchange created; of a stream of chat chunks, its first."""
    reply = exchange.reply
    if not isinstance(reply, dict) and exchange.events:
        reply = exchange.events[0]
    return reply if isinstance(reply, dict) else {}


def _is_stored(operation: str, exchange: Exchange, reply: Mapping[str, Any]) -> bool:
    """Whether the created object is stored, by the request and by the reply."""
    sent = exchange.sent
    if operation == "conversations.create":
        return True
    asked = sent.get("store") if isinstance(sent, dict) else None
    return asked is True if operation == "chat.create" else asked is not False and reply.get("store") is not False


async def clean_up(
    transport: Transport, stored: StoredObjects, contract: Contract, record: Callable[[Exchange], Exchange],
    longest: float = LONGEST,
) -> None:  # fmt: skip
    """Delete the stored objects, the newest first, until a target that has deleted none shows that it does not delete.

    Each call is recorded, and each object that was left is too, as a call that was not sent.
    """
    waiting = stored.newest_first()
    transport.budget.to_delete = None
    cleaner = _Cleaner(transport, stored, contract, record)
    seconds = min(longest + len(waiting) * transport.pace.interval, transport.budget.seconds_left)
    # A run that ended early has no time to find out first whether the target deletes at all.
    first = 0 if stored.deletes or longest <= LONGEST_AFTER_STOP else REFUSALS
    why = NO_TIME
    with anyio.move_on_after(seconds, shield=True):
        for share in (waiting[:first], waiting[first:]):
            if cleaner.refused >= REFUSALS:
                why = NO_DELETION
                break
            async with anyio.create_task_group() as group:
                for id, operation in share:
                    group.start_soon(cleaner.delete, id, operation)
    for id, operation in waiting:
        cleaner.give_up(id, operation, why)


@dataclass
class _Cleaner:
    transport: Transport
    stored_objects: StoredObjects
    contract: Contract
    record: Callable[[Exchange], Exchange]
    refused: int = 0
    calls: int = 0
    tried: set[str] = field(default_factory=set)
    """Objects whose deletion came to its end, whichever it was."""

    async def delete(self, id: str, operation: str) -> None:
        request = self._request(id, operation)
        if request is None:
            return
        self.calls += 1
        exchange = await self.transport.exchange(request, id=f"clean-up/{self.calls}")
        self.tried.add(id)
        self._record(exchange)
        if exchange.is_success:
            self.refused = 0
            self.stored_objects.deleted_count += 1
            self.stored_objects.see(exchange)
        elif exchange.status == 404 and self.stored_objects.deletes:
            self.stored_objects.forget(id)  # a scenario deleted it, and ended before the answer came
        else:
            self.refused += 1

    def give_up(self, id: str, operation: str, why: str) -> None:
        """Record that an object was left, unless its deletion was tried."""
        request = self._request(id, operation)
        if request is not None and id not in self.tried:
            self.calls += 1
            self._record(Exchange(f"clean-up/{self.calls}", request, None, failure=Failure("budget", why)))

    def _request(self, id: str, operation: str) -> Request | None:
        route = self.contract.edition.routes.get(operation)
        return None if route is None else Request(route.method, route.path.format(**{_ID[operation]: id}))

    def _record(self, exchange: Exchange) -> None:
        self.record(replace(exchange, notes=exchange.notes | {CLEAN_UP}, intent=PROBE))
