"""What a reply holds against what its request asked for: arguments of calls, and structured text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from antiphon.clients.trait import Trait
from antiphon.recording.exchange import Exchange

UNFIT_ARGUMENTS = "!unfit-arguments"
"""A call's arguments are no JSON, or do not fit the strict schema of its function."""
UNFIT_TEXT = "!unfit-text"
"""The text of a message is no JSON, or does not fit the schema that was asked for."""


UNFINISHED = ("queued", "in_progress", "incomplete", "failed", "cancelled")
"""What a response says whose contents may be no whole JSON."""


def unfit_contents(exchange: Exchange) -> Iterator[Trait]:
    """What does not fit the schemas of the request; nothing of a response that says it did not complete."""
    sent, reply = exchange.sent, exchange.reply
    if not isinstance(sent, dict) or not isinstance(reply, dict) or reply.get("status") in UNFINISHED:
        return
    output = reply.get("output")
    items = [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []
    functions = {tool.get("name"): tool for tool in sent.get("tools") or () if isinstance(tool, dict)}
    for item in items:
        tool = functions.get(item.get("name"))
        schema = tool.get("parameters") if tool and tool.get("type") == "function" else None
        if item.get("type") == "function_call" and schema is not None and not _fits(item.get("arguments"), schema):
            yield Trait(UNFIT_ARGUMENTS)
    schema = _text_schema(sent)
    text = "".join(_texts(items))
    if schema is not None and text and not _fits(text, schema):
        yield Trait(UNFIT_TEXT)


def _text_schema(sent: Mapping[str, Any]) -> Any:
    text = sent.get("text")
    form = text.get("format") if isinstance(text, Mapping) else None
    kind = form.get("type") if isinstance(form, Mapping) else None
    return (
        form.get("schema") if kind == "json_schema" and form else {"type": "object"} if kind == "json_object" else None
    )


def _texts(items: list[dict[str, Any]]) -> Iterator[str]:
    for item in items:
        content = item.get("content") if item.get("type") == "message" else None
        for part in content if isinstance(content, list) else ():
            if isinstance(part, dict) and part.get("type") == "output_text" and isinstance(part.get("text"), str):
                yield part["text"]


def _fits(text: Any, schema: Any) -> bool:
    try:
        return bool(jsonschema_rs.is_valid(schema, json.loads(text)))
    except (ValueError, TypeError, RecursionError):
        return False
    except jsonschema_rs.ValidationError:  # the schema itself is none, so nothing can be said
        return True
