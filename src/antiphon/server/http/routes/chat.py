"""Create chat completions, and read, list, change and delete those that are stored."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.requests import Request

from antiphon.server.chat.answer import ChatQuestion, complete, question
from antiphon.server.chat.chunks import frames, pace_chunks, visible_chunks
from antiphon.server.chat.fields import FIELDS, check_create
from antiphon.server.chat.messages import check_messages
from antiphon.server.errors import ApiError, missing_parameter, unknown_parameter
from antiphon.server.http.journal_notes import MADE
from antiphon.server.http.list_pages import list_object, page_of
from antiphon.server.http.request_body import read_body, read_bytes
from antiphon.server.http.results import REPLY_HEADERS, EventStream, RenderedStream, TruncatedJson
from antiphon.server.json_values import Json, dumps
from antiphon.server.model.output import ModelOutput
from antiphon.server.model.served_models import ServedModel, check_abilities
from antiphon.server.scripts.answers import ScriptAnswer
from antiphon.server.scripts.playback import output_of
from antiphon.server.scripts.request import request_view
from antiphon.server.state.completions import StoredCompletion, messages_to_store
from antiphon.server.state.service import Service
from antiphon.server.validate.create import metadata
from antiphon.server.validate.lenience import without_wrong

FILTER = re.compile(r"metadata\[(.*)\]")
SHOWN = ("temperature", "top_p", "presence_penalty", "frequency_penalty", "seed", "tools", "tool_choice")


async def create(request: Request, service: Service) -> Any:
    """A new completion: whole, or as a stream."""
    body = without_tolerated(await read_body(request), service)
    rules = service.policy.chat
    check_create(body, service.models, rules, refuses_unknown=service.edition.refuses_unknown)
    model = service.models[body["model"]]
    check_abilities(model, body)
    given = question(body, model)
    scripted = script_of(service, given, request.headers)
    delay = scripted.delay if scripted else model.delay
    if delay:
        await asyncio.sleep(delay)
    if scripted:
        request.scope[REPLY_HEADERS] = scripted.headers
    output = output_of(scripted, service.ids) if scripted else None
    check_success(model, output)
    id = "chatcmpl-" + service.ids.new("chatcmpl_").removeprefix("chatcmpl_")[:29]
    request.scope[MADE] = id
    completion = complete(given, id, service.now(), service.ids, service.policy, output)
    cut = scripted.cut if scripted else None
    pace = output.pace if output and output.pace is not None else model.pace
    if not body.get("stream"):
        keep(service, completion, body)
        whole = service.show_completion(completion)
        return whole if cut is None else TruncatedJson(whole)
    options = body.get("stream_options") or {}
    chunks = visible_chunks(
        completion,
        include_usage=bool(options.get("include_usage")) or rules.counts_usage_unasked,
        obfuscate=options.get("include_obfuscation") is not False,
    )
    pace = max(pace, service.settings.pace)
    if service.prerenderer and not (pace or scripted or service.keeps_apart):
        keep(service, completion, body)
        return RenderedStream(service.prerenderer.completion(chunks))
    altered = service.alter_chunks(pace_chunks(chunks, pace))
    return EventStream(frames(stream(service, completion, body, altered)), chat=True, cut=cut)


def script_of(service: Service, given: ChatQuestion, headers: Mapping[str, str]) -> ScriptAnswer | None:
    """What a script says to a request. Raises ApiError where that is a refusal."""
    if service.script is None:
        return None
    view = request_view("chat", given.body, given.context, given.request["tools"], headers)
    answer = service.script.match(view)
    if answer:
        answer.refuse()
    return answer


def check_success(model: ServedModel, output: ModelOutput | None) -> None:
    """A completion cannot fail once it has begun; one that would is refused. Raises ApiError."""
    if output is None and model.fails:
        output = ModelOutput(error={"code": "server_error", "message": "The model failed, as it always does."})
    if output is not None and output.error:
        raise ApiError(output.error["message"], status=500, type="server_error", code=output.error["code"])


async def stream(service: Service, completion: Json, body: Json, chunks: AsyncIterator[Json]) -> AsyncIterator[bytes]:
    """The chunks as JSON; the completion is stored when all have been read."""
    async for chunk in chunks:
        yield dumps(chunk)
    keep(service, completion, body)


def without_tolerated(body: Json, service: Service) -> Json:
    """The body without what a fault takes though it is wrong."""
    unchecked = service.policy.chat.unchecked
    accepted = without_wrong(body, FIELDS, unchecked, service.models)
    if "messages" in unchecked:
        try:
            check_messages(accepted.get("messages"))
        except ApiError:
            accepted["messages"] = [{"role": "user", "content": "hi"}]
    return accepted


def keep(service: Service, completion: Json, body: Json) -> None:
    """Store what is to be stored."""
    rules, wanted = service.policy.chat, body.get("store")
    wanted = rules.stores_by_default if wanted is None else wanted or rules.keeps_unstored
    if body.get("stream"):
        wanted = wanted and rules.keeps_streams
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
    service.completions.add(StoredCompletion(stored, messages_to_store(completion["id"], body["messages"])))


async def get(request: Request, service: Service) -> Any:
    """A stored completion."""
    return service.show_completion(service.completions.find(request.path_params["completion_id"]).completion)


async def update(request: Request, service: Service) -> Any:
    """Other metadata for a stored completion."""
    stored = service.completions.find(request.path_params["completion_id"])
    body = await read_body(request)
    if "metadata" not in body:
        raise missing_parameter("metadata")
    if body["metadata"] is not None:
        metadata(body["metadata"], "metadata")
    for name in body.keys() - {"metadata"}:
        raise unknown_parameter(name)
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
    data, has_more = page_of(request, found, rules.pages)
    return list_object([service.show_completion(completion) for completion in data], has_more)


def _fits(completion: Json, model: str | None, wanted: dict[str, str]) -> bool:
    named = model is None or completion["model"] == model or completion["model"].startswith(f"{model}-")
    return named and all(completion["metadata"].get(key) == value for key, value in wanted.items())


async def messages(request: Request, service: Service) -> Any:
    """The messages that a stored completion answers."""
    stored = service.completions.find(request.path_params["completion_id"])
    data, has_more = page_of(request, stored.messages, service.policy.chat.pages)
    return list_object(data, has_more)
