"""Conversations and the items in them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from antiphon.server.errors import ApiError, missing_parameter, shorten, wrong_type
from antiphon.server.http.list_pages import list_object, page_of
from antiphon.server.http.request_body import read_body, read_bytes
from antiphon.server.http.routes.responses import check_include
from antiphon.server.json_values import Json
from antiphon.server.responses.context import normalise
from antiphon.server.state.conversations import Conversation
from antiphon.server.state.service import Service
from antiphon.server.validate.basics import Check, array, json_object
from antiphon.server.validate.create import check_fields, metadata
from antiphon.server.validate.items import items as check_items


def _fields(service: Service, *names: str) -> dict[str, Check]:
    most = service.policy.conversations.most_items

    def at_most(value: Any, at: str) -> None:
        array(most=most)(value, at)
        check_items(value, at)

    checked = metadata if service.policy.conversations.checks_metadata else json_object
    known: dict[str, Check] = {"metadata": checked, "items": at_most}
    return {name: known[name] for name in names}


async def _body(request: Request, service: Service, *names: str, required: str = "") -> Json:
    body = await read_body(request, optional=not required)
    check_fields(body, _fields(service, *names), refuses_unknown=service.edition.refuses_unknown)
    if required and required not in body:
        raise missing_parameter(required)
    return body


async def create(request: Request, service: Service) -> Any:
    """A new conversation, with the metadata and the items it is to begin with."""
    body = await _body(request, service, "metadata", "items")
    rules, given = service.policy.conversations, body.get("metadata") or {}
    conversation = Conversation(service.ids.new("conv_"), service.now(), dict(given) if rules.keeps_metadata else {})
    if rules.keeps_items:
        conversation.append(_items(service, body.get("items")))
    service.store.conversations.add(conversation)
    return conversation.as_json


def _items(service: Service, given: Any) -> list[Json]:
    """Items as they are kept: with ids, and to be found by them."""
    added = normalise(given, service.store, service.ids, service.policy)
    service.store.remember(added)
    return added


def find(request: Request, service: Service) -> Conversation:
    """The conversation that the path names."""
    return service.store.conversations.find(request.path_params["conversation_id"])


async def get(request: Request, service: Service) -> Any:
    """A conversation, without its items."""
    return find(request, service).as_json


async def update(request: Request, service: Service) -> Any:
    """Other metadata for a conversation."""
    conversation = find(request, service)
    body = await _body(request, service, "metadata", required="metadata")
    if service.policy.conversations.updates:
        conversation.metadata = dict(body["metadata"] or {})
    return conversation.as_json


async def delete(request: Request, service: Service) -> Any:
    """Forget a conversation; its items stay, though not under its id."""
    await read_bytes(request)
    conversation = find(request, service)
    if service.policy.conversations.deletes:
        service.store.conversations.delete(conversation)
    return {"id": conversation.id, "object": "conversation.deleted", "deleted": True}


async def add_items(request: Request, service: Service) -> Any:
    """Add items at the end of a conversation."""
    conversation = find(request, service)
    check_include(request)
    body = await _body(request, service, "items", required="items")
    if body["items"] is None:
        raise wrong_type("items", "an array", None)
    added = _items(service, body["items"])
    known = {item["id"] for item in conversation.items}
    for item in added:
        if item["id"] in known:
            message = f"The conversation has an item with id '{shorten(item['id'], quote=False)}' already."
            raise ApiError(message, param="items", code="invalid_value")
    conversation.append(added)
    return list_object([service.seal_item(item) for item in added], False)


async def list_items(request: Request, service: Service) -> Any:
    """The items of a conversation, the newest first unless asked otherwise."""
    conversation = service.store.conversations.find_to_list(request.path_params["conversation_id"])
    check_include(request)
    data, has_more = page_of(request, conversation.items, service.policy.conversations.pages)
    return list_object([service.seal_item(item) for item in data], has_more)


def find_item(request: Request, conversation: Conversation) -> Json:
    """The item that the path names."""
    id = request.path_params["item_id"]
    for item in conversation.items:
        if item.get("id") == id:
            return item
    raise ApiError(f"Item with id '{shorten(id, quote=False)}' not found in this conversation.", status=404)


async def get_item(request: Request, service: Service) -> Any:
    """One item of a conversation."""
    conversation = find(request, service)
    check_include(request)
    return service.seal_item(find_item(request, conversation))


async def delete_item(request: Request, service: Service) -> Any:
    """Take an item out of a conversation."""
    await read_bytes(request)
    conversation = find(request, service)
    item = find_item(request, conversation)
    if service.policy.conversations.deletes_items:
        conversation.items = [other for other in conversation.items if other is not item]
    return conversation.as_json
