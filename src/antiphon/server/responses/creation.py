"""Creation of a response before its work begins: every check of the body, and the record."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from antiphon.server.errors import ApiError
from antiphon.server.json_values import Json
from antiphon.server.model.choice import check_choice
from antiphon.server.model.served_models import check_abilities
from antiphon.server.responses.context import Context, resolve
from antiphon.server.responses.response_skeleton import response_object
from antiphon.server.scripts.request import request_view
from antiphon.server.state.service import Service
from antiphon.server.state.store import Record
from antiphon.server.validate.create import FIELDS, check_create, check_emptiness
from antiphon.server.validate.lenience import without_wrong
from antiphon.server.validate.tools import check_types

NOTHING: Mapping[str, str] = MappingProxyType({})


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
    record = prepare(service, body)
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
        view = request_view(api, body, context, record.response["tools"], headers)
        record.scripted = service.script.match(view)
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


def context_of(service: Service, body: Json) -> Context:
    """The context of a request that is not run."""
    return resolve(body, service.store, service.ids, service.policy)
