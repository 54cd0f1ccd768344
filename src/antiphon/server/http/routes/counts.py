"""Token counts without a response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from antiphon.server.errors import missing_parameter
from antiphon.server.http.request_body import read_body
from antiphon.server.http.routes.responses import find
from antiphon.server.json_values import Json
from antiphon.server.model.choice import check_choice
from antiphon.server.responses.creation import context_of
from antiphon.server.responses.response_skeleton import response_object
from antiphon.server.responses.usage import input_tokens as input_tokens_of
from antiphon.server.state.service import Service
from antiphon.server.validate.basics import Check, text
from antiphon.server.validate.create import FIELDS, check_fields, check_model

NAMES = "input instructions truncation reasoning text tools tool_choice parallel_tool_calls"
STATE = "previous_response_id conversation"
COUNTED: Mapping[str, Check] = {name: FIELDS[name] for name in (*NAMES.split(), *STATE.split())} | {
    "personality": text(64)
}


async def input_tokens(request: Request, service: Service) -> Any:
    """How many input tokens a create with these parameters would use."""
    body = await read_body(request)
    check_model(body, service.models, required=False)
    if not any(body.get(name) for name in COUNTED):
        raise missing_parameter("input")
    check_fields(body, COUNTED, refuses_unknown=service.edition.refuses_unknown)
    check_choice(body.get("tool_choice"), body.get("tools") or [])
    context = context_of(service, body)
    ignored = service.policy.count_ignores
    seen = {name: value for name, value in body.items() if name not in ignored}
    items = context.input if "previous_response_id" in ignored else context.items
    counted = input_tokens_of(service.policy, seen, items, response_object(seen, "", 0))
    return count_object(counted + service.policy.count_extra)


async def of_response(request: Request, service: Service) -> Any:
    """How many input tokens a stored response had: the route of the 2026-01-30 document."""
    record = find(service, request.path_params["response_id"])
    items = [*record.history, *record.input]
    return count_object(input_tokens_of(service.policy, record.body, items, record.response))


def count_object(counted: int) -> Json:
    """A count of input tokens as the API shows it."""
    return {"object": "response.input_tokens", "input_tokens": counted}
