"""The events of one response, from what its answer is to be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

from antiphon.server.blocks import block
from antiphon.server.ending import finish
from antiphon.server.model.outcome import Plan
from antiphon.server.scripts.playing import TERMINAL
from antiphon.server.service import Service
from antiphon.server.store import Event, Json, Record

BACKGROUND_PACE = 0.01
LONG = 200
"""Events from which on background work counts as long."""
CARRIERS = frozenset({"response.created", "response.queued", "response.in_progress", *TERMINAL})


def opening(service: Service, record: Record) -> Iterator[Event]:
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


def told(service: Service, item: Json, index: int) -> Iterator[Event]:
    """The events of one item, as they are shown."""
    for event in block(item, index, service.edition):
        yield event | {"item": service.show_item(event["item"])} if "item" in event else event


def closing(service: Service, record: Record, made: Plan) -> Iterator[Event]:
    """The events that end a response; its state changes before the last."""
    if made.error:
        yield {"type": "error", "error": {"type": "invalid_request_error", "param": None, **made.error}}
    finish(service, record, made)
    yield lifecycle(service, record, f"response.{made.status}")


async def unfold(service: Service, record: Record, made: Plan) -> AsyncIterator[Event]:
    """The events of a response, paced; its state changes as they go by."""
    for event in opening(service, record):
        yield event
        if event["type"] == "response.queued":
            await asyncio.sleep(service.settings.pace)
    pace = pace_of(service, record, made)
    if made.first:
        await asyncio.sleep(made.first)
    for index, item in enumerate(made.items):
        for event in told(service, item, index):
            if event["type"].endswith(".delta") and pace:
                await asyncio.sleep(pace)
            yield event
    for event in closing(service, record, made):
        yield event


async def perform(service: Service, record: Record, made: Plan) -> AsyncIterator[Event]:
    """The events that a script says, with the response in those that carry it."""
    pace, ended = pace_of(service, record, made), False
    for event in made.events or ():
        if event["type"].endswith(".delta") and pace:
            await asyncio.sleep(pace)
        if event["type"] in TERMINAL and not ended:
            finish(service, record, made)
            ended = True
        yield lifecycle(service, record, event["type"]) | event if event["type"] in CARRIERS else dict(event)
    if not ended:
        finish(service, record, made)


def produced(service: Service, record: Record, made: Plan) -> AsyncIterator[Event]:
    """The events of a response, numbered, with what the faults do to them."""
    return service.alter_events((unfold if made.events is None else perform)(service, record, made))


def pace_of(service: Service, record: Record, made: Plan) -> float:
    """Seconds between deltas: none where nobody watches a foreground run, more in the background."""
    if made.pace is not None:
        return max(made.pace, service.settings.pace)
    if record.background and made.output_tokens >= LONG:
        return max(service.settings.pace, BACKGROUND_PACE)
    return service.settings.pace if record.streamed or record.background else 0.0


def lifecycle(service: Service, record: Record, type: str) -> Event:
    """An event that carries the whole response."""
    return {"type": type, "response": service.show_response(record.response)}
