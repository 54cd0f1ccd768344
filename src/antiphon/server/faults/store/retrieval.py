"""Responses that are stored or read wrongly."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import in_parts
from antiphon.server.faults.replies import (
    CANCEL,
    CREATE,
    GET,
    MOST,
    UNSTORED,
    after,
    answer_unknown_400,
    at,
    id_of,
    query_of,
    record_of,
    refuse,
    show,
    store_of,
    with_unstored,
)
from antiphon.server.faults.requests import refuse_when

READ: OrderedDict[str, None] = OrderedDict()
"""The ids of responses that were asked for; the oldest go first."""


def add_exclamation(reply: OutgoingReply) -> None:
    """Every text that is read later ends with a sign that it did not have."""
    edit = in_parts(lambda part: {**part, "text": part["text"] + "!"})
    if not reply.body["background"]:
        show(reply, output=[edit(item) for item in reply.body["output"]])


def refuse_include(reply: OutgoingReply) -> None:
    if any(name.startswith("include") for name in query_of(reply)):
        refuse(reply, "Unknown parameter: 'include'.", code="unknown_parameter")


def drop_undecided(reply: OutgoingReply) -> None:
    record = record_of(reply)
    if record and record.body.get("store") is None and not record.background:
        store_of(reply).delete(record)


def miss_once(*, streamed: bool) -> Callable[[OutgoingReply], OutgoingReply]:
    """Not found the first time that a foreground response is read."""

    def change(reply: OutgoingReply) -> None:
        record = record_of(reply)
        if record and not record.background and record.streamed is streamed and record.id not in READ:
            READ[record.id] = None
            while len(READ) > MOST:
                READ.popitem(last=False)
            refuse(reply, "Response not found.", 404)

    return after(GET, change)


def cancel_unstored(reply: OutgoingReply) -> None:
    made = UNSTORED.get(id_of(reply)) if reply.operation == CANCEL else None
    if made:
        reply.status, reply.body = 200, {**made, "status": "cancelled", "completed_at": None}


def answer_unstored_400(reply: OutgoingReply) -> None:
    if reply.operation == GET and reply.status == 404 and id_of(reply) in UNSTORED:
        reply.status = 400


FAULTS = (
    fault(
        "stored-with-turn-refused",
        "A create to be stored is refused for its metadata.",
        "store.taken",
        request=refuse_when(lambda body: body.get("store") is True and "turn" in (body.get("metadata") or ())),
    ),
    fault(
        "nothing-stored",
        "A response is never stored, though it says so.",
        "store.readable-at-once store.readable-after-stream store.echo-tells-truth store.default-on",
        policy={"stores": False},
        implies="tools.turns-continue "
        "chain.after-cut chain.continues input-items.lists-input chain.usable-after-stream "
        "chain.context-included chain.fork-succeeds chain.grows "
        "store.get-equals-create store.delete-succeeds create.item-reference chain.function-output-continues "
        "stream.final.equals-retrieved metadata.kept-on-get chain.hosted-items-replayed compact.by-response-id "
        "errors.trigger.cancel-foreground.detail errors.trigger.resume-foreground.detail input-tokens.by-response-id",
    ),
    fault(
        "readable-late",
        "A response can be read only a minute after it has ended.",
        "store.readable-at-once store.readable-after-stream chain.usable-after-stream",
        policy={"readable_after": 60.0},  # longer than any scenario: within one, all reads of it fail
        implies="tools.turns-continue chain.after-cut background.reaches-end chain.continues input-items.lists-input "
        "store.echo-tells-truth store.get-equals-create store.delete-succeeds metadata.kept-on-get "
        "chain.context-included chain.grows chain.fork-succeeds background.store-off cancel.stays-after-get "
        "cancel.twice chain.function-output-continues chain.hosted-items-replayed compact.by-response-id "
        "errors.trigger.cancel-foreground.detail errors.trigger.resume-foreground.detail input-tokens.by-response-id "
        "resume.after-exclusive resume.full-replay resume.while-running store.default-on "
        "cancel.running-cancelled modes.taken",
    ),
    fault(
        "first-read-missing",
        "A response is not found the first time it is read.",
        "store.readable-at-once",
        reply=miss_once(streamed=False),
        implies="store.echo-tells-truth store.get-equals-create metadata.kept-on-get store.include-on-get "
        "store.delete-keeps-children cancel.foreground-unchanged concurrency.stored-not-mixed",
    ),
    fault(
        "first-read-missing-after-stream",
        "A response that was streamed is not found the first time it is read.",
        "store.readable-after-stream",
        reply=miss_once(streamed=True),
        implies="stream.final.equals-retrieved",
    ),
    fault(
        "not-stored-by-default",
        "Only a response that says store true is kept.",
        "store.default-on",
        reply=after(CREATE, drop_undecided),
    ),
    fault(
        "read-differs",
        "A response that is read has another text than its reply had.",
        "store.get-equals-create",
        reply=after(GET, add_exclamation),
        implies="stream.final.equals-retrieved",
    ),
    fault(
        "read-as-other-object",
        "A response that is read is named a completion.",
        "store.get-object",
        reply=after(GET, lambda reply: show(reply, object="text_completion")),
        implies="stream.final.equals-retrieved",
    ),
    fault(
        "unstored-kept",
        "A response with store false can be read like any other.",
        "store.off-not-readable store.off-not-deletable store.off-no-input-items chain.unstored-refused",
        policy={"keeps_unstored": True},
        implies="modes.store-off store.off-is-404 store.off-not-cancellable",
    ),
    fault(
        "unstored-cancelled",
        "A response with store false can be cancelled.",
        "store.off-not-cancellable",
        reply=with_unstored(cancel_unstored),
        implies="store.off-is-404 background.end-is-final",
    ),
    fault(
        "unstored-read-is-400",
        "Reading a response with store false is refused with 400.",
        "store.off-is-404",
        reply=with_unstored(answer_unstored_400),
    ),
    fault(
        "unknown-read-is-400",
        "Reading an unknown id is refused with 400.",
        "store.unknown-id-get",
        reply=answer_unknown_400(GET),
        implies="errors.trigger.unknown-response-retrieve.detail store.get-in-flight compact.id-not-readable",
    ),
    fault(
        "include-refused-on-read",
        "Reading a response with include is refused.",
        "store.include-on-get",
        reply=at(GET, refuse_include),
    ),
)
