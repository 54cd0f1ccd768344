"""Stored chat completions that are kept, listed, changed and deleted wrongly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon.server.faults.base import Fault, Reply, breaking
from antiphon.server.faults.chat import shape
from antiphon.server.faults.chat_obedience import rule
from antiphon.server.faults.shaping import without
from antiphon.server.rules import Paging
from antiphon.server.store import Json


def answer(name: str, says: str, breaks: str, operation: str, change: Callable[[Any], Any], implies: str = "") -> Fault:
    """A fault that changes what one operation answers when all is well."""

    def edit(reply: Reply) -> Reply:
        if reply.operation == operation and reply.status == 200:
            reply.body = change(reply.body)
        return reply

    return breaking(name, says, breaks, implies, reply=edit)


def unknown(name: str, says: str, breaks: str, operation: str, body: Json, implies: str = "") -> Fault:
    """A fault that makes up an answer where an id is unknown."""

    def edit(reply: Reply) -> Reply:
        if reply.operation == operation and reply.status == 404:
            reply.status, reply.body = 200, body
        return reply

    return breaking(name, says, breaks, implies, reply=edit)


def each(change: Callable[[Json], Json]) -> Callable[[Any], Any]:
    """Change every entry of a list."""
    return lambda body: {**body, "data": [change(entry) for entry in body["data"]]}


def first_pair(completion: Json) -> Json:
    pairs = list((completion.get("metadata") or {}).items())
    return {**completion, "metadata": dict(pairs[:1])} if len(pairs) > 1 else completion


MADE_UP: Json = {
    "id": "chatcmpl-none",
    "object": "chat.completion",
    "created": 1_785_542_400,
    "model": "antiphon-1",
    "choices": [],
}
NOTHING: Json = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
UNKNOWN = "errors.trigger.unknown-completion"
FAULTS = (
    rule(
        "stored-unasked",
        "A completion is stored when store is left out.",
        "chat.stored.default-off",
        stores_by_default=True,
    ),
    rule(
        "stored-against-wish",
        "A completion is stored though store is false.",
        "errors.trigger.unstored-completion",
        keeps_unstored=True,
    ),
    answer(
        "chat-read-under-other-id",
        "A stored completion has another id when it is read.",
        "chat.stored.get",
        "get-chat-completion",
        lambda body: {**body, "id": body["id"] + "0"},
    ),
    shape("metadata-cut", "A stored completion shows one pair of its metadata.", "chat.stored.metadata", first_pair),
    rule("update-ignored", "New metadata are confirmed and forgotten.", "chat.stored.update", updates=False),
    rule(
        "never-listed",
        "The list of stored completions is always empty.",
        "chat.stored.list",
        "chat.stored.order chat.stored.pages chat.stored.metadata-filter",
        lists=False,
    ),
    answer(
        "chat-list-without-first-id",
        "The list of stored completions has no first_id.",
        "chat.stored.list-shape",
        "list-chat-completions",
        lambda body: without(body, "first_id"),
    ),
    rule("delete-ignored", "A deletion is confirmed, and the completion stays.", "chat.stored.delete", deletes=False),
    answer(
        "chat-deleted-object-wrong",
        "The answer to a deletion has the object chat.completion.",
        "chat.stored.deleted-object",
        "delete-chat-completion",
        lambda body: {**body, "object": "chat.completion"},
    ),
    rule(
        "order-descending",
        "Stored completions are listed newest first when no order is asked for.",
        "chat.stored.order",
        pages=Paging("desc"),
    ),
    rule(
        "after-inclusive",
        "A page of completions begins with the one it was asked to begin after.",
        "chat.stored.pages",
        pages=Paging("asc", after_inclusive=True),
    ),
    rule("filter-ignored", "Metadata do not narrow the list.", "chat.stored.metadata-filter", filters=False),
    answer(
        "chat-messages-without-ids",
        "The messages of a stored completion are listed without ids.",
        "chat.stored.messages",
        "list-chat-messages",
        each(lambda entry: without(entry, "id")),
    ),
    unknown(
        "chat-unknown-read",
        "An unknown completion is made up when it is read.",
        f"{UNKNOWN}-get",
        "get-chat-completion",
        MADE_UP,
        f"{UNKNOWN}-get.detail errors.trigger.unstored-completion chat.stored.delete chat.stored.default-off",
    ),
    unknown(
        "chat-unknown-updated",
        "An unknown completion is made up when it is changed.",
        f"{UNKNOWN}-update",
        "update-chat-completion",
        MADE_UP,
    ),
    unknown(
        "chat-unknown-deleted",
        "The deletion of an unknown completion is confirmed.",
        f"{UNKNOWN}-delete",
        "delete-chat-completion",
        {"object": "chat.completion.deleted", "id": "chatcmpl-" + "0" * 24, "deleted": True},
    ),
    unknown(
        "chat-unknown-messages",
        "The messages of an unknown completion are an empty list.",
        f"{UNKNOWN}-messages",
        "list-chat-messages",
        NOTHING,
    ),
)
