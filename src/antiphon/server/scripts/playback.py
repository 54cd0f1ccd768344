"""Playback of a script: the output that an answer stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from antiphon.server.ids import Ids
from antiphon.server.json_values import Json
from antiphon.server.model import hosted_tools, tokens, words
from antiphon.server.model.items import PREFIXES, WITHOUT_STATUS, parts
from antiphon.server.model.output import ModelOutput
from antiphon.server.scripts.answers import ScriptAnswer

TERMINAL = {"response.completed": "completed", "response.incomplete": "incomplete", "response.failed": "failed"}
REASON = "max_output_tokens"


def output_of(answer: ScriptAnswer, ids: Ids) -> ModelOutput:
    """The output that an answer stands for."""
    does = answer.does
    result = ModelOutput(
        items=[complete_item(item, ids) for item in _items(does)], pace=does.get("pace"), first=does.get("first", 0.0)
    )
    result.reasoning_tokens = sum(tokens.count(_summary(item)) for item in result.items if item["type"] == "reasoning")
    result.output_tokens = result.reasoning_tokens + tokens.of_items(result.items)
    usage = does.get("usage") or {}
    result.counted = usage.get("input")
    result.reasoning_tokens = usage.get("reasoning", result.reasoning_tokens)
    result.output_tokens = max(usage.get("output", result.output_tokens), result.reasoning_tokens)
    result.events = does.get("events")
    for event in result.events or ():
        result.status = TERMINAL.get(event["type"], result.status)
    if "incomplete" in does or result.status == "incomplete":
        result.status, result.reason = "incomplete", does.get("incomplete", REASON)
        if result.items and "status" in result.items[-1] and "items" not in does:
            result.items[-1]["status"] = "incomplete"
    if "fail" in does or result.status == "failed":
        given = does.get("fail") or {}
        message = given.get("message", "This is what the script says.")
        result.status = "failed"
        result.error = {"type": "server_error", "code": given.get("code", "server_error"), "message": message}
        result.tells_error = given.get("event", True)
    return result


def _items(does: Any) -> Iterator[Json]:
    """The items of an answer, in short or whole."""
    yield from does.get("items") or ()
    if "think" in does:
        yield {"type": "reasoning", "summary": does["think"]}
    if "refuse" in does:
        yield {"type": "message", "content": [{"type": "refusal", "refusal": does["refuse"]}]}
    for source in does.get("cite") or ():
        query = source.get("query") or source.get("title") or source["url"]
        yield {"type": "web_search_call", "action": {"type": "search", "query": query, "queries": [query]}}
    if "json" in does or "say" in does:
        text = does["say"] if "say" in does else words.dumps(does["json"])
        annotations = [*(does.get("annotations") or ()), *_citations(text, does.get("cite") or ())]
        part = {"type": "output_text", "text": text, "annotations": annotations}
        yield {"type": "message", "content": [part]}
    calls = does.get("call") or []
    for call in calls if isinstance(calls, list) else [calls]:
        yield {"type": "custom_tool_call" if "input" in call else "function_call", **call}


def _citations(text: str, sources: Iterable[Json]) -> Iterator[Json]:
    """The annotations by which a text cites its sources."""
    for source in sources:
        cited = source.get("text", text)
        start = text.index(cited)
        span = {"start_index": start, "end_index": start + len(cited)}
        yield {"type": "url_citation", **span, "url": source["url"], "title": source.get("title") or source["url"]}


def complete_item(item: Json, ids: Ids) -> Json:
    """An item with all that its type has."""
    kind = item["type"]
    result = {"id": ids.new(PREFIXES.get(kind, "item_")), "type": kind, **hosted_tools.example(kind, ids), **item}
    if kind not in WITHOUT_STATUS:
        result.setdefault("status", "completed")
    match kind:
        case "message":
            result["content"] = parts("assistant", item.get("content") or "")
            result.setdefault("role", "assistant")
        case "reasoning":
            given = item.get("summary") or []
            result["summary"] = [{"type": "summary_text", "text": given}] if isinstance(given, str) else given
        case "function_call":
            arguments = item.get("arguments", {})
            result["arguments"] = arguments if isinstance(arguments, str) else words.dumps(arguments)
            result.setdefault("call_id", ids.new("call_"))
        case "custom_tool_call":
            result.setdefault("call_id", ids.new("call_"))
            result.setdefault("input", "")
    return result


def _summary(item: Json) -> str:
    return " ".join(str(part.get("text", "")) for part in [*item["summary"], *(item.get("content") or ())])
