"""Faults of compaction: it fails, loses what it should keep, or is taken for a response."""

from __future__ import annotations

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import in_each, in_item, put, raise_total
from antiphon.server.faults.replies import answer_missing, change_body, set_status
from antiphon.server.faults.requests import COMPACT_PATH, change_request, input_items, refuse_when
from antiphon.server.json_values import Json
from antiphon.server.responses.response_skeleton import response_object
from antiphon.server.state.store import Record

COMPACT = "compact-context"
MESSAGE = {"id": "msg_" + "1" * 48, "type": "message", "status": "completed", "role": "assistant"}
PART = {"type": "output_text", "text": "I see.", "annotations": [], "logprobs": []}


def store_compaction(reply: OutgoingReply) -> OutgoingReply:
    """Store a response under the id of each compaction."""
    if reply.operation == COMPACT and reply.status == 200 and reply.request:
        body, service = reply.body, reply.request.app.state.service
        shown = response_object({"model": service.settings.models[0]}, body["id"], body["created_at"])
        shown |= {"status": "completed", "completed_at": body["created_at"], "usage": body["usage"]}
        shown["service_tier"] = "default"
        service.store.add(Record(response=shown, body={}, history=[], input=[]))
    return reply


def is_managed(body: Json) -> bool:
    """The context is to be compacted, as it may be asked for."""
    managed = body.get("context_management")
    first = managed[0] if isinstance(managed, list) and managed else None
    return isinstance(first, dict) and first.get("compact_threshold") == 1000


FAULTS = (
    fault(
        "context-management-ignored",
        "The context is not compacted, however long it is.",
        "compact.in-create",
        request=change_request(
            lambda body: (
                {name: value for name, value in body.items() if name != "context_management"}
                if is_managed(body)
                else body
            )
        ),
    ),
    fault(
        "compact-cache-options-refused",
        "A compaction with prompt_cache_options is refused.",
        "compact.accepts.settings",
        request=refuse_when(lambda body: body.get("prompt_cache_options") is not None, at=COMPACT_PATH),
    ),
    fault(
        "context-management-refused",
        "A create with context_management is refused, though contexts are compacted.",
        "compact.context-management-taken",
        request=refuse_when(lambda body: bool(body.get("context_management")), param="context_management"),
        implies="compact.in-create",
    ),
    fault(
        "compact-created", "A compaction is answered with 201.", "compact.succeeds", reply=set_status(201, to=COMPACT)
    ),
    fault(
        "compact-object-wrong",
        "A compaction calls itself a response.",
        "compact.object",
        reply=change_body(put(object="response"), to=COMPACT),
    ),
    fault(
        "compaction-first",
        "The compaction item stands first.",
        "compact.ends-with-compaction",
        reply=change_body(lambda body: {**body, "output": body["output"][::-1]}, to=COMPACT),
    ),
    fault(
        "compaction-empty",
        "A compaction item has no encrypted content.",
        "compact.encrypted",
        item=in_item("compaction", put(encrypted_content="")),
        implies="item.compaction-encrypted compact.output-is-input",
    ),
    fault(
        "compact-total-wrong",
        "The usage of a compaction does not add up.",
        "compact.usage",
        reply=change_body(raise_total, to=COMPACT),
    ),
    fault(
        "compact-shortens",
        "A compaction shortens what the user said.",
        "compact.keeps-user-messages",
        reply=change_body(
            in_each("output", in_item("message", in_each("content", lambda part: {**part, "text": part["text"][:5]}))),
            to=COMPACT,
        ),
    ),
    fault(
        "compact-keeps-answers",
        "A compaction keeps an answer of the model.",
        "compact.drops-assistant-turns",
        reply=change_body(
            lambda body: {**body, "output": [{**MESSAGE, "content": [PART]}, *body["output"]]}, to=COMPACT
        ),
    ),
    fault(
        "compaction-refused",
        "A compaction item is refused as input.",
        "compact.output-is-input",
        request=refuse_when(lambda body: bool(input_items(body, "compaction"))),
    ),
    fault(
        "compaction-stored",
        "A compaction is stored as a response.",
        "compact.id-not-readable compact.id-not-chainable",
        reply=store_compaction,
    ),
    fault(
        "compact-previous-refused",
        "A stored response cannot be compacted.",
        "compact.from-previous",
        request=refuse_when(lambda body: "previous_response_id" in body, at=COMPACT_PATH),
        implies="errors.trigger.compact-unknown-previous.detail",
    ),
    fault(
        "compact-any-model",
        "A compaction needs no model.",
        "compact.model-required",
        request=change_request(lambda body: {"model": "antiphon-1", **body}, at=COMPACT_PATH),
        implies="errors.trigger.compact-without-model.detail",
    ),
    fault(
        "compact-by-id-absent",
        "A stored response cannot be compacted under its id.",
        "compact.by-response-id-required compact.declined-cleanly",
        reply=lambda reply: answer_missing("compact-response", reply),
        implies="errors.envelope.object compact.succeeds compact.object compact.ends-with-compaction "
        "compact.encrypted compact.usage compact.keeps-user-messages compact.drops-assistant-turns "
        "compact.output-is-input compact.smaller compact.id-not-readable compact.id-not-chainable "
        "compact.from-previous compact.model-required errors.trigger.compact-without-model.detail "
        "errors.trigger.compact-unknown-model errors.trigger.compact-unknown-model.detail "
        "errors.trigger.compact-service-tier errors.trigger.compact-service-tier.detail "
        "errors.trigger.compact-cache-key-length errors.trigger.compact-cache-key-length.detail "
        "errors.trigger.compact-unknown-previous errors.trigger.compact-unknown-previous.detail",
        needs="oaiapi-in11-2026-01-30",
    ),
    fault(
        "compact-absent",
        "There is no compaction, and the refusal is no JSON.",
        "compact.declined-cleanly",
        reply=lambda reply: answer_missing(COMPACT, reply),
        implies="errors.envelope.object compact.succeeds compact.object compact.ends-with-compaction "
        "compact.encrypted compact.usage compact.keeps-user-messages compact.drops-assistant-turns "
        "compact.output-is-input compact.smaller compact.id-not-readable compact.id-not-chainable "
        "compact.from-previous compact.model-required errors.trigger.compact-without-model.detail "
        "errors.trigger.compact-unknown-model errors.trigger.compact-unknown-model.detail "
        "errors.trigger.compact-service-tier errors.trigger.compact-service-tier.detail "
        "errors.trigger.compact-cache-key-length errors.trigger.compact-cache-key-length.detail "
        "errors.trigger.compact-unknown-previous errors.trigger.compact-unknown-previous.detail",
    ),
)
