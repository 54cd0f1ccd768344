"""Active responses: their work, from its start to its end, and the stream of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

from antiphon.server.errors import ApiError
from antiphon.server.responses.answer import answer
from antiphon.server.responses.event_stream import response_events
from antiphon.server.responses.finish import finish
from antiphon.server.responses.wire import frames
from antiphon.server.state.service import Service
from antiphon.server.state.store import Record

logger = logging.getLogger(__name__)


async def work(service: Service, record: Record) -> None:
    """Do the work of a response and log its events."""
    try:
        output = answer(service, record)
        async for event in response_events(service, record, output):
            record.log.append(event)
    except Exception:
        fail(record)
    finally:
        record.log.close()


def waits(service: Service, record: Record) -> bool:
    """Whether a streamed response takes its time, or something may be done to its events on their way."""
    paced = service.settings.pace or (record.model and record.model.pace)
    return bool(paced or record.background or record.scripted or service.keeps_apart)


def fail(record: Record) -> None:
    """Let a response fail for the exception that is being handled."""
    logger.exception("the work of %s failed", record.id)
    record.response["status"] = "failed"
    record.response["error"] = {"code": "server_error", "message": "The server had an error."}


def complete(service: Service, record: Record) -> None:
    """Do the work of a plain foreground response at once."""
    output = answer(service, record)
    if output.error and "param" in output.error:
        param, code = output.error["param"], output.error["code"]
        raise ApiError(output.error["message"], param=param, code="invalid_value" if param == "url" else code)
    finish(service, record, output)
    record.log.close()


def start(service: Service, record: Record) -> None:
    """Begin the work of a response that waits or runs in the background."""
    if record.background:
        service.store.add(record)
    if record.background and not record.streamed and not service.policy.runs_background:
        return
    conversations, conversation = service.store.conversations, record.response.get("conversation")
    conversations.lock(conversation, record.id)
    record.task = asyncio.get_running_loop().create_task(work(service, record))
    record.task.add_done_callback(lambda _: conversations.free(conversation, record.id))


async def event_stream(service: Service, record: Record, *, obfuscate: bool) -> AsyncIterator[bytes]:
    """The bytes of the stream of a response at work; a foreground one ends when its reader goes away."""
    try:
        done = service.edition.done_marker
        async for piece in frames(
            service.deliver(record.log.read()) if service.faults else record.log.read(),
            obfuscate=obfuscate or service.policy.obfuscates_always,
            done_marker=done,
            apart=service.keeps_apart or record.scripted is not None,
        ):
            yield piece
    finally:
        leaves = not record.background or not service.policy.survives_disconnect
        if record.task and not record.task.done() and leaves:
            record.task.cancel()
        if not record.background and not service.faults:
            record.log.forget()
