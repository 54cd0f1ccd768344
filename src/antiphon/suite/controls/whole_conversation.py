"""One conversation, from its creation to its deletion: what the suites of conversations read."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import Any

from antiphon.exercise.api import Api
from antiphon.recording.intent import must_refuse
from antiphon.suite import scenario

FIRST = [f"first batch, message {number}" for number in range(5)]
SECOND = [f"second batch, message {number}" for number in range(20)]
ROLES = {1: "assistant"}
METADATA = {"colour": "red", "size": "big"}
WISH = "Say hi to Zoë, 你好."
"""Not of ASCII alone, which careless servers lose."""


class ConversationStep(IntEnum):
    """The calls, in their order."""

    MADE = 0
    READ = auto()
    UPDATED = auto()
    READ_AGAIN = auto()
    ADDED = auto()
    FIRST_PAGE = auto()
    NEXT_PAGE = auto()
    ANSWERED = auto()
    LISTED = auto()
    ITEM_READ = auto()
    ITEM_DELETED = auto()
    ITEM_SOUGHT = auto()
    DELETED = auto()
    SOUGHT = auto()
    LISTED_AFTER = auto()


def messages(said: list[str]) -> list[dict[str, Any]]:
    """A message for each text, one of them of the assistant."""
    return [{"type": "message", "role": ROLES.get(place, "user"), "content": text} for place, text in enumerate(said)]


@scenario(needs={"conversations"})
async def one_conversation(api: Api) -> None:
    """A conversation begins with five items and gets twenty more; it is changed, listed, used, and taken apart."""
    body = {"metadata": METADATA, "items": messages(FIRST)}
    made = (await api.call("conversations.create", body=body)).id
    await api.call("conversations.get", conversation_id=made)
    await api.call("conversations.update", body={"metadata": {"colour": "blue"}}, conversation_id=made)
    await api.call("conversations.get", conversation_id=made)
    added = await api.call("conversations.items.create", body={"items": messages(SECOND)}, conversation_id=made)
    page = await api.call("conversations.items.list", conversation_id=made)
    data = page.body.get("data") if page.ok else None
    query = {"limit": 15, "after": data[-1].get("id") or ""} if data else {"limit": 15}
    await api.call("conversations.items.list", conversation_id=made, query=query)
    await api.create(input=WISH, conversation=made, max_output_tokens=200)
    await api.call("conversations.items.list", conversation_id=made, query={"limit": 50})
    item = str(next((each.get("id") for each in (added.body.get("data") or () if added.ok else ())), ""))
    for operation in ("conversations.items.get", "conversations.items.delete"):
        await api.call(operation, conversation_id=made, item_id=item or "msg_none")
    with api.intending(must_refuse("deleted")):
        await api.call("conversations.items.get", conversation_id=made, item_id=item or "msg_none")
    await api.call("conversations.delete", conversation_id=made)
    with api.intending(must_refuse("deleted")):
        await api.call("conversations.get", conversation_id=made)
        await api.call("conversations.items.list", conversation_id=made)


def texts(items: list[Any]) -> list[str]:
    """The texts of all parts of all messages, without spaces around them; content that is a text is one part.

    That content is to be a list is promised elsewhere, and not broken once more by what it holds.
    """
    contents = [item.get("content") or () for item in items if isinstance(item, dict)]
    return [
        str(part.get("text", "")).strip()
        for content in contents
        for part in ([{"text": content}] if isinstance(content, str) else content)
        if isinstance(part, dict)
    ]
