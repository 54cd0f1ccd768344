"""One create of a WebSocket connection, from its message to its last event."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from antiphon.server import run
from antiphon.server.errors import wrong_type
from antiphon.server.model.plan import Plan
from antiphon.server.routes.responses import accept
from antiphon.server.service import Service
from antiphon.server.store import Event, Json
from antiphon.server.wire import obfuscated

ENVELOPE = ("type", "stream_id", "generate")
IGNORED = ("stream", "background", "stream_options")
"""Fields of a create that mean nothing on a socket."""


async def turn(service: Service, message: Json) -> AsyncIterator[Event]:
    """The events of the response that a message asks for. Raises ApiError before the first of them."""
    rules = service.policy.sockets
    generate = message.get("generate")
    if generate is not None and not isinstance(generate, bool):
        raise wrong_type("generate", "a boolean", generate)
    warm_up = generate is False and rules.warms_up
    empty = generate is False and not message.get("input")
    record = accept(_taking_nothing(service) if empty else service, _body(service, message))
    made = Plan() if warm_up else run.answer(service, record)
    conversations, conversation = service.store.conversations, record.response.get("conversation")
    conversations.lock(conversation, record.id)
    try:
        async for event in service.alter_events(run.unfold(service, record, made)):
            if rules.ends_parts or event["type"] != "response.content_part.done":
                yield obfuscated(event) if _obfuscates(message) else event
    finally:
        conversations.free(conversation, record.id)
        record.log.close()


def _taking_nothing(service: Service) -> Service:
    """The service as it takes a warm-up, which needs no input."""
    lenient = copy.copy(service)
    lenient.policy = replace(service.policy, unchecked=frozenset({"input"}))
    return lenient


def _body(service: Service, message: Json) -> Json:
    rules = service.policy.sockets
    body: dict[str, Any] = {key: value for key, value in message.items() if key not in (*ENVELOPE, *IGNORED)}
    if not rules.reads_metadata:
        body.pop("metadata", None)
    if rules.takes_any_model and body.get("model") not in service.models:
        body["model"] = service.settings.models[0]
    return {**body, "stream": True}


def _obfuscates(message: Json) -> bool:
    options = message.get("stream_options")
    return not (isinstance(options, dict) and options.get("include_obfuscation") is False)
