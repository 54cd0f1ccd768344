"""Walls between tenants that let something through."""

from __future__ import annotations

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import CREATE, DELETE, GET, at, id_of, service_of
from antiphon.server.state.store import Record, Store


def owner_of(reply: OutgoingReply, id: str) -> tuple[Store, Record] | None:
    """The store of whatever tenant holds a response, and the response."""
    service = service_of(reply)
    for key in service.settings.keys:
        store = service.tenant(key).store
        record = store.get(id)
        if record:
            return store, record
    return None


def show_to_all(reply: OutgoingReply) -> None:
    held = owner_of(reply, id_of(reply)) if reply.status == 404 else None
    if held:
        reply.status, reply.body = 200, held[1].response


def delete_for_all(reply: OutgoingReply) -> None:
    held = owner_of(reply, id_of(reply)) if reply.status == 404 else None
    if held:
        store, record = held
        store.delete(record)
        reply.status, reply.body = 200, {"id": record.id, "object": "response", "deleted": True}


def continue_for_all(reply: OutgoingReply) -> None:
    """The refusal names the response; the reply is then that response, as if it were the next."""
    message = str((reply.body or {}).get("error", {}).get("message")) if reply.status == 400 else ""
    named = next((word.strip("'") for word in message.split() if word.startswith("'resp_")), "")
    held = owner_of(reply, named) if named else None
    if held:
        reply.status = 200
        reply.body = {**held[1].response, "id": f"{named[:-4]}next", "previous_response_id": named}


FAULTS = (
    fault(
        "foreign-readable",
        "A response can be read with the key of another tenant.",
        "store.foreign-ids-hidden",
        reply=at(GET, show_to_all),
    ),
    fault(
        "foreign-continued",
        "A response can be continued with the key of another tenant.",
        "store.foreign-ids-not-continued",
        reply=at(CREATE, continue_for_all),
    ),
    fault(
        "foreign-deletable",
        "A response can be deleted with the key of another tenant.",
        "store.foreign-ids-kept",
        reply=at(DELETE, delete_for_all),
    ),
)
