"""Hooks on replies: what is replied to, what is stored, and how a reply is changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.errors import ApiError
from antiphon.server.json_values import Json
from antiphon.server.state.store import ENDED, Record, Store

if TYPE_CHECKING:
    from antiphon.server.state.service import Service


def in_refusals(by: Callable[[Json], Any]) -> Callable[[OutgoingReply], OutgoingReply]:
    """Change the body of every refusal."""

    def change(reply: OutgoingReply) -> OutgoingReply:
        if reply.status >= 400 and isinstance(reply.body, dict) and "error" in reply.body:
            reply.body = by(reply.body)
        return reply

    return change


def put_error(**changes: Any) -> Callable[[OutgoingReply], OutgoingReply]:
    """Set members of the error of every refusal."""
    return in_refusals(lambda body: {"error": {**body["error"], **changes}})


def edit_error(reply: OutgoingReply, **changes: Any) -> None:
    """Set members of the error of this refusal."""
    reply.body = {"error": {**reply.body["error"], **changes}}


def set_header(name: str, value: str | None) -> Callable[[OutgoingReply], OutgoingReply]:
    """Set a header on every reply, or lose it."""

    def change(reply: OutgoingReply) -> OutgoingReply:
        reply.headers.pop(name, None)
        if value is not None:
            reply.headers[name] = value
        return reply

    return change


MOST = 1_000
"""So many ids at most are remembered."""
Change = Callable[[OutgoingReply], None]
CREATE, GET, DELETE, CANCEL, LIST = (
    "create-response", "get-response", "delete-response", "cancel-response", "list-input-items",
)  # fmt: skip


def at(operation: str, change: Change) -> Callable[[OutgoingReply], OutgoingReply]:
    """Change the replies of one operation, streams included."""

    def hook(reply: OutgoingReply) -> OutgoingReply:
        if reply.operation == operation and reply.request is not None:
            change(reply)
        return reply

    return hook


def after(operation: str, change: Change) -> Callable[[OutgoingReply], OutgoingReply]:
    """Change the successful JSON replies of one operation."""

    def guarded(reply: OutgoingReply) -> None:
        if reply.status == 200 and isinstance(reply.body, dict):
            change(reply)

    return at(operation, guarded)


def set_status(status: int, to: str) -> Callable[[OutgoingReply], OutgoingReply]:
    """Give the successful JSON replies of one operation another status."""

    def change(reply: OutgoingReply) -> None:
        reply.status = status

    return after(to, change)


def service_of(reply: OutgoingReply) -> Service:
    """The server that replies."""
    assert reply.request is not None
    service: Service = reply.request.app.state.service
    return service


def store_of(reply: OutgoingReply) -> Store:
    """What the server that replies has stored."""
    return service_of(reply).store


def id_of(reply: OutgoingReply) -> str:
    """The id in the path of the request, or that of the response that was made."""
    assert reply.request is not None
    made = reply.body.get("id") if isinstance(reply.body, dict) else None
    return str(reply.request.path_params.get("response_id") or made or "")


def query_of(reply: OutgoingReply) -> Mapping[str, str]:
    """The query of the request."""
    assert reply.request is not None
    return reply.request.query_params


def record_of(reply: OutgoingReply) -> Record | None:
    """The stored response that the reply is about."""
    return store_of(reply).get(id_of(reply))


def parent_of(reply: OutgoingReply) -> Record | None:
    """The stored response that a new one continues."""
    return store_of(reply).get(str(reply.body.get("previous_response_id")))


def records_like(record: Record, records: Iterable[Record]) -> list[Record]:
    """Other responses whose metadata have the same keys, of those that have any; the oldest first."""
    keys = set(record.response["metadata"])
    return [each for each in records if keys and each is not record and set(each.response["metadata"]) == keys]


def refuse(reply: OutgoingReply, message: str, status: int = 400, code: str | None = None) -> None:
    """Turn a reply into a refusal."""
    reply.status = status
    reply.body = ApiError(message, status=status, code=code).envelope


def refuse_create(reply: OutgoingReply, message: str, status: int = 400, code: str | None = None) -> None:
    """Turn the reply to a create into a refusal, and forget what was stored."""
    record = record_of(reply)
    if record:
        store_of(reply).delete(record)
    refuse(reply, message, status, code)


def show(reply: OutgoingReply, **changes: Any) -> None:
    """Change members of the object that is answered, and nothing that is stored."""
    reply.body = {**reply.body, **changes}


def has_ended(response: Json) -> bool:
    """The response has a final status."""
    return response["status"] in ENDED


def answer_missing(operation: str, reply: OutgoingReply) -> OutgoingReply:
    """A bare 404, as of a web server that knows nothing of this API."""
    if reply.operation == operation:
        reply.status, reply.body = 404, b"<html>Not found</html>"
        reply.headers["content-type"] = "text/html"
    return reply


def at_param(param: str, by: Callable[[OutgoingReply], None]) -> Callable[[OutgoingReply], OutgoingReply]:
    """Change the refusals that name a param."""

    def hook(reply: OutgoingReply) -> OutgoingReply:
        error = reply.body.get("error") if isinstance(reply.body, Mapping) else None
        if reply.status >= 400 and isinstance(error, dict) and error.get("param") == param:
            by(reply)
        return reply

    return hook


EMPTY_PAGE: Json = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
UNSTORED: OrderedDict[str, Json] = OrderedDict()
"""Replies to creates with store false, by their id; the oldest go first."""


def with_unstored(change: Change) -> Callable[[OutgoingReply], OutgoingReply]:
    """A change that may look up what was made with store false."""

    def hook(reply: OutgoingReply) -> OutgoingReply:
        if reply.operation == CREATE and isinstance(reply.body, dict) and reply.body.get("store") is False:
            UNSTORED[str(reply.body.get("id"))] = reply.body
            while len(UNSTORED) > MOST:
                UNSTORED.popitem(last=False)
        change(reply)
        return reply

    return hook


def answer_unknown_400(operation: str) -> Callable[[OutgoingReply], OutgoingReply]:
    """400 for an id that was never given out."""

    def change(reply: OutgoingReply) -> None:
        if reply.operation == operation and reply.status == 404:
            given = id_of(reply)
            if given.startswith("resp_") and given not in UNSTORED and given not in store_of(reply).deleted:
                reply.status = 400

    return with_unstored(change)


def on_refusal(change: Change) -> Callable[[OutgoingReply], OutgoingReply]:
    """Change every refusal."""

    def hook(reply: OutgoingReply) -> OutgoingReply:
        if reply.status >= 400:
            change(reply)
        return reply

    return hook


def change_body(by: Callable[[Any], Any], to: str = CREATE) -> Callable[[OutgoingReply], OutgoingReply]:
    """Change the plain JSON of a successful reply to one operation."""

    def change(reply: OutgoingReply) -> None:
        reply.body = by(reply.body)

    return after(to, change)


def answer_unknown(body: Json, to: str) -> Callable[[OutgoingReply], OutgoingReply]:
    """Answer with this body where an id is unknown."""

    def change(reply: OutgoingReply) -> None:
        if reply.status == 404:
            reply.status, reply.body = 200, body

    return at(to, change)
