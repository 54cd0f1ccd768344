"""One response from its start to its end: the work, and its events."""

from __future__ import annotations

import asyncio
import logging

from antiphon.server.answering import answer
from antiphon.server.context import Context, resolve
from antiphon.server.echo import response_object
from antiphon.server.ending import finish
from antiphon.server.errors import ApiError
from antiphon.server.service import Service
from antiphon.server.store import Json, Record
from antiphon.server.unfolding import closing, opening, produced, told
from antiphon.server.written import Written, is_plain

logger = logging.getLogger(__name__)


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


async def work(service: Service, record: Record) -> None:
    """Do the work of a response and log its events."""
    try:
        made = answer(service, record)
        async for event in produced(service, record, made):
            record.log.append(event)
    except Exception:
        _break(record)
    finally:
        record.log.close()


def waits(service: Service, record: Record) -> bool:
    """Whether a streamed response takes its time, or something may be done to its events on their way."""
    paced = service.settings.pace or (record.model and record.model.pace)
    return bool(paced or record.background or service.keeps_apart)


def at_once(service: Service, record: Record, *, obfuscate: bool) -> bytes:
    """The bytes of the events of a response that does not wait; its work is done."""
    written = Written(obfuscate=obfuscate)
    try:
        made = answer(service, record)
        written.write(opening(service, record))
        for index, item in enumerate(made.items):
            if is_plain(item):
                written.write_message(item, index)
            else:
                written.write(told(service, item, index))
        written.write(closing(service, record, made))
    except Exception:
        _break(record)
    record.log.close()
    return bytes(written)


def _break(record: Record) -> None:
    """Let a response fail for the exception that is being handled."""
    logger.exception("the work of %s failed", record.id)
    record.response["status"] = "failed"
    record.response["error"] = {"code": "server_error", "message": "The server had an error."}


def complete(service: Service, record: Record) -> None:
    """Do the work of a plain foreground response at once."""
    made = answer(service, record)
    if made.error and "param" in made.error:
        param, code = made.error["param"], made.error["code"]
        raise ApiError(made.error["message"], param=param, code="invalid_value" if param == "url" else code)
    finish(service, record, made)
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


def context_of(service: Service, body: Json) -> Context:
    """The context of a request that is not run."""
    return resolve(body, service.store, service.ids, service.policy)
