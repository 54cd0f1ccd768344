"""Output items of a wrong shape, the same in streams, replies and later readings."""

from __future__ import annotations

import json

from antiphon.server.faults.base import Fault, one
from antiphon.server.faults.shaping import in_item, in_parts, without
from antiphon.server.store import Json


def as_object(item: Json) -> Json:
    """The arguments parsed, as soon as there are any."""
    return {**item, "arguments": json.loads(item["arguments"])} if item["status"] == "completed" else item


def same_call_id(item: Json) -> Json:
    return {**item, "call_id": item["id"]} if item.get("call_id") else item


def as_text(item: Json) -> Json:
    return {**item, "content": "".join(part.get("text", "") for part in item["content"])}


def outside(part: Json) -> Json:
    notes = [{**note, "end_index": 10_000} if "end_index" in note else note for note in part["annotations"]]
    return {**part, "annotations": notes}


def said(item: Json) -> bool:
    return bool(item["type"] == "message" and item["role"] == "assistant")


FAULTS = (
    Fault(
        name="arguments-as-object",
        says="The arguments of a function call are an object.",
        breaks=one("item.arguments-string"),
        implies=one("stream.sum.arguments-item", "item.arguments-json", "tools.strict-arguments", "tools.strict-enum"),
        item=in_item("function_call", as_object),
    ),
    Fault(
        name="arguments-as-list",
        says="The arguments of a function call are a list in a string.",
        breaks=one("item.arguments-json"),
        implies=one("stream.sum.arguments-item", "tools.strict-arguments", "tools.strict-enum"),
        item=in_item("function_call", lambda item: {**item, "arguments": item["arguments"] and "[]"}),
    ),
    Fault(
        name="annotations-missing",
        says="An output text has no annotations.",
        breaks=one("item.annotations-list"),
        implies=one("stream.sum.annotations"),
        item=in_parts(lambda part: without(part, "annotations")),
    ),
    Fault(
        name="annotation-outside",
        says="An annotation ends beyond the text.",
        breaks=one("item.annotation-range"),
        implies=one("stream.sum.annotations"),
        item=in_parts(outside),
    ),
    Fault(
        name="logprobs-missing",
        says="An output text has no logprobs.",
        breaks=one("item.logprobs-list"),
        item=in_parts(lambda part: without(part, "logprobs")),
    ),
    Fault(
        name="message-role-model",
        says="Messages of the output have the role model.",
        breaks=one("item.message-role", "stream.added.message-role"),
        item=lambda item: {**item, "role": "model"} if said(item) else item,
    ),
    Fault(
        name="message-content-text",
        says="The content of a message is a string.",
        breaks=one("item.message-content-list"),
        implies=one(
            "stream.added.message-empty",
            "stream.sum.text-item",
            "stream.content-index.is-place",
            "stream.schema.output-item",
        ),
        item=lambda item: as_text(item) if said(item) else item,
    ),
    Fault(
        name="message-status-missing",
        says="Messages of the output have no status.",
        breaks=one("item.message-status"),
        implies=one("item.status-on-all", "limits.last-item-incomplete"),
        item=lambda item: without(item, "status") if said(item) else item,
    ),
    Fault(
        name="item-status-done",
        says="A finished item has the status done.",
        breaks=one("item.status-known"),
        implies=one("stream.item.done-status", "tools.call-is-completed"),
        item=lambda item: {**item, "status": "done"} if item.get("status") == "completed" else item,
    ),
    Fault(
        name="item-id-missing",
        says="Messages of the output have no id.",
        breaks=one("item.id-present"),
        implies=one(
            "item.id-prefix",
            "stream.item-id.constant",
            "stream.item-id.in-final",
            "stream.item.added-before-use",
            "stream.schema.output-item",
        ),
        item=lambda item: without(item, "id") if said(item) else item,
    ),
    Fault(
        name="call-id-is-id",
        says="The call_id of a call is the id of its item.",
        breaks=one("item.call-id-not-id"),
        implies=one("chain.function-output-continues", "create.replay-output"),
        item=same_call_id,
    ),
    Fault(
        name="reasoning-with-status",
        says="A reasoning item has a status.",
        breaks=one("item.reasoning-no-status"),
        implies=one("stream.item.added-status"),
        item=in_item("reasoning", lambda item: {**item, "status": "completed"}),
    ),
    Fault(
        name="reasoning-without-summary",
        says="A reasoning item has no summary list.",
        breaks=one("item.reasoning-summary-list"),
        implies=one("stream.added.reasoning-empty", "stream.sum.summary", "create.replay-output"),
        item=in_item("reasoning", lambda item: without(item, "summary")),
    ),
    Fault(
        name="search-without-action",
        says="A finished web search does not say what it did.",
        breaks=one("item.web-search-action"),
        item=in_item("web_search_call", lambda item: without(item, "action")),
    ),
    Fault(
        name="compaction-empty",
        says="A compaction item has no encrypted content.",
        breaks=one("compact.encrypted"),
        implies=one("item.compaction-encrypted", "compact.output-is-input"),
        item=in_item("compaction", lambda item: {**item, "encrypted_content": ""}),
    ),
    Fault(
        name="item-type-unknown",
        says="Custom tool calls have a type that no source knows.",
        breaks=one("item.type-known"),
        implies=one(
            "stream.order.event-fits-item",
            "tools.named-custom",
            "tools.calls-obey-choice",
            "stream.schema.output-item",
            "stream.order.custom-tool-call",
            "create.replay-output",
        ),
        item=in_item("custom_tool_call", lambda item: {**item, "type": "free_tool_call"}),
    ),
    Fault(
        name="function-renamed",
        says="A function call names a function that was not sent.",
        breaks=one("item.function-name-listed"),
        implies=one("tools.named-function", "tools.calls-obey-choice", "tools.required-calls", "tools.allowed-limits"),
        item=in_item("function_call", lambda item: {**item, "name": item["name"] + "_2"}),
    ),
)
