"""Conversations that are kept, read by responses and deleted wrongly."""

from __future__ import annotations

from typing import Any

from antiphon.server.faults.base import Fault, Reply, breaking, one
from antiphon.server.faults.chat_stored import answer
from antiphon.server.rules import ConversationRules

SHOWN = ("create-conversation", "get-conversation", "update-conversation", "drop-conversation-item")


def rule(name: str, says: str, breaks: str, implies: str = "", **rules: Any) -> Fault:
    """A fault that turns switches of conversations."""
    return breaking(f"conversation-{name}", says, breaks, implies, policy={"conversations": ConversationRules(**rules)})


def thread(reply: Reply) -> Reply:
    if reply.operation in SHOWN and reply.status == 200:
        reply.body = {**reply.body, "object": "thread"}
    return reply


def vague(reply: Reply) -> Reply:
    """No param or code where there should be one, and a param where there should be none."""
    if reply.status >= 400 and reply.operation in ("create-conversation", "add-conversation-items"):
        reply.body = {"error": {**reply.body["error"], "param": None}}
    if reply.status == 400 and reply.body["error"]["code"] in ("mutually_exclusive_parameters", "conversation_locked"):
        reply.body = {"error": {**reply.body["error"], "code": None}}
    if reply.status == 404 and "Conversation" in reply.body["error"]["message"]:
        reply.body = {"error": {**reply.body["error"], "param": "conversation"}}
    return reply


LOCKED = "errors.trigger.conversation-locked.detail"
CRASHED = f"{LOCKED} create.never-500 errors.server-error-envelope"
FAULTS = (
    rule(
        "items-dropped",
        "The items that come with a new conversation are lost.",
        "conversations.create",
        "conversations.context-included",
        keeps_items=False,
    ),
    Fault(
        name="conversation-object-wrong",
        says="The object of a conversation is thread.",
        breaks=one("conversations.object"),
        reply=thread,
    ),
    answer(
        "conversation-reads-younger",
        "A conversation has another created_at when it is read.",
        "conversations.get",
        "get-conversation",
        lambda body: {**body, "created_at": body["created_at"] + 1},
    ),
    rule("update-ignored", "New metadata are confirmed and forgotten.", "conversations.update", updates=False),
    rule(
        "delete-ignored",
        "A deletion is confirmed, and the conversation stays.",
        "conversations.delete",
        "conversations.delete-then-items",
        deletes=False,
    ),
    answer(
        "conversation-deleted-object-wrong",
        "The answer to a deletion has the object conversation.",
        "conversations.deleted-object",
        "delete-conversation",
        lambda body: {**body, "object": "conversation"},
    ),
    rule(
        "unknown-is-empty",
        "The items of an unknown conversation are an empty list.",
        "conversations.unknown-id",
        "conversations.delete-then-items",
        lists_unknown=True,
    ),
    rule(
        "appends-nothing",
        "A response leaves nothing in its conversation.",
        "conversations.response-appends",
        "conversations.nothing-lost",
        appends=False,
    ),
    rule(
        "by-id-only",
        "A conversation that is named by an object is refused.",
        "conversations.response-by-object",
        takes_object=False,
    ),
    rule(
        "not-read",
        "A response does not read its conversation.",
        "conversations.context-included",
        in_context=False,
    ),
    rule(
        "busy-crashes",
        "A second response at once is answered with 500.",
        "conversations.locked",
        CRASHED,
        when_busy="crashes",
    ),
    rule(
        "busy-overwrites",
        "Of two responses at once the later forgets what the earlier appended.",
        "conversations.nothing-lost",
        LOCKED,
        when_busy="overwritten",
    ),
    rule(
        "metadata-unchecked",
        "Any metadata of a conversation are taken.",
        "errors.trigger.conversation-metadata-pairs",
        "errors.trigger.conversation-metadata-pairs.detail",
        checks_metadata=False,
    ),
    rule(
        "unknown-ignored",
        "A response takes an unknown conversation as none.",
        "errors.trigger.unknown-conversation",
        "errors.trigger.unknown-conversation.detail",
        refuses_unknown=False,
    ),
    Fault(
        name="conversation-refusals-vague",
        says="The refusal of a conversation has a wrong param or code.",
        breaks=one(
            "errors.trigger.unknown-conversation.detail",
            "errors.trigger.previous-response-and-conversation.detail",
            "errors.trigger.conversation-locked.detail",
        ),
        implies=one(
            "errors.trigger.conversation-items-create.detail",
            "errors.trigger.conversation-items-add.detail",
            "errors.trigger.conversation-metadata-pairs.detail",
        ),
        reply=vague,
    ),
    Fault(
        name="conversation-unchecked",
        says="Any conversation is taken, next to a previous response too.",
        breaks=one("errors.trigger.conversation-type", "errors.trigger.previous-response-and-conversation"),
        implies=one(
            "errors.trigger.conversation-type.detail",
            "errors.trigger.previous-response-and-conversation.detail",
            "response.echo.conversation",
        ),
        policy={"unchecked": one("conversation")},
    ),
)
