"""Create chat completions, and read, list, change and delete those that are stored."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.requests import Request

from antiphon.server.chat.answer import Question, complete, question
from antiphon.server.chat.chunks import frames, joined, paced, shown
from antiphon.server.chat.fields import FIELDS, check_create
from antiphon.server.chat.messages import check_messages
from antiphon.server.chat.stored import Stored, stored_messages
from antiphon.server.errors import ApiError, missing, unknown
from antiphon.server.http import Ready, Stream, Torn
from antiphon.server.model.outcome import Plan
from antiphon.server.models import Model, check_abilities
from antiphon.server.paging import cut, listed
from antiphon.server.reading import read_body, read_bytes
from antiphon.server.scripts.answers import Answer
from antiphon.server.scripts.asked import asked_of
from antiphon.server.scripts.playing import played
from antiphon.server.service import Service, dumps
from antiphon.server.store import Json
from antiphon.server.validate.create import metadata
from antiphon.server.validate.lenience import without_wrong

FILTER = re.compile(r"metadata\[(.*)\]")
SHOWN = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed", "tools", "tool_choice")


async def create(request: Request, service: Service) -> Any:
    """A new completion: whole, or as a stream."""
    body = lenient(await read_body(request), service)
    rules = service.policy.chat
    check_create(body, service.models, rules, refuses_unknown=service.edition.refuses_unknown)
    model = service.models[body["model"]]
    check_abilities(model, body)
    given = question(body, model)
    scripted = script_of(service, given, request.headers)
    delay = scripted.delay if scripted else model.delay
    if delay:
        await asyncio.sleep(delay)
    made = played(scripted, service.ids) if scripted else None
    check_success(model, made)
    id = "chatcmpl-" + service.ids.new("chatcmpl_").removeprefix("chatcmpl_")[:29]
    completion = complete(given, id, service.now(), service.ids, service.policy, made)
    cut = scripted.cut if scripted else None
    pace = made.pace if made and made.pace is not None else model.pace
    if not body.get("stream"):
        keep(service, completion, body)
        whole = service.show_completion(completion)
        return whole if cut is None else Torn(whole)
    options = body.get("stream_options") or {}
    chunks = shown(
        completion,
        include_usage=bool(options.get("include_usage")) or rules.counts_usage_unasked,
        obfuscate=options.get("include_obfuscation") is not False,
    )
    pace = max(pace, service.settings.pace)
    if not (pace or service.keeps_apart):
        keep(service, completion, body)
        return Ready(joined(map(dumps, chunks)))
    altered = service.alter_chunks(paced(chunks, pace))
    return Stream(frames(stream(service, completion, body, altered)), chat=True, cut=cut)


def script_of(service: Service, given: Question, headers: Mapping[str, str]) -> Answer | None:
    """What a script says to a request. Raises ApiError where that is a refusal."""
    if service.script is None:
        return None
    asked = asked_of("chat", given.body, given.context, given.latest, given.asked["tools"], headers)
    answer = service.script.match(asked)
    if answer:
        answer.refuse()
    return answer


def check_success(model: Model, made: Plan | None) -> None:
    """A completion cannot fail once it has begun; one that would is refused. Raises ApiError."""
    if made is None and model.fails:
        made = Plan(error={"code": "server_error", "message": "The model failed, as it always does."})
    if made is not None and made.error:
        raise ApiError(made.error["message"], status=500, type="server_error", code=made.error["code"])


async def stream(service: Service, completion: Json, body: Json, chunks: AsyncIterator[Json]) -> AsyncIterator[bytes]:
    """The chunks as JSON; the completion is stored when all have been read."""
    async for chunk in chunks:
        yield dumps(chunk)
    keep(service, completion, body)


def lenient(body: Json, service: Service) -> Json:
    """The body without what a fault takes though it is wrong."""
    unchecked = service.policy.chat.unchecked
    kept = without_wrong(body, FIELDS, unchecked, service.models)
    if "messages" in unchecked:
        try:
            check_messages(kept.get("messages"))
        except ApiError:
            kept["messages"] = [{"role": "user", "content": "hi"}]
    return kept


def keep(service: Service, completion: Json, body: Json) -> None:
    """Store what is to be stored."""
    rules, wanted = service.policy.chat, body.get("store")
    wanted = rules.stores_by_default if wanted is None else wanted or rules.keeps_unstored
    if not wanted:
        return
    more = {name: body.get(name) for name in SHOWN}
    stored = {
        **completion,
        "metadata": dict(body.get("metadata") or {}),
        "request_id": service.ids.new("req_"),
        "input_user": body.get("user"),
        "response_format": body.get("response_format"),
        **more,
    }
    service.completions.add(Stored(stored, stored_messages(completion["id"], body["messages"])))


async def get(request: Request, service: Service) -> Any:
    """A stored completion."""
    return service.show_completion(service.completions.find(request.path_params["completion_id"]).completion)


async def update(request: Request, service: Service) -> Any:
    """Other metadata for a stored completion."""
    stored = service.completions.find(request.path_params["completion_id"])
    body = await read_body(request)
    if "metadata" not in body:
        raise missing("metadata")
    if body["metadata"] is not None:
        metadata(body["metadata"], "metadata")
    for name in body.keys() - {"metadata"}:
        raise unknown(name)
    if service.policy.chat.updates:
        stored.completion["metadata"] = dict(body["metadata"] or {})
    return service.show_completion(stored.completion)


async def delete(request: Request, service: Service) -> Any:
    """Forget a stored completion."""
    await read_bytes(request)
    id = request.path_params["completion_id"]
    service.completions.find(id)
    if service.policy.chat.deletes:
        service.completions.delete(id)
    return {"object": "chat.completion.deleted", "id": id, "deleted": True}


async def list_all(request: Request, service: Service) -> Any:
    """The stored completions that have the model and the metadata asked for."""
    query, rules = request.query_params, service.policy.chat
    wanted = {match[1]: value for name, value in query.items() if (match := FILTER.fullmatch(name))}
    model = query.get("model")
    found = [
        stored.completion
        for stored in service.completions.all()
        if rules.lists and (not rules.filters or _fits(stored.completion, model, wanted))
    ]
    data, has_more = cut(request, found, rules.pages)
    return listed([service.show_completion(completion) for completion in data], has_more)


def _fits(completion: Json, model: str | None, wanted: dict[str, str]) -> bool:
    named = model is None or completion["model"] == model or completion["model"].startswith(f"{model}-")
    return named and all(completion["metadata"].get(key) == value for key, value in wanted.items())


async def messages(request: Request, service: Service) -> Any:
    """The messages that a stored completion answers."""
    stored = service.completions.find(request.path_params["completion_id"])
    data, has_more = cut(request, stored.messages, service.policy.chat.pages)
    return listed(data, has_more)
