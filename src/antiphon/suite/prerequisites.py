"""Prerequisites of triggers, and the sending of triggers."""

from __future__ import annotations

import uuid
from typing import Any

from antiphon.contract.triggers import Trigger, fill_placeholders, placeholders, triggers
from antiphon.exercise.answer import Answer
from antiphon.exercise.api import Api
from antiphon.exercise.scenario import CannotContinue
from antiphon.recording.intent import PROBE, must_refuse
from antiphon.suite.unknown_ids import make_unknown_ids

_NEEDS = {
    "retrieve": "store", "delete": "store", "cancel": "cancel", "input_items": "input-items", "compact": "compact",
    "input_tokens": "input-tokens", "chat.create": "chat",
}  # fmt: skip
_GIVEN = {
    "background-stream": "resume",
    "conversation-busy": "conversations",
    "stored-and-conversation": "conversations",
}


def capabilities_of(operation: str) -> set[str]:
    """The capabilities that an operation rests on."""
    capability = _NEEDS.get(operation) or operation.split(".")[0]
    if operation.startswith("chat.") and operation != "chat.create":
        capability = "chat-stored"
    return {capability} if capability not in ("create", "websocket") else set()


def needs(trigger: Trigger) -> set[str]:
    """The capabilities that a trigger rests on."""
    wanted = capabilities_of(trigger.operation)
    if trigger.setup in _GIVEN:
        wanted.add(_GIVEN[trigger.setup])
    return wanted


SETS_RESPONSE = ("stored", "unstored", "deleted", "background-stream", "stored-and-conversation")
"""Setups that make the response that a trigger names."""
NO_MODEL = 30.0
"""Seconds in which a body that is no JSON is refused: no model can run for it."""


async def make_prerequisites(api: Api, trigger: Trigger) -> dict[str, Any]:
    """Values for the placeholders of a trigger, after creating what it rests on.

    Raises CannotContinue where the target does not provide it.
    """
    what, named = trigger.setup, placeholders(trigger.request)
    if what in SETS_RESPONSE:
        named -= {"RESPONSE"}
    names: dict[str, Any] = {
        "MODEL": api.model,
        "UNKNOWN_MODEL": "no-such-model-antiphon",
        "PLAIN_MODEL": api.target.model,
        **await make_unknown_ids(api, named),
        "IMAGE": PIXEL,
        "FUNCTION_NAME": FUNCTION["name"],
        "FUNCTION": FUNCTION,
        "LANE_33": "lane-33",
    }
    thinker = api.target.reasoning_model or api.model
    if thinker != api.model:
        names["REASONING_MODEL"] = thinker
    match what:
        case "stored" | "unstored" | "deleted":
            names["RESPONSE"] = (await api.create(input="Say hi.", store=what != "unstored", max_output_tokens=64)).id
            if what == "deleted":
                await api.delete(names["RESPONSE"])
        case "background-stream":
            names["RESPONSE"] = (await api.stream(input="Say hi.", background=True, max_output_tokens=64)).id
        case "conversation" | "conversation-busy":
            names["CONVERSATION"] = (await api.call("conversations.create", body={})).id
        case "stored-and-conversation":
            names["RESPONSE"] = (await api.create(input="Say hi.", store=True, max_output_tokens=64)).id
            names["CONVERSATION"] = (await api.call("conversations.create", body={})).id
        case "reasoning":
            names["REASONING_ITEM"] = await _reasoning_item(api, thinker)
        case "unstored-completion":
            messages = [{"role": "user", "content": "Say hi."}]
            body = {"model": api.model, "messages": messages, "store": False, "max_completion_tokens": 64}
            names["COMPLETION"] = (await api.call("chat.create", body=body)).id
    return names


async def _reasoning_item(api: Api, model: str) -> dict[str, Any]:
    answer = await api.create(
        model=model, input="How many edges has a cube?", reasoning={"effort": "low"}, store=False,
        include=["reasoning.encrypted_content"],
    )  # fmt: skip
    for item in answer.output:
        if item.get("type") == "reasoning" and item.get("encrypted_content"):
            return item
    raise CannotContinue("the model showed no reasoning item with encrypted content", answer.exchange.id)


async def send(api: Api, trigger: Trigger, names: dict[str, Any]) -> Answer:
    """Send the request of a trigger."""
    request = trigger.request
    headers = dict(request.get("headers", {}))
    if "authorization" in {name.lower() for name in headers} and not api.target.api_key:
        raise CannotContinue("no key is configured, so the target may not ask for one")
    raw = request.get("raw")
    route = api.route(trigger.operation)
    path = {name: fill_placeholders(value, names) for name, value in request.get("path", {}).items()}
    for name in route.path.split("{")[1:]:
        path.setdefault(name.split("}")[0], f"unknown_{uuid.uuid4().hex}")
    try:
        bare = raw or route.method in ("GET", "DELETE") or trigger.operation == "cancel"
        body = None if bare else trigger.body(names)
        query = fill_placeholders(request.get("query", {}), names)
    except KeyError as error:
        raise CannotContinue(f"what stands for {error} cannot be made here") from None
    content = raw.encode() if raw else None
    if raw:
        headers.setdefault("content-type", "application/json")
    counts = {trigger.requirement, trigger.detail} & api.contract.requirements.keys()
    is_open = not counts or 200 in trigger.accept
    with api.intending(PROBE if is_open else must_refuse(trigger.id)):
        return await api.send(
            route.method, route.path.format(**path), body=body, query=query, headers=headers, content=content,
            within=NO_MODEL if raw else None,
        )  # fmt: skip


async def send_base(api: Api, operation: str) -> Answer:
    """Send what the triggers of an operation change."""
    base = next(each.base for each in triggers() if each.operation == operation)
    return await api.call(operation, body=fill_placeholders(base, {"MODEL": api.model}))


PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""An image of one pixel."""

FUNCTION: dict[str, Any] = {
    "type": "function",
    "name": "note_it",
    "parameters": {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
    "strict": True,
}
"""A function that takes nothing."""
