"""From an answer of a script to the output of a response."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from antiphon.server import tokens
from antiphon.server.context import PREFIXES, WITHOUT_STATUS, parts
from antiphon.server.ids import Ids
from antiphon.server.model import hosted, words
from antiphon.server.model.outcome import Plan
from antiphon.server.scripts.answers import Answer
from antiphon.server.store import Json

TERMINAL = {"response.completed": "completed", "response.incomplete": "incomplete", "response.failed": "failed"}
REASON = "max_output_tokens"


def played(answer: Answer, ids: Ids) -> Plan:
    """The plan that an answer is."""
    does = answer.does
    made = Plan(items=[filled(item, ids) for item in _items(does)], pace=does.get("pace"), first=does.get("first", 0.0))
    made.reasoning_tokens = sum(tokens.count(_summary(item)) for item in made.items if item["type"] == "reasoning")
    made.output_tokens = made.reasoning_tokens + tokens.of_items(made.items)
    usage = does.get("usage") or {}
    made.counted = usage.get("input")
    made.reasoning_tokens = usage.get("reasoning", made.reasoning_tokens)
    made.output_tokens = max(usage.get("output", made.output_tokens), made.reasoning_tokens)
    made.events = does.get("events")
    for event in made.events or ():
        made.status = TERMINAL.get(event["type"], made.status)
    if "incomplete" in does or made.status == "incomplete":
        made.status, made.reason = "incomplete", does.get("incomplete", REASON)
        if made.items and "status" in made.items[-1] and "items" not in does:
            made.items[-1]["status"] = "incomplete"
    if "fail" in does or made.status == "failed":
        given = does.get("fail") or {}
        message = given.get("message", "This is what the script says.")
        made.status = "failed"
        made.error = {"type": "server_error", "code": given.get("code", "server_error"), "message": message}
    return made


def _items(does: Any) -> Iterator[Json]:
    """The items of an answer, in short or whole."""
    yield from does.get("items") or ()
    if "think" in does:
        yield {"type": "reasoning", "summary": does["think"]}
    if "refuse" in does:
        yield {"type": "message", "content": [{"type": "refusal", "refusal": does["refuse"]}]}
    if "json" in does or "say" in does:
        text = does["say"] if "say" in does else words.dumps(does["json"])
        part = {"type": "output_text", "text": text, "annotations": does.get("annotations") or []}
        yield {"type": "message", "content": [part]}
    calls = does.get("call") or []
    for call in calls if isinstance(calls, list) else [calls]:
        yield {"type": "custom_tool_call" if "input" in call else "function_call", **call}


def filled(item: Json, ids: Ids) -> Json:
    """An item with all that its type has."""
    kind = item["type"]
    made = {"id": ids.new(PREFIXES.get(kind, "item_")), "type": kind, **hosted.example(kind, ids), **item}
    if kind not in WITHOUT_STATUS:
        made.setdefault("status", "completed")
    match kind:
        case "message":
            made["content"] = parts("assistant", item.get("content") or "")
            made.setdefault("role", "assistant")
        case "reasoning":
            given = item.get("summary") or []
            made["summary"] = [{"type": "summary_text", "text": given}] if isinstance(given, str) else given
        case "function_call":
            arguments = item.get("arguments", {})
            made["arguments"] = arguments if isinstance(arguments, str) else words.dumps(arguments)
            made.setdefault("call_id", ids.new("call_"))
        case "custom_tool_call":
            made.setdefault("call_id", ids.new("call_"))
            made.setdefault("input", "")
    return made


def _summary(item: Json) -> str:
    return " ".join(str(part.get("text", "")) for part in [*item["summary"], *(item.get("content") or ())])
