"""Create, get, delete and cancel responses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Any

from starlette.requests import Request

from antiphon.server import cancelling, live, run
from antiphon.server.errors import ApiError, response_not_found, wrong_value
from antiphon.server.http import Stream, Torn
from antiphon.server.model.choice import check_choice
from antiphon.server.models import check_abilities
from antiphon.server.reading import flag, number, read_body
from antiphon.server.scripts.asked import asked_of
from antiphon.server.service import Service
from antiphon.server.store import Event, Json, Record
from antiphon.server.validate.create import FIELDS, INCLUDABLE, check_create, check_emptiness
from antiphon.server.validate.lenience import without_wrong
from antiphon.server.validate.tools import check_types
from antiphon.server.wire import frames

NOTHING: Mapping[str, str] = MappingProxyType({})


async def create(request: Request, service: Service) -> Any:
    """A new response: whole, as a stream, or in the background."""
    body = await read_body(request)
    record = accept(service, body, request.headers if service.script else NOTHING)
    if delay := delay_of(record):
        with service.store.conversations.locked(record.response.get("conversation"), record.id):
            await asyncio.sleep(delay)
    cut = record.scripted.cut if record.scripted else None
    if record.streamed:
        options = body.get("stream_options")
        obfuscate = not isinstance(options, dict) or options.get("include_obfuscation") is not False
        if not run.waits(service, record):
            return live.done(service, record, obfuscate=obfuscate)
        run.start(service, record)
        return Stream(live.stream(service, record, obfuscate=obfuscate), cut=cut)
    if not record.background:
        run.complete(service, record)
        shown = service.show_response(record.response)
        return shown if cut is None else Torn(shown)
    run.start(service, record)
    shown = service.show_response(record.response)
    if service.policy.blocks_background and record.task:
        await asyncio.shield(record.task)
        shown = service.show_response(record.response)
    return shown


def accept(service: Service, body: Json, headers: Mapping[str, str] = NOTHING, api: str = "responses") -> Record:
    """The record of a request that passes every check; the first that it fails is raised, or what a script says."""
    if service.policy.unchecked:
        body = without_wrong(body, FIELDS, service.policy.unchecked, service.models)
    check_create(
        body,
        service.models,
        unchecked=service.policy.unchecked,
        refuses_unknown=service.edition.refuses_unknown,
    )
    check_types(body.get("tools") or [], service.edition.tools)
    if "tool_choice" not in service.policy.unchecked:
        check_choice(body.get("tool_choice"), body.get("tools") or [])
    check_json_word(body)
    record = run.prepare(service, body)
    if "input" not in service.policy.unchecked:
        check_emptiness(body)
    model = service.models.get(body.get("model") or "")
    if model and model.special:
        check_abilities(model, body)
        record.model = model
        reasoning = record.response["reasoning"]
        if model.reasons and not reasoning.get("effort"):
            record.response["reasoning"] = {**reasoning, "effort": "medium"}
    if service.script:
        context = [*record.history, *record.input]
        asked = asked_of(api, body, context, record.input, record.response["tools"], headers)
        record.scripted = service.script.match(asked)
        if record.scripted:
            record.scripted.refuse()
    return record


def delay_of(record: Record) -> float:
    """Seconds before the reply to a request begins."""
    if record.scripted:
        return record.scripted.delay
    return record.model.delay if record.model else 0.0


def check_json_word(body: Json) -> None:
    """The format `json_object` needs the word JSON in what the model reads."""
    format = (body.get("text") or {}).get("format") or {}
    if format.get("type") == "json_object" and "json" not in f"{body.get('input')} {body.get('instructions')}".lower():
        message = "The input must contain the word 'json' in some form to use 'text.format' of type 'json_object'."
        raise ApiError(message, param="input")


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
        events = renumbered(events)
    done = service.edition.done_marker
    return Stream(frames(events, obfuscate=obfuscate, done_marker=done, apart=service.keeps_apart))


async def renumbered(events: AsyncIterator[list[Event]]) -> AsyncIterator[list[Event]]:
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
        cancelling.cancel(service, record)
    if service.policy.cancel_delay:
        await asyncio.sleep(service.policy.cancel_delay)
    return service.show_response(record.response)
