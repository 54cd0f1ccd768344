"""Items that lack a member, or do not fit their response or each other."""

from __future__ import annotations

import json

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import OPEN_STANDARD, fault
from antiphon.server.faults.edits import Edit, in_assistant, in_each, in_item, lose, put
from antiphon.server.json_values import Json


def parse_arguments(item: Json) -> Json:
    """The arguments parsed, as soon as there are any."""
    return {**item, "arguments": json.loads(item["arguments"])} if item["status"] == "completed" else item


def use_id_as_call_id(item: Json) -> Json:
    return {**item, "call_id": item["id"]} if item.get("call_id") else item


def share(member: str) -> Edit:
    """All function calls of a response have the same id or call_id."""

    def change(response: Json) -> Json:
        shared = [item[member] for item in response["output"] if item["type"] == "function_call"][:1]
        return in_each("output", in_item("function_call", lambda item: {**item, member: shared[0]}))(response)

    return change


def put_thought_last(response: Json) -> Json:
    """The reasoning item stands behind what it led to."""
    ordered = sorted(response["output"], key=lambda item: bool(item["type"] == "reasoning"))
    return {**response, "output": ordered}


def keep_speaking(response: Json) -> Json:
    """In a completed response with a verbosity the message is in progress."""
    if response["status"] != "completed" or response["text"].get("verbosity") != "low":
        return response
    return in_each("output", in_item("message", put(status="in_progress")))(response)


def add_note(reply: OutgoingReply) -> OutgoingReply:
    """A plain answer that is cut begins with an item of an extension that has no status."""
    shown = reply.body
    if reply.operation == "create-response" and isinstance(shown, dict) and shown.get("status") == "incomplete":
        item = {"id": "note_" + shown["id"].removeprefix("resp_"), "type": "acme:note"}
        reply.body = {**shown, "output": [item, *shown["output"]]}
    return reply


FAULTS = (
    fault(
        "item-id-missing",
        "Messages of the output have no id.",
        "item.id-present",
        item=in_assistant(lose("id")),
        implies="item.id-prefix stream.item-id.constant stream.item-id.in-final stream.item.added-before-use "
        "stream.schema.output-item input-items.item-ids",
    ),
    fault(
        "items-share-id",
        "Calls of one response share an id.",
        "item.id-unique",
        response=share("id"),
        implies="create.replay-rich stream.item-id.in-final",
    ),
    fault(
        "item-type-unknown",
        "Custom tool calls have a type that no source knows.",
        "item.type-known",
        item=in_item("custom_tool_call", put(type="free_tool_call")),
        implies="modes.turn-appended stream.order.event-fits-item tools.named-custom tools.calls-obey-choice "
        "stream.schema.output-item "
        "stream.order.custom-tool-call create.replay-output",
    ),
    fault(
        "extension-item-bare",
        "An answer holds an item of an extension that has no status.",
        "item.type-namespaced",
        reply=add_note,
        implies="create.replay-cut create.replay-rich",
        needs=OPEN_STANDARD,
    ),
    fault(
        "item-still-in-progress",
        "A message of a completed response is in progress.",
        "item.status-finished",
        response=keep_speaking,
    ),
    fault(
        "function-status-null",
        "The status of a function call is null.",
        "item.status-known",
        item=in_item("function_call", put(status=None)),
        implies="item.arguments-json tools.call-is-completed tools.strict-arguments",
    ),
    fault(
        "item-status-done",
        "A finished item has the status done.",
        "item.status-known",
        item=lambda item: {**item, "status": "done"} if item.get("status") == "completed" else item,
        implies="create.replay-rich "
        "stream.item.done-status tools.call-is-completed compact.output-is-input create.replay-output "
        "reasoning.encrypted-replay",
    ),
    fault(
        "call-id-empty",
        "The call_id of a call is empty.",
        "item.call-id-present",
        item=in_item("custom_tool_call", put(call_id="")),
    ),
    fault(
        "call-id-is-id",
        "The call_id of a call is the id of its item.",
        "item.call-id-not-id",
        item=use_id_as_call_id,
        implies="modes.turn-appended modes.input-listed tools.message-before-call "
        "input-items.calls-as-sent chain.function-output-continues create.replay-output limits.call-id-64"
        " tools.turns-continue",
    ),
    fault(
        "calls-share-call-id",
        "Calls of one response share a call_id.",
        "item.call-id-unique",
        response=share("call_id"),
        implies="tools.message-before-call stream.final.output-equals-items tools.turns-continue",
    ),
    fault(
        "arguments-as-object",
        "The arguments of a function call are an object.",
        "item.arguments-string",
        item=in_item("function_call", parse_arguments),
        implies="create.replay-rich "
        "input-items.calls-as-sent stream.sum.arguments-item item.arguments-json "
        "tools.strict-arguments tools.strict-enum "
        "item.schema.function-call",
    ),
    fault(
        "arguments-as-list",
        "The arguments of a function call are a list in a string.",
        "item.arguments-json",
        item=in_item("function_call", lambda item: {**item, "arguments": item["arguments"] and "[]"}),
        implies="input-items.calls-as-sent stream.sum.arguments-item tools.strict-arguments tools.strict-enum",
    ),
    fault(
        "function-renamed",
        "A function call names a function that was not sent.",
        "item.function-name-listed",
        item=in_item("function_call", lambda item: {**item, "name": item["name"] + "_2"}),
        implies="modes.turn-appended modes.input-listed "
        "input-items.calls-as-sent tools.named-function tools.calls-obey-choice tools.required-calls "
        "tools.allowed-limits"
        " tools.name-letters-kept",
    ),
    fault(
        "reasoning-last",
        "Reasoning stands behind what it led to.",
        "item.reasoning-before",
        response=put_thought_last,
        implies="create.replay-rich stream.output-index.is-place",
    ),
    fault(
        "reasoning-without-summary",
        "A reasoning item has no summary list.",
        "item.reasoning-summary-list",
        item=in_item("reasoning", lose("summary")),
        implies="create.replay-rich "
        "stream.added.reasoning-empty stream.sum.summary create.replay-output item.schema.reasoning",
    ),
    fault(
        "reasoning-with-status",
        "A reasoning item has a status.",
        "item.reasoning-no-status",
        item=in_item("reasoning", put(status="completed")),
        implies="stream.item.added-status",
    ),
    fault(
        "search-without-action",
        "A finished web search does not say what it did.",
        "item.web-search-action",
        item=in_item("web_search_call", lose("action")),
        implies="item.schema.web-search-call",
    ),
    fault(
        "compaction-hollow",
        "A compaction inside a response has an empty encrypted_content.",
        "item.compaction-encrypted",
        item=in_item("compaction", put(encrypted_content="")),
        implies="compact.encrypted compact.output-is-input",
    ),
)
