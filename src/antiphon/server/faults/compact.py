"""Compactions that fail, lose what they should keep, or are taken for responses."""

from __future__ import annotations

from antiphon.server.echo import response_object
from antiphon.server.faults.base import Fault, Reply, one
from antiphon.server.faults.create_asking import COMPACT, answering, changing, items, refusing
from antiphon.server.store import Json, Record

TO = "compact-context"
SAID = {"id": "msg_" + "1" * 48, "type": "message", "status": "completed", "role": "assistant"}
PART = {"type": "output_text", "text": "I see.", "annotations": [], "logprobs": []}


def created(reply: Reply) -> Reply:
    if reply.operation == TO and reply.status == 200:
        reply.status = 201
    return reply


def kept(reply: Reply) -> Reply:
    """Store a response under the id of each compaction."""
    if reply.operation == TO and reply.status == 200 and reply.request:
        body, service = reply.body, reply.request.app.state.service
        shown = response_object({"model": service.settings.models[0]}, body["id"], body["created_at"])
        shown |= {"status": "completed", "completed_at": body["created_at"], "usage": body["usage"]}
        shown["service_tier"] = "default"
        service.store.add(Record(response=shown, body={}, history=[], input=[]))
    return reply


def missing(operation: str, reply: Reply) -> Reply:
    """A bare 404, as of a web server that knows nothing of this API."""
    if reply.operation == operation:
        reply.status, reply.body = 404, b"<html>Not found</html>"
        reply.headers["content-type"] = "text/html"
    return reply


def more(body: Json) -> Json:
    return {**body, "usage": {**body["usage"], "total_tokens": body["usage"]["total_tokens"] + 1}}


def shortened(item: Json) -> Json:
    if item["type"] != "message":
        return item
    return {**item, "content": [{**part, "text": part["text"][:5]} for part in item["content"]]}


RESTS = (
    "succeeds object ends-with-compaction encrypted usage keeps-user-messages drops-assistant-turns output-is-input "
    "smaller id-not-readable id-not-chainable from-previous model-required"
)
TRIGGERS = "without-model unknown-model service-tier cache-key-length unknown-previous"
ABSENT = (
    "errors.envelope.object",
    *(f"compact.{name}" for name in RESTS.split()),
    *(
        f"errors.trigger.compact-{name}{end}"
        for name in TRIGGERS.split()
        for end in ("", ".detail")
        if name + end != "without-model"
    ),
)
FAULTS = (
    Fault(name="compact-created", says="A compaction is answered with 201.", breaks=one("compact.succeeds"),
          reply=created),
    answering("compact-object-wrong", "A compaction calls itself a response.", "compact.object",
              lambda body: {**body, "object": "response"}, to=TO),
    answering("compaction-first", "The compaction item stands first.", "compact.ends-with-compaction",
              lambda body: {**body, "output": body["output"][::-1]}, to=TO),
    answering("compact-total-wrong", "The usage of a compaction does not add up.", "compact.usage", more, to=TO),
    answering("compact-shortens", "A compaction shortens what the user said.", "compact.keeps-user-messages",
              lambda body: {**body, "output": [shortened(item) for item in body["output"]]}, to=TO),
    answering("compact-keeps-answers", "A compaction keeps an answer of the model.", "compact.drops-assistant-turns",
              lambda body: {**body, "output": [{**SAID, "content": [PART]}, *body["output"]]}, to=TO),
    refusing("compaction-refused", "A compaction item is refused as input.", "compact.output-is-input",
             lambda body: bool(items(body, "compaction"))),
    Fault(name="compaction-stored", says="A compaction is stored as a response.",
          breaks=one("compact.id-not-readable", "compact.id-not-chainable"), reply=kept),
    refusing("compact-previous-refused", "A stored response cannot be compacted.", "compact.from-previous",
             lambda body: "previous_response_id" in body, "errors.trigger.compact-unknown-previous.detail",
             at=COMPACT),
    changing("compact-any-model", "A compaction needs no model.", "compact.model-required",
             lambda body: {"model": "antiphon-1", **body}, "errors.trigger.compact-without-model.detail",
             at=COMPACT),
    Fault(name="compact-absent", says="There is no compaction, and the refusal is no JSON.",
          breaks=one("compact.declined-cleanly"), implies=one(*ABSENT), reply=lambda reply: missing(TO, reply)),
    Fault(name="compact-by-id-absent", says="A stored response cannot be compacted under its id.",
          breaks=one("compact.by-response-id-required", "compact.declined-cleanly"), implies=one(*ABSENT),
          needs=one("oaiapi-in11-2026-01-30"),
          reply=lambda reply: missing("compact-response", reply)),
)  # fmt: skip
