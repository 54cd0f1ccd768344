"""Turn of a WebSocket connection: one create, from its message to its last event."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

from antiphon.server.behaviour.truncation import ConnectionCut
from antiphon.server.errors import wrong_type
from antiphon.server.json_values import Event, Json
from antiphon.server.model.output import ModelOutput
from antiphon.server.responses.answer import answer
from antiphon.server.responses.creation import accept, delay_of
from antiphon.server.responses.event_stream import response_events
from antiphon.server.responses.wire import add_padding
from antiphon.server.state.service import Service
from antiphon.server.state.store import Record

ENVELOPE = ("type", "stream_id", "generate")
IGNORED = ("stream", "background", "stream_options")
"""Fields of a create that mean nothing on a socket."""


async def turn(service: Service, message: Json, headers: Mapping[str, str]) -> AsyncIterator[Event]:
    """The events of the response that a message asks for.

    Raises ApiError before the first of them, ConnectionCut where a script ends the connection.
    """
    rules = service.policy.sockets
    generate = message.get("generate")
    if generate is not None and not isinstance(generate, bool):
        raise wrong_type("generate", "a boolean", generate)
    warm_up = generate is False and rules.warms_up
    empty = generate is False and not message.get("input")
    taking = _without_input_check(service) if empty else service
    record = accept(taking, _body(service, message), headers, "websocket")
    output = ModelOutput() if warm_up else answer(service, record)
    number = 0
    try:
        with service.store.conversations.hold(record.response.get("conversation"), record.id):
            await asyncio.sleep(delay_of(record))
            async for event in sent_events(service, record, output):
                if record.scripted and record.scripted.cut == number:
                    raise ConnectionCut
                number += 1
                if rules.ends_parts or event["type"] != "response.content_part.done":
                    yield add_padding(event) if _obfuscates(message) else event
    finally:
        record.log.close()


async def sent_events(service: Service, record: Record, output: ModelOutput) -> AsyncIterator[Event]:
    """The events of a response with all that the faults do to them on their way."""
    batches = ([event] async for event in response_events(service, record, output))
    async for batch in service.deliver(batches):
        for event in batch:
            yield event


def _without_input_check(service: Service) -> Service:
    """The service as it takes a warm-up, which needs no input."""
    lenient = copy.copy(service)
    lenient.policy = replace(service.policy, unchecked=frozenset({"input"}))
    return lenient


def _body(service: Service, message: Json) -> Json:
    rules = service.policy.sockets
    left_out = (*ENVELOPE, *IGNORED, *rules.unread)
    body: dict[str, Any] = {key: value for key, value in message.items() if key not in left_out}
    if rules.takes_any_model and body.get("model") not in service.models:
        body["model"] = service.settings.models[0]
    body = {**body, "stream": True}
    for fault in service.faults:
        if fault.request:
            body = fault.request("/responses", body)
    return body


def _obfuscates(message: Json) -> bool:
    options = message.get("stream_options")
    return not (isinstance(options, dict) and options.get("include_obfuscation") is False)
