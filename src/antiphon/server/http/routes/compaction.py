"""Compaction: the messages of the user stay, all else becomes one opaque item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from antiphon.server.errors import missing_parameter
from antiphon.server.http.request_body import read_body, read_bytes
from antiphon.server.http.routes.responses import find
from antiphon.server.json_values import Json
from antiphon.server.model import tokens
from antiphon.server.responses.creation import context_of
from antiphon.server.responses.usage import usage
from antiphon.server.state.service import Service
from antiphon.server.validate.basics import Check, choice, text
from antiphon.server.validate.create import FIELDS, check_fields, check_model

NAMES = "input previous_response_id instructions prompt_cache_retention prompt_cache_options image"
COMPACTED: Mapping[str, Check] = {name: FIELDS[name] for name in NAMES.split()} | {
    "prompt_cache_key": text(64),
    "service_tier": choice("auto", "default", "fast", "flex", "priority"),
    "client_metadata": FIELDS["client_metadata"],
}
SUMMARY_TOKENS = 20


async def compact(request: Request, service: Service) -> Any:
    """Compact the context that a request names."""
    body = await read_body(request)
    if "model" not in body:
        raise missing_parameter("model")
    check_model(body, service.models, required=False)
    if body.get("input") is None and body.get("previous_response_id") is None:
        raise missing_parameter("input")
    check_fields(
        {name: value for name, value in body.items() if name != "input" or value is not None},
        COMPACTED,
        refuses_unknown=service.edition.refuses_unknown,
    )
    context = context_of(service, body)
    return compaction_object(service, context.items, body.get("instructions"))


async def of_response(request: Request, service: Service) -> Any:
    """Compact a stored response: the route of the 2026-01-30 document."""
    await read_bytes(request)
    record = find(service, request.path_params["response_id"])
    return compaction_object(service, record.context, None)


def compaction_object(service: Service, items: list[Json], instructions: str | None) -> Json:
    """The messages of the user under new ids, and the compaction item that stands for the rest."""
    messages = [
        {"id": service.ids.new("msg_"), "type": "message", "status": "completed", "content": item["content"]}
        | {"role": "user"}
        for item in items
        if item["type"] == "message" and item["role"] == "user"
    ]
    summary = {"id": service.ids.new("cmp_"), "type": "compaction", "encrypted_content": True}
    counted = tokens.of_request(items, instructions=instructions)
    return {
        "id": service.ids.new("resp_"),
        "object": "response.compaction",
        "created_at": service.now(),
        "output": [service.show_item(item) for item in (*messages, summary)],
        "usage": usage(counted, SUMMARY_TOKENS),
    }
