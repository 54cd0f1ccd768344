"""Builders of faults that look at what is stored: whom a reply is about, and what its request asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from antiphon.server.errors import ApiError
from antiphon.server.faults.base import Fault, Reply, breaking
from antiphon.server.store import ENDED, Json, Record, Store

if TYPE_CHECKING:
    from antiphon.server.service import Service

MOST = 1_000
"""So many ids at most are remembered."""
Change = Callable[[Reply], None]
CREATE, GET, DELETE, CANCEL, LIST = (
    "create-response", "get-response", "delete-response", "cancel-response", "list-input-items",
)  # fmt: skip


def at(operation: str, change: Change) -> Callable[[Reply], Reply]:
    """Change the replies of one operation, streams included."""

    def hook(reply: Reply) -> Reply:
        if reply.operation == operation and reply.request is not None:
            change(reply)
        return reply

    return hook


def after(operation: str, change: Change) -> Callable[[Reply], Reply]:
    """Change the successful JSON replies of one operation."""

    def guarded(reply: Reply) -> None:
        if reply.status == 200 and isinstance(reply.body, dict):
            change(reply)

    return at(operation, guarded)


def fault(name: str, says: str, breaks: str, reply: Callable[[Reply], Reply], implies: str = "") -> Fault:
    return breaking(name, says, breaks, implies, reply=reply)


def service_of(reply: Reply) -> Service:
    """The server that answers."""
    assert reply.request is not None
    service: Service = reply.request.app.state.service
    return service


def store_of(reply: Reply) -> Store:
    return service_of(reply).store


def id_of(reply: Reply) -> str:
    """The id in the path of the request, or that of the response that was made."""
    assert reply.request is not None
    made = reply.body.get("id") if isinstance(reply.body, dict) else None
    return str(reply.request.path_params.get("response_id") or made or "")


def query_of(reply: Reply) -> Mapping[str, str]:
    assert reply.request is not None
    return reply.request.query_params


def record_of(reply: Reply) -> Record | None:
    """The stored response that the reply is about."""
    return store_of(reply).get(id_of(reply))


def parent_of(reply: Reply) -> Record | None:
    """The stored response that a new one continues."""
    return store_of(reply).get(str(reply.body.get("previous_response_id")))


def like(record: Record, records: Iterable[Record]) -> list[Record]:
    """Other responses whose metadata have the same keys, of those that have any; the oldest first."""
    keys = set(record.response["metadata"])
    return [each for each in records if keys and each is not record and set(each.response["metadata"]) == keys]


def refuse(reply: Reply, message: str, status: int = 400, code: str | None = None) -> None:
    """Turn a reply into a refusal."""
    reply.status = status
    reply.body = ApiError(message, status=status, code=code).envelope


def show(reply: Reply, **changes: Any) -> None:
    """Change members of the object that is answered, and nothing that is stored."""
    reply.body = {**reply.body, **changes}


def has_ended(response: Json) -> bool:
    return response["status"] in ENDED
