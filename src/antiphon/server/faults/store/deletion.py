"""Responses that are deleted, and stay or leave traces."""

from __future__ import annotations

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import lose
from antiphon.server.faults.replies import (
    DELETE,
    GET,
    LIST,
    answer_unknown_400,
    at,
    change_body,
    id_of,
    service_of,
    set_status,
    store_of,
)


def answer_deleted_400(reply: OutgoingReply) -> None:
    if reply.status == 404 and id_of(reply) in store_of(reply).deleted:
        reply.status = 400


def list_deleted(reply: OutgoingReply) -> None:
    deleted = store_of(reply).deleted.get(id_of(reply))
    if reply.status == 404 and deleted:
        items = [service_of(reply).show_item(item) for item in deleted.input]
        ends = {"first_id": items[0]["id"], "last_id": items[-1]["id"]}
        reply.status, reply.body = 200, {"object": "list", "data": items, **ends, "has_more": False}


FAULTS = (
    fault(
        "unknown-delete-is-400",
        "Deleting an unknown id is refused with 400.",
        "store.unknown-id-delete",
        reply=answer_unknown_400(DELETE),
        implies="errors.trigger.unknown-response-delete.detail",
    ),
    fault(
        "delete-accepted",
        "A deletion is answered with 202.",
        "store.delete-succeeds",
        reply=set_status(202, to=DELETE),
    ),
    fault(
        "delete-unconfirmed",
        "The answer to a deletion does not say deleted.",
        "store.delete-body",
        reply=change_body(lose("deleted"), to=DELETE),
    ),
    fault(
        "delete-does-nothing",
        "A deletion is confirmed, and the response stays.",
        "store.delete-then-get",
        policy={"deletes": False},
        implies="store.delete-then-get-404 store.delete-then-chain store.delete-then-input-items store.delete-twice "
        "background.delete-running",
    ),
    fault(
        "deleted-read-is-400",
        "Reading a deleted response is refused with 400.",
        "store.delete-then-get-404",
        reply=at(GET, answer_deleted_400),
    ),
    fault(
        "deleted-continues",
        "A deleted response can still be continued.",
        "store.delete-then-chain",
        policy={"deleted_chains": True},
    ),
    fault(
        "deleted-input-listed",
        "The input of a deleted response can still be listed.",
        "store.delete-then-input-items",
        reply=at(LIST, list_deleted),
    ),
    fault(
        "delete-always-confirmed",
        "A second deletion is confirmed like the first.",
        "store.delete-twice",
        policy={"deletes_once": False},
    ),
)
