"""Further ways to break what another fault breaks already: each is seen by a test that the other leaves alone."""

from __future__ import annotations

from antiphon.server.faults.base import Fault, Reply, one
from antiphon.server.faults.create_asking import changing, refusing
from antiphon.server.faults.store_reach import refuse
from antiphon.server.store import Json

UNFOUND = frozenset({"get-conversation", "update-conversation", "delete-conversation", "add-conversation-items"})


def nameless(reply: Reply) -> Reply:
    """A client that does not name itself is refused."""
    if reply.operation == "create-response" and reply.request and "user-agent" not in reply.request.headers:
        refuse(reply, "Name your client in the header 'User-Agent'.", status=400, code="missing_header")
    return reply


def cold_null(body: Json) -> Json:
    """A temperature that is null is read as 0."""
    return {**body, "temperature": 0} if "temperature" in body and body["temperature"] is None else body


def low_verbosity(body: Json) -> bool:
    text = body.get("text")
    return isinstance(text, dict) and text.get("verbosity") == "low"


def found_anyhow(reply: Reply) -> Reply:
    """What is done with an unknown conversation is confirmed."""
    if reply.operation in UNFOUND and reply.status == 404:
        reply.status = 200
        id = "conv_" + "0" * 48
        kept = {"id": id, "object": "conversation", "created_at": 1_800_000_000, "metadata": {}}
        gone = {"id": id, "object": "conversation.deleted", "deleted": True}
        reply.body = gone if reply.operation == "delete-conversation" else kept
    return reply


FAULTS = (
    Fault(
        name="agent-needed",
        says="A create without a user-agent is refused.",
        breaks=one("create.unknown-headers-ignored"),
        reply=nameless,
    ),
    changing("null-is-cold", "A temperature that is null is read as 0.", "create.null-is-absent", cold_null),
    refusing(
        "verbosity-low-refused",
        "The verbosity low is refused.",
        "limits.verbosity-values",
        low_verbosity,
        param="text.verbosity",
    ),
    Fault(
        name="conversation-unknown-found",
        says="What is done with an unknown conversation is confirmed.",
        breaks=one("conversations.unknown-id"),
        implies=one("conversations.delete", "conversations.delete-then-items"),
        reply=found_anyhow,
    ),
)
