"""Output items that do not fit their response or each other."""

from __future__ import annotations

from antiphon.server.faults.base import Fault, one
from antiphon.server.faults.bodies import fault
from antiphon.server.faults.shaping import in_item
from antiphon.server.store import Json

CALLS = ("function_call", "custom_tool_call")


def calls(response: Json) -> list[Json]:
    return [item for item in response["output"] if item["type"] == "function_call"]


def several(response: Json) -> bool:
    return len(calls(response)) > 1


def one_id(response: Json) -> Json:
    """Two calls of one response share an id."""
    if not several(response):
        return response
    first = calls(response)[0]["id"]
    shared = [{**item, "id": first} if item["type"] == "function_call" else item for item in response["output"]]
    return {**response, "output": shared}


def one_call_id(response: Json) -> Json:
    if not several(response):
        return response
    first = calls(response)[0]["call_id"]
    shared = [{**item, "call_id": first} if item["type"] == "function_call" else item for item in response["output"]]
    return {**response, "output": shared}


def thought_last(response: Json) -> Json:
    """The reasoning item stands behind what it led to."""
    ordered = sorted(response["output"], key=lambda item: bool(item["type"] == "reasoning"))
    return {**response, "output": ordered}


def still_speaking(response: Json) -> Json:
    """In a completed response with a verbosity the message is in progress."""
    if response["status"] != "completed" or response["text"].get("verbosity") != "low":
        return response
    shown = [{**item, "status": "in_progress"} if item["type"] == "message" else item for item in response["output"]]
    return {**response, "output": shown}


def as_text(item: Json) -> Json:
    """A refusal is told as the text of the answer."""
    if item["type"] != "message":
        return item
    parts = [
        {"type": "output_text", "annotations": [], "logprobs": [], "text": "", "refusal": part["refusal"]}
        if part["type"] == "refusal"
        else part
        for part in item["content"]
    ]
    return {**item, "content": parts}


FAULTS = (
    fault("items-share-id", "Calls of one response share an id.", "item.id-unique", one_id),
    fault("calls-share-call-id", "Calls of one response share a call_id.", "item.call-id-unique", one_call_id),
    fault("reasoning-last", "Reasoning stands behind what it led to.", "item.reasoning-before", thought_last),
    fault(
        "item-still-in-progress",
        "A message of a completed response is in progress.",
        "item.status-finished",
        still_speaking,
    ),
    Fault(
        name="call-id-empty",
        says="The call_id of a call is empty.",
        breaks=one("item.call-id-present"),
        item=in_item("custom_tool_call", lambda item: {**item, "call_id": ""}),
    ),
    Fault(
        name="phase-unknown",
        says="The phase of a message has a value that no source knows.",
        breaks=one("item.phase"),
        item=lambda item: (
            {**item, "phase": "musing"} if item["type"] == "message" and item["role"] == "assistant" else item
        ),
    ),
    Fault(
        name="refusal-as-text",
        says="A refusal stands in a part of text.",
        breaks=one("item.refusal-part"),
        item=as_text,
    ),
    Fault(
        name="compaction-hollow",
        says="A compaction inside a response has an empty encrypted_content.",
        breaks=one("item.compaction-encrypted"),
        item=in_item("compaction", lambda item: {**item, "encrypted_content": ""}),
    ),
)
