"""Event stream of a response, from its output."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

from antiphon.server.behaviour.pace import Beat
from antiphon.server.json_values import Event, Json
from antiphon.server.model.output import ModelOutput
from antiphon.server.responses.finish import finish
from antiphon.server.responses.item_events import block
from antiphon.server.scripts.playback import TERMINAL
from antiphon.server.state.service import Service
from antiphon.server.state.store import Record

BACKGROUND_PACE = 0.01
LONG = 200
"""Events from which on background work counts as long."""
CARRIERS = frozenset({"response.created", "response.queued", "response.in_progress", *TERMINAL})


def opening_events(service: Service, record: Record) -> Iterator[Event]:
    """The events that begin a response; between them its work begins."""
    begun = lifecycle(service, record, "response.created")
    yield begun
    if record.background:
        yield lifecycle(service, record, "response.queued")
        record.response["status"] = "in_progress"
    if record.background or service.faults:
        yield lifecycle(service, record, "response.in_progress")
    else:
        yield {"type": "response.in_progress", "response": begun["response"]}


def events_of_item(service: Service, item: Json, index: int) -> Iterator[Event]:
    """The events of one item, as they are shown."""
    for event in block(item, index, service.edition):
        yield event | {"item": service.show_item(event["item"])} if "item" in event else event


def closing_events(service: Service, record: Record, output: ModelOutput) -> Iterator[Event]:
    """The events that end a response; its state changes before the last."""
    if output.error and output.tells_error:
        yield {"type": "error", "error": {"type": "invalid_request_error", "param": None, **output.error}}
    finish(service, record, output)
    yield lifecycle(service, record, f"response.{output.status}")


async def paced_events(service: Service, record: Record, output: ModelOutput) -> AsyncIterator[Event]:
    """The events of a response, paced; its state changes as they go by."""
    for event in opening_events(service, record):
        yield event
        if event["type"] == "response.queued":
            await asyncio.sleep(service.settings.pace)
    if output.first:
        await asyncio.sleep(output.first)
    pace = Beat(pace_of(service, record, output))
    for index, item in enumerate(output.items):
        for event in events_of_item(service, item, index):
            if event["type"].endswith(".delta"):
                await pace.wait()
            yield event
    for event in closing_events(service, record, output):
        yield event


async def scripted_events(service: Service, record: Record, output: ModelOutput) -> AsyncIterator[Event]:
    """The events that a script says, with the response in those that carry it."""
    pace, ended = Beat(pace_of(service, record, output)), False
    for event in output.events or ():
        if event["type"].endswith(".delta"):
            await pace.wait()
        if event["type"] in TERMINAL and not ended:
            finish(service, record, output)
            ended = True
        yield lifecycle(service, record, event["type"]) | event if event["type"] in CARRIERS else dict(event)
    if not ended:
        finish(service, record, output)


def response_events(service: Service, record: Record, output: ModelOutput) -> AsyncIterator[Event]:
    """The events of a response, numbered, with what the faults do to them."""
    return service.alter_events((paced_events if output.events is None else scripted_events)(service, record, output))


def pace_of(service: Service, record: Record, output: ModelOutput) -> float:
    """Seconds between deltas: none where nobody watches a foreground run, more in the background."""
    if output.pace is not None:
        return max(output.pace, service.settings.pace)
    if record.background and output.output_tokens >= LONG:
        return max(service.settings.pace, BACKGROUND_PACE)
    return service.settings.pace if record.streamed or record.background else 0.0


def lifecycle(service: Service, record: Record, type: str) -> Event:
    """An event that carries the whole response."""
    return {"type": type, "response": service.show_response(record.response)}
