"""One response from its start to its end: the work, and its events."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator

from antiphon.server.answering import WINDOW, answer
from antiphon.server.blocks import block
from antiphon.server.context import Context, resolve
from antiphon.server.eager import Begun
from antiphon.server.echo import response_object, tier_used
from antiphon.server.errors import ApiError
from antiphon.server.model import hosted
from antiphon.server.model.outcome import Plan
from antiphon.server.scripts.playing import TERMINAL
from antiphon.server.service import Service
from antiphon.server.store import Event, Json, Record
from antiphon.server.usage import input_tokens, usage

logger = logging.getLogger(__name__)
BACKGROUND_PACE = 0.01
LONG = 200
"""Events from which on background work counts as long."""
CARRIERS = frozenset({"response.created", "response.queued", "response.in_progress", *TERMINAL})


def prepare(service: Service, body: Json) -> Record:
    """The record of a request whose shape has been checked; nothing has been done for it yet."""
    policy, store = service.policy, service.store
    context = resolve(body, store, service.ids, policy)
    store.conversations.check_free(body.get("conversation"))
    parent = store.get(context.parent) if context.parent else None
    if parent and policy.inherits_instructions and body.get("instructions") is None:
        body = {**body, "instructions": parent.body.get("instructions")}
    if parent and policy.inherits_tools and body.get("tools") is None:
        body = {**body, "tools": parent.body.get("tools")}
    response = response_object(body, service.ids.new("resp_"), service.now())
    if response["background"]:
        response["status"] = "queued"
    return Record(
        response=response,
        body=body,
        history=context.history,
        input=context.input,
        streamed=bool(body.get("stream")),
        parent=context.parent,
    )


def finish(service: Service, record: Record, made: Plan) -> None:
    """Write the end of the work into the response, and let it be found."""
    response = record.response
    response["status"] = made.status
    response["output"] = made.items
    response["service_tier"] = tier_used(record.body.get("service_tier"))
    response["tool_usage"] = hosted.usage(made.items)
    if made.status == "completed":
        response["completed_at"] = max(service.now(), response["created_at"])
    if made.status == "incomplete":
        response["incomplete_details"] = {"reason": made.reason}
    if made.error:
        code = made.error["code"]
        known = "invalid_prompt" if code == "context_length_exceeded" else code
        response["error"] = {"code": known, "message": made.error["message"]}
    else:
        counted = made.counted
        if counted is None:
            context = [*record.history, *record.input]
            counted = min(input_tokens(service.policy, record.body, context, response), WINDOW)
        response["usage"] = usage(counted, made.output_tokens, made.reasoning_tokens)
    keep(service, record)


def keep(service: Service, record: Record) -> None:
    """Store what is to be stored, and tell those who wait for an end."""
    store, response = service.store, record.response
    record.finished_at = time.monotonic()
    said = [*record.input, *response["output"]]
    stored = (response["store"] or service.policy.keeps_unstored) and service.policy.stores
    if stored:
        if not record.background:
            store.add(record)
        store.remember(said)
    if "conversation" in response and response["status"] in ("completed", "incomplete"):
        store.conversations.append(response["conversation"], said, record.history)
    for told in store.finished:
        told(record, service.policy.webhooks)


async def unfold(service: Service, record: Record, made: Plan) -> AsyncIterator[Event]:
    """The events of a response, paced; its state changes as they go by."""
    yield lifecycle(service, record, "response.created")
    if record.background:
        yield lifecycle(service, record, "response.queued")
        await asyncio.sleep(service.settings.pace)
        record.response["status"] = "in_progress"
    yield lifecycle(service, record, "response.in_progress")
    pace = pace_of(service, record, made)
    if made.first:
        await asyncio.sleep(made.first)
    for index, item in enumerate(made.items):
        for event in block(item, index, service.edition):
            if event["type"].endswith(".delta") and pace:
                await asyncio.sleep(pace)
            yield event | {"item": service.show_item(event["item"])} if "item" in event else event
    if made.error:
        yield {"type": "error", "error": {"type": "invalid_request_error", "param": None, **made.error}}
    finish(service, record, made)
    yield lifecycle(service, record, f"response.{made.status}")


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


async def work(service: Service, record: Record) -> None:
    """Do the work of a response and log its events."""
    try:
        made = answer(service, record)
        async for event in produced(service, record, made):
            record.log.append(event)
    except Exception:
        logger.exception("the work of %s failed", record.id)
        record.response["status"] = "failed"
        record.response["error"] = {"code": "server_error", "message": "The server had an error."}
    finally:
        record.log.close()


def complete(service: Service, record: Record) -> None:
    """Do the work of a plain foreground response at once."""
    made = answer(service, record)
    if made.error and "param" in made.error:
        param, code = made.error["param"], made.error["code"]
        raise ApiError(made.error["message"], param=param, code="invalid_value" if param == "url" else code)
    finish(service, record, made)
    record.log.close()


def start(service: Service, record: Record) -> None:
    """Begin the work of a streamed or a background response."""
    if record.background:
        service.store.add(record)
    if record.background and not record.streamed and not service.policy.runs_background:
        return
    conversations, conversation = service.store.conversations, record.response.get("conversation")
    conversations.lock(conversation, record.id)
    todo = work(service, record)
    if not (record.background or service.settings.pace or service.keeps_apart):
        begun = Begun(todo)
        if begun.ended:
            return conversations.free(conversation, record.id)
        todo = begun.rest()
    record.task = asyncio.get_running_loop().create_task(todo)
    record.task.add_done_callback(lambda _: conversations.free(conversation, record.id))


def context_of(service: Service, body: Json) -> Context:
    """The context of a request that is not run."""
    return resolve(body, service.store, service.ids, service.policy)
