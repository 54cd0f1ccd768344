"""Create, get, delete and cancel responses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request

from antiphon.server.errors import ApiError, response_not_found, wrong_value
from antiphon.server.http.journal_notes import MADE
from antiphon.server.http.query import flag, number
from antiphon.server.http.request_body import read_body
from antiphon.server.http.results import REPLY_HEADERS, EventStream, RenderedStream, TruncatedJson
from antiphon.server.json_values import Event
from antiphon.server.responses import active_responses, cancellation
from antiphon.server.responses.creation import NOTHING, accept, delay_of
from antiphon.server.responses.wire import frames
from antiphon.server.state.service import Service
from antiphon.server.state.store import Record
from antiphon.server.validate.create import INCLUDABLE


async def create(request: Request, service: Service) -> Any:
    """A new response: whole, as a stream, or in the background."""
    body = await read_body(request)
    record = accept(service, body, request.headers if service.script else NOTHING)
    request.scope[MADE] = record.id
    if delay := delay_of(record):
        with service.store.conversations.hold(record.response.get("conversation"), record.id):
            await asyncio.sleep(delay)
    cut = None
    if record.scripted:
        cut, request.scope[REPLY_HEADERS] = record.scripted.cut, record.scripted.headers
    if record.streamed:
        options = body.get("stream_options")
        obfuscate = not isinstance(options, dict) or options.get("include_obfuscation") is not False
        if service.prerenderer and not active_responses.waits(service, record):
            return RenderedStream(service.prerenderer.response(service, record, obfuscate=obfuscate))
        active_responses.start(service, record)
        return EventStream(active_responses.event_stream(service, record, obfuscate=obfuscate), cut=cut)
    if not record.background:
        active_responses.complete(service, record)
        reply = service.show_response(record.response)
        return reply if cut is None else TruncatedJson(reply)
    active_responses.start(service, record)
    reply = service.show_response(record.response)
    if service.policy.blocks_background and record.task:
        await asyncio.shield(record.task)
        reply = service.show_response(record.response)
    return reply


def find(service: Service, id: str) -> Record:
    """The record that an id names."""
    record = service.store.get(id, delay=service.policy.readable_after)
    if record is None:
        raise response_not_found(id)
    return record


async def get(request: Request, service: Service) -> Any:
    """A stored response, or the events that made it."""
    record = find(service, request.path_params["response_id"])
    check_include(request)
    after = number(request, "starting_after", 0)
    obfuscate = flag(request, "include_obfuscation")
    if not flag(request, "stream"):
        return service.show_response(record.response)
    if not (record.background and record.streamed) and not service.policy.replays_foreground:
        message = "Only responses created with background=true and stream=true can be streamed again."
        raise ApiError(message, param="stream")
    start = 0 if after is None or service.policy.replay_from_start else after + 1
    start -= 1 if after is not None and service.policy.replay_inclusive else 0
    events = record.log.read(start)
    if service.policy.replay_renumbers:
        events = renumber(events)
    done = service.edition.done_marker
    return EventStream(frames(events, obfuscate=obfuscate, done_marker=done, apart=service.keeps_apart))


async def renumber(events: AsyncIterator[list[Event]]) -> AsyncIterator[list[Event]]:
    """The events with sequence numbers from 0."""
    number = 0
    async for news in events:
        yield [{**event, "sequence_number": number + place} for place, event in enumerate(news)]
        number += len(news)


def check_include(request: Request) -> None:
    """The values of `include` in a query are known ones."""
    query = request.query_params
    for value in (*query.getlist("include"), *query.getlist("include[]")):
        if value not in INCLUDABLE:
            raise wrong_value("include[0]", value, ", ".join(INCLUDABLE))


async def delete(request: Request, service: Service) -> Any:
    """Forget a response."""
    id = request.path_params["response_id"]
    record = service.store.get(id)
    if record is None:
        if not service.policy.deletes_once and id in service.store.deleted:
            return {"id": id, "object": "response", "deleted": True}
        raise response_not_found(id)
    if service.policy.deletes:
        service.store.delete(record)
    return {"id": id, "object": "response", "deleted": True}


async def cancel(request: Request, service: Service) -> Any:
    """Stop a background response."""
    record = find(service, request.path_params["response_id"])
    if not record.background and not service.policy.cancels_foreground:
        raise ApiError("Cannot cancel a synchronous response. Only background responses can be cancelled.")
    if not record.background:
        record.response["status"] = "cancelled"
    if record.ended and record.background and not service.policy.cancel_is_idempotent:
        raise ApiError("Cannot cancel a response that has ended.")
    if service.policy.cancel_works:
        cancellation.cancel(service, record)
    if service.policy.cancel_delay:
        await asyncio.sleep(service.policy.cancel_delay)
    return service.show_response(record.response)
