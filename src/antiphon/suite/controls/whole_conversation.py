"""One conversation, from its creation to its deletion: what the suites of conversations read."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import anyio

from antiphon.exercise.answer import Answer
from antiphon.exercise.api import Api
from antiphon.recording.exchange import Exchange
from antiphon.recording.frame import Frame
from antiphon.recording.intent import PROBE, must_refuse
from antiphon.recording.transcript import Transcript
from antiphon.suite import is_taken, scenario

FIRST = [f"first batch, message {number}" for number in range(5)]
SECOND = [f"second batch, message {number}" for number in range(20)]
ROLES = {1: "assistant"}
METADATA = {"colour": "red", "size": "big"}
LATER_METADATA = {"colour": "blue"}
REFUSED, BESIDE = "Say hi.", "Say hello."
"""What is asked for by a create that has to be refused, and by one that is sent while another runs."""
LONG_RULES = "Write plain words, and be brief. " * 300
"""So many letters that a refusal that repeats them is seen."""
WISH = "Say hi to Zoë, 你好."
"""Not of ASCII alone, which careless servers lose."""
ANSWER = {
    "type": "object",
    "properties": {"greeting": {"type": "string", "enum": ["hi"]}},
    "required": ["greeting"],
    "additionalProperties": False,
}
FORMAT = {"type": "json_schema", "name": "greeting", "schema": ANSWER, "strict": True}
SETTINGS: dict[str, Any] = {"truncation": "auto", "max_tool_calls": 7, "text": {"format": FORMAT}}
"""What the plain create asks for besides its answer."""
LIMIT = 200
"""Tokens that the stream may have: fewer than its answer, and enough for another create to come meanwhile."""
COUNT = "Count from 1 to 300, with commas."
CALL = {"type": "function_call", "call_id": "call_wall", "name": "paint_wall", "arguments": '{"colour":"green"}'}
CALLED = (CALL, {"type": "function_call_output", "call_id": "call_wall", "output": "Painted."})
"""A call and its output, among the input of the stream."""


class ConversationStep(IntEnum):
    """Calls that are not creates, in their order; those after the creates are counted from the end."""

    MADE = 0
    UPDATED = 1
    READ = 2
    ADDED = 3
    FIRST_PAGE = 4
    NEXT_PAGE = 5
    ITEM_READ = 6
    ITEM_DELETED = 7
    ITEM_SOUGHT = 8
    LISTED = -4
    DELETED = -3
    SOUGHT = -2
    LISTED_AFTER = -1


def messages(said: list[str]) -> list[dict[str, Any]]:
    """A message for each text, one of them of the assistant."""
    return [{"type": "message", "role": ROLES.get(place, "user"), "content": text} for place, text in enumerate(said)]


@scenario(needs={"conversations"}, alone=True)
async def one_conversation(api: Api) -> None:
    """A conversation begins with five items and gets twenty more; it is changed, listed, used by several creates, gone.

    One of these has to be refused, one is plain, and one is sent while another streams.
    """
    body = {"metadata": METADATA, "items": messages(FIRST)}
    made = (await api.call("conversations.create", body=body)).id
    await api.call("conversations.update", body={"metadata": LATER_METADATA}, conversation_id=made)
    await api.call("conversations.get", conversation_id=made)
    added = await api.call("conversations.items.create", body={"items": messages(SECOND)}, conversation_id=made)
    page = await api.call("conversations.items.list", conversation_id=made)
    query = {"limit": 15, "after": page.data[-1].get("id") or ""} if page.data else {"limit": 15}
    await api.call("conversations.items.list", conversation_id=made, query=query)
    item = str(next((each.get("id") for each in added.data), ""))
    for operation in ("conversations.items.get", "conversations.items.delete"):
        await api.call(operation, conversation_id=made, item_id=item or "msg_none")
    with api.intending(must_refuse("deleted")):
        await api.call("conversations.items.get", conversation_id=made, item_id=item or "msg_none")
    with api.intending(must_refuse("truncation-value")):
        await api.create(input=REFUSED, conversation=made, instructions=LONG_RULES, truncation="sometimes")
    await answer_wish(api, made)
    await answer_two_at_once(api, made)
    await api.call("conversations.items.list", conversation_id=made, query={"limit": 50})
    await api.call("conversations.delete", conversation_id=made)
    with api.intending(must_refuse("deleted")):
        await api.call("conversations.get", conversation_id=made)
        await api.call("conversations.items.list", conversation_id=made)


async def answer_wish(api: Api, conversation: str) -> None:
    """A plain create with settings that names the conversation as an object.

    Where it is refused, one without settings, then one that names the conversation by its id. Where the settings alone
    may be why, they are sent once more, in a create without a conversation.
    """
    named = {"id": conversation}
    for more in ({**SETTINGS, "conversation": named}, {"conversation": named}, {"conversation": conversation}):
        if is_taken((await api.create(input=WISH, max_output_tokens=200, **more)).exchange):
            break
    if more == {"conversation": named}:
        await api.create(input=WISH, max_output_tokens=200, store=False, **SETTINGS)


async def answer_two_at_once(api: Api, conversation: str) -> None:
    """A stream that names the conversation by its id, has a call in its input, and is cut; another create meanwhile.

    Where it is refused, one without the call; where nothing is to be streamed, it is plain.
    """
    begun = anyio.Event()

    def hear(frame: Frame) -> bool:
        if isinstance(frame.json, dict) and "response" in frame.json:
            begun.set()
        return False

    async def stream(*items: dict[str, str]) -> Answer:
        said = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": COUNT}]}
        fields: dict[str, Any] = {"input": [*items, said], "conversation": conversation, "max_output_tokens": LIMIT}
        if api.target.capabilities.get("streaming") is False:
            return await api.create(**fields)
        return await api.stream(**fields, until=hear)

    async def come_between() -> None:
        await begun.wait()
        with api.intending(PROBE):
            await api.create(input=BESIDE, conversation=conversation, max_output_tokens=64)

    async with anyio.create_task_group() as group:
        group.start_soon(come_between)
        if not is_taken((await stream(*CALLED)).exchange) and not begun.is_set():
            await stream()
        if not begun.is_set():
            group.cancel_scope.cancel()


def creates(transcript: Transcript) -> list[Exchange]:
    """The creates that a conversation has, in their order."""
    return [each for each in transcript if isinstance(each.sent, dict) and "input" in each.sent]


def wish_of(create: Exchange) -> str:
    """The words that a create ends with, in whatever form its input was sent."""
    given = create.sent["input"]
    return given if isinstance(given, str) else texts(given)[-1]


def plain_turn(transcript: Transcript) -> Exchange:
    """The plain create in the conversation: the one that was taken, or the last."""
    return [each for each in creates(transcript) if wish_of(each) == WISH and "conversation" in each.sent][-1]


def streamed_turn(transcript: Transcript) -> Exchange:
    """The stream that was taken, or the last; or what is in its place."""
    return [each for each in creates(transcript) if wish_of(each) == COUNT][-1]


def turns_beside(transcript: Transcript) -> list[Exchange]:
    """The create that was sent while the other streamed, where it was sent."""
    return [each for each in creates(transcript) if wish_of(each) == BESIDE]


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


def in_ascii(text: str) -> str:
    """The letters of a text that are of ASCII: whether others are kept is promised elsewhere."""
    return text.encode("ascii", "ignore").decode().strip()


def plain_turn_is_listed(transcript: Transcript) -> bool:
    """What was asked for in the plain create is among the items that were listed after it."""
    listed = transcript[ConversationStep.LISTED]
    return listed.is_success and in_ascii(WISH) in map(in_ascii, texts(listed.body["data"]))
