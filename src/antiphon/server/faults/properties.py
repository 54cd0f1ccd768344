"""Faults that only generated requests find: wrong after certain calls, or for odd input."""

from __future__ import annotations

from collections import OrderedDict

from antiphon.server.behaviour.fault import ModelInput, OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.modes.conditions import is_streamed
from antiphon.server.faults.replies import DELETE, GET, LIST, after, edit_error, query_of, record_of, show, store_of
from antiphon.server.json_values import Json

MOST = 1_000
LISTED: OrderedDict[str, None] = OrderedDict()
"""The ids of responses whose input was listed from its beginning; the oldest go first."""


def keep_many(reply: OutgoingReply) -> None:
    """What was made of three items or more stays."""
    store = store_of(reply)
    record = store.deleted.get(str(reply.body.get("id")))
    if record and len(record.input) >= 3:
        del store.deleted[record.id]
        store.add(record)


def swap_first_two(reply: OutgoingReply) -> None:
    """The first two of a page of four are swapped."""
    data = reply.body.get("data")
    if isinstance(data, list) and len(data) == 4 and query_of(reply).get("limit") == "4":
        data = [data[1], data[0], *data[2:]]
        show(reply, data=data, first_id=data[0]["id"])


def run_again(reply: OutgoingReply) -> OutgoingReply:
    """A response runs again once its input has been listed from its beginning."""
    record = record_of(reply) if reply.request is not None and reply.status == 200 else None
    if record is None or record.background or not isinstance(reply.body, dict):
        return reply
    if reply.operation == LIST and query_of(reply).get("order") == "asc":
        LISTED[record.id] = None
        while len(LISTED) > MOST:
            LISTED.popitem(last=False)
    elif reply.operation == GET and record.id in LISTED:
        show(reply, status="in_progress", completed_at=None, incomplete_details=None, output=[], usage=None)
    return reply


def _is_odd(reply: OutgoingReply) -> bool:
    """The path or the query holds a character outside ASCII."""
    if reply.request is None:
        return False
    said = [*reply.request.path_params.values(), *query_of(reply).values()]
    return not "".join(map(str, said)).isascii()


def cut_odd(reply: OutgoingReply) -> OutgoingReply:
    from antiphon.server.http.results import TruncatedJson

    if _is_odd(reply) and reply.body is not None:
        reply.body = TruncatedJson(reply.body)
    return reply


def give_odd_code(reply: OutgoingReply) -> OutgoingReply:
    if _is_odd(reply) and isinstance(reply.body, dict) and isinstance(reply.body.get("error"), dict):
        edit_error(reply, code="id_not_plain")
    return reply


def take_nothing(path: str, body: Json) -> Json:
    """An update of a conversation that says nothing takes its metadata away."""
    parts = path.split("/")
    return {"metadata": {}} if parts[1:2] == ["conversations"] and len(parts) == 3 and not body else body


def lose_beginning(read: ModelInput) -> ModelInput:
    """The stream of a create with three messages or more is made without the first of them."""
    long = len(read.input) >= 3 and is_streamed(read.body)
    return ModelInput(read.body, read.settings, read.history, read.input[1:] if long else read.input)


FAULTS = (
    fault(
        "odd-id-cut",
        "A reply to a path or a query with a character outside ASCII ends in the middle.",
        "properties.answered",
        reply=cut_odd,
        implies="answers.whole errors.envelope.object",
    ),
    fault(
        "conversation-update-empty",
        "A conversation is updated by a request that holds nothing.",
        "properties.invalid-refused",
        request=take_nothing,
    ),
    fault(
        "odd-id-code",
        "A refusal of a path or a query with a character outside ASCII has a code of its own.",
        "properties.valid-documented",
        reply=give_odd_code,
    ),
    fault(
        "many-items-kept",
        "A response to three items or more is not deleted.",
        "properties.existence",
        reply=after(DELETE, keep_many),
        implies="store.delete-then-get store.delete-then-get-404 store.delete-twice store.delete-then-chain "
        "store.delete-then-input-items",
    ),
    fault(
        "page-of-four-swapped",
        "The first two items of a page of four are swapped.",
        "properties.order",
        reply=after(LIST, swap_first_two),
    ),
    fault(
        "listed-runs-again",
        "A finished response whose input was listed, the oldest item first, says that it is in progress.",
        "properties.status",
        reply=run_again,
        implies="background.end-is-final cancel.foreground-unchanged",
    ),
    fault(
        "long-streams-begin-late",
        "The stream of a create does not read the first of three messages or more.",
        "properties.same-in-modes",
        model_input=lose_beginning,
    ),
)
