"""One create of a WebSocket connection, from its message to its last event."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

from antiphon.server.answering import answer
from antiphon.server.errors import wrong_type
from antiphon.server.model.outcome import Plan
from antiphon.server.routes.responses import accept, delay_of
from antiphon.server.service import Service
from antiphon.server.store import Event, Json
from antiphon.server.torn import Cut
from antiphon.server.unfolding import produced
from antiphon.server.wire import obfuscated

ENVELOPE = ("type", "stream_id", "generate")
IGNORED = ("stream", "background", "stream_options")
"""Fields of a create that mean nothing on a socket."""


async def turn(service: Service, message: Json, headers: Mapping[str, str]) -> AsyncIterator[Event]:
    """The events of the response that a message asks for.

    Raises ApiError before the first of them, Cut where a script ends the connection.
    """
    rules = service.policy.sockets
    generate = message.get("generate")
    if generate is not None and not isinstance(generate, bool):
        raise wrong_type("generate", "a boolean", generate)
    warm_up = generate is False and rules.warms_up
    empty = generate is False and not message.get("input")
    taking = _taking_nothing(service) if empty else service
    record = accept(taking, _body(service, message), headers, "websocket")
    made = Plan() if warm_up else answer(service, record)
    number = 0
    try:
        with service.store.conversations.locked(record.response.get("conversation"), record.id):
            await asyncio.sleep(delay_of(record))
            async for event in produced(service, record, made):
                if record.scripted and record.scripted.cut == number:
                    raise Cut
                number += 1
                if rules.ends_parts or event["type"] != "response.content_part.done":
                    yield obfuscated(event) if _obfuscates(message) else event
    finally:
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
