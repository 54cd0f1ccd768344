"""What is asked of responses that are not there: unknown ones, deleted ones, and those made with store false."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from antiphon.server.faults.base import Fault, Reply
from antiphon.server.faults.store_reach import (
    CANCEL,
    CREATE,
    DELETE,
    GET,
    LIST,
    MOST,
    Change,
    at,
    fault,
    id_of,
    service_of,
    store_of,
)
from antiphon.server.store import Json

UNSTORED: OrderedDict[str, Json] = OrderedDict()
"""Replies to creates with store false, by their id; the oldest go first."""


def noting_unstored(change: Change) -> Callable[[Reply], Reply]:
    """A change that may look up what was made with store false."""

    def hook(reply: Reply) -> Reply:
        if reply.operation == CREATE and isinstance(reply.body, dict) and reply.body.get("store") is False:
            UNSTORED[str(reply.body.get("id"))] = reply.body
            while len(UNSTORED) > MOST:
                UNSTORED.popitem(last=False)
        change(reply)
        return reply

    return hook


def cancel_unstored(reply: Reply) -> None:
    made = UNSTORED.get(id_of(reply)) if reply.operation == CANCEL else None
    if made:
        reply.status, reply.body = 200, {**made, "status": "cancelled", "completed_at": None}


def unstored_is_400(reply: Reply) -> None:
    if reply.operation == GET and reply.status == 404 and id_of(reply) in UNSTORED:
        reply.status = 400


def unknown_is_400(operation: str) -> Callable[[Reply], Reply]:
    """400 for an id that was never given out."""

    def change(reply: Reply) -> None:
        if reply.operation == operation and reply.status == 404:
            given = id_of(reply)
            if given.startswith("resp_") and given not in UNSTORED and given not in store_of(reply).deleted:
                reply.status = 400

    return noting_unstored(change)


def deleted_is_400(reply: Reply) -> None:
    if reply.status == 404 and id_of(reply) in store_of(reply).deleted:
        reply.status = 400


def list_deleted(reply: Reply) -> None:
    deleted = store_of(reply).deleted.get(id_of(reply))
    if reply.status == 404 and deleted:
        items = [service_of(reply).show_item(item) for item in deleted.input]
        ends = {"first_id": items[0]["id"], "last_id": items[-1]["id"]}
        reply.status, reply.body = 200, {"object": "list", "data": items, **ends, "has_more": False}


FAULTS: tuple[Fault, ...] = (
    fault(
        "unstored-cancelled",
        "A response with store false can be cancelled.",
        "store.off-not-cancellable",
        noting_unstored(cancel_unstored),
        "store.off-is-404 background.end-is-final",
    ),
    fault(
        "unstored-read-is-400",
        "Reading a response with store false is refused with 400.",
        "store.off-is-404",
        noting_unstored(unstored_is_400),
    ),
    fault(
        "unknown-read-is-400",
        "Reading an unknown id is refused with 400.",
        "store.unknown-id-get",
        unknown_is_400(GET),
        "errors.trigger.unknown-response-retrieve.detail store.get-in-flight",
    ),
    fault(
        "unknown-delete-is-400",
        "Deleting an unknown id is refused with 400.",
        "store.unknown-id-delete",
        unknown_is_400(DELETE),
        "errors.trigger.unknown-response-delete.detail",
    ),
    fault(
        "unknown-cancel-is-400",
        "Cancelling an unknown id is refused with 400.",
        "cancel.unknown-id",
        unknown_is_400(CANCEL),
        "errors.trigger.unknown-response-cancel.detail",
    ),
    fault(
        "unknown-list-is-400",
        "Listing the input of an unknown id is refused with 400.",
        "input-items.unknown-response",
        unknown_is_400(LIST),
        "errors.trigger.unknown-response-input-items.detail",
    ),
    fault(
        "deleted-read-is-400",
        "Reading a deleted response is refused with 400.",
        "store.delete-then-get-404",
        at(GET, deleted_is_400),
    ),
    fault(
        "deleted-input-listed",
        "The input of a deleted response can still be listed.",
        "store.delete-then-input-items",
        at(LIST, list_deleted),
    ),
)
