"""Stored responses that are kept, read and deleted wrongly."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from antiphon.server.faults.base import Fault, Reply
from antiphon.server.faults.shaping import in_parts, without
from antiphon.server.faults.store_reach import (
    CREATE,
    DELETE,
    GET,
    MOST,
    after,
    at,
    fault,
    query_of,
    record_of,
    refuse,
    show,
    store_of,
)

READ: OrderedDict[str, None] = OrderedDict()
"""The ids of responses that were asked for; the oldest go first."""


def louder(reply: Reply) -> None:
    """Every text that is read later ends with a sign that it did not have."""
    edit = in_parts(lambda part: {**part, "text": part["text"] + "!"})
    if not reply.body["background"]:
        show(reply, output=[edit(item) for item in reply.body["output"]])


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
        "include-refused-on-read",
        "Reading a response with include is refused.",
        "store.include-on-get",
        at(GET, refuse_include),
    ),
)
