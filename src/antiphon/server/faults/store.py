"""Stored responses that are read, deleted and hidden wrongly."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from antiphon.server.faults.base import Fault, Reply
from antiphon.server.faults.shaping import in_parts, without
from antiphon.server.faults.store_reach import (
    CANCEL,
    CREATE,
    DELETE,
    GET,
    LIST,
    Change,
    after,
    at,
    fault,
    id_of,
    query_of,
    record_of,
    refuse,
    service_of,
    show,
    store_of,
)  # fmt: skip
from antiphon.server.store import Json

MOST = 1_000
UNSTORED: OrderedDict[str, Json] = OrderedDict()
"""Replies to creates with store false, by their id; the oldest go first."""
READ: OrderedDict[str, None] = OrderedDict()
"""The ids of responses that were asked for; the oldest go first."""


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


def louder(reply: Reply) -> None:
    """Every text that is read later ends with a sign that it did not have."""
    edit = in_parts(lambda part: {**part, "text": part["text"] + "!"})
    if not reply.body["background"]:
        show(reply, output=[edit(item) for item in reply.body["output"]])


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


def refuse_include(reply: Reply) -> None:
    if any(name.startswith("include") for name in query_of(reply)):
        refuse(reply, "Unknown parameter: 'include'.", code="unknown_parameter")


def drop_undecided(reply: Reply) -> None:
    record = record_of(reply)
    if record and record.body.get("store") is None and not record.background:
        store_of(reply).delete(record)


def missing_once(*, streamed: bool) -> Callable[[Reply], Reply]:
    """Not found the first time that a foreground response is read."""

    def change(reply: Reply) -> None:
        record = record_of(reply)
        if record and not record.background and record.streamed is streamed and record.id not in READ:
            READ[record.id] = None
            while len(READ) > MOST:
                READ.popitem(last=False)
            refuse(reply, "Response not found.", 404)

    return after(GET, change)


def accept_deletion(reply: Reply) -> None:
    reply.status = 202


FAULTS: tuple[Fault, ...] = (
    fault(
        "first-read-missing",
        "A response is not found the first time it is read.",
        "store.readable-at-once",
        missing_once(streamed=False),
        "store.echo-tells-truth store.get-equals-create metadata.kept-on-get store.include-on-get "
        "store.delete-keeps-children cancel.foreground-unchanged concurrency.stored-not-mixed",
    ),
    fault(
        "first-read-missing-after-stream",
        "A response that was streamed is not found the first time it is read.",
        "store.readable-after-stream",
        missing_once(streamed=True),
        "stream.final.equals-retrieved",
    ),
    fault(
        "read-differs",
        "A response that is read has another text than its reply had.",
        "store.get-equals-create",
        after(GET, louder),
        "stream.final.equals-retrieved",
    ),
    fault(
        "read-as-other-object",
        "A response that is read is named a completion.",
        "store.get-object",
        after(GET, lambda reply: show(reply, object="text_completion")),
        "stream.final.equals-retrieved",
    ),
    fault(
        "not-stored-by-default",
        "Only a response that says store true is kept.",
        "store.default-on",
        after(CREATE, drop_undecided),
    ),
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
        "delete-accepted",
        "A deletion is answered with 202.",
        "store.delete-succeeds",
        after(DELETE, accept_deletion),
    ),
    fault(
        "delete-unconfirmed",
        "The answer to a deletion does not say deleted.",
        "store.delete-body",
        after(DELETE, lambda reply: setattr(reply, "body", without(reply.body, "deleted"))),
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
    fault(
        "include-refused-on-read",
        "Reading a response with include is refused.",
        "store.include-on-get",
        at(GET, refuse_include),
    ),
)
