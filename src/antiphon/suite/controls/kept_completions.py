"""Two completions that are stored and two that are not: what the suites of stored completions read."""

from __future__ import annotations

import secrets
from typing import Any

import anyio

from antiphon.exercise.answer import Answer
from antiphon.exercise.api import Api
from antiphon.recording.intent import must_refuse
from antiphon.suite import is_taken, scenario
from antiphon.suite.controls.completion_views import completion_id
from antiphon.suite.controls.forced_calls import PAINT, WASH, paint_with
from antiphon.suite.unknown_ids import alter

COUNT = "Count from 1 to 40, with a comma and a space after each number."
STOP = [" ", ","]
ROOM = 200
"""Tokens that an answer may have."""
SHORT = paint_with("wash_it", "Washes the wall.", "ultramarine")


def chat_tools(*tools: dict[str, Any]) -> list[dict[str, Any]]:
    """Functions of a create, in the form of a completion."""
    return [{"type": "function", "function": {key: tool[key] for key in tool if key != "type"}} for tool in tools]


BOTH = {"tools": chat_tools(PAINT, SHORT), "tool_choice": "required"}
NAMED = {
    "tools": chat_tools(PAINT, WASH), "tool_choice": {"type": "function", "function": {"name": WASH["name"]}},
    "max_completion_tokens": 600,
}  # fmt: skip
"""The function that `named_call` names, too."""
NOT_FOUND = 404
PATIENCE = 10
"""How often something is asked for that the service stores with a delay, every second."""


@scenario(needs={"chat-stored"})
async def completion_kept(api: Api) -> None:
    """Two completions are stored, one of them streamed, and two are not; they are changed, listed, read, deleted.

    The first two call functions, the others meet a stop sequence; where that is refused, they are asked for without it.
    What is refused as it should be, or listed as it should be, is not looked at further.
    """
    mark = f"list-{secrets.token_hex(6)}"
    shared = {"metadata[shared]": mark}
    own = [{"shared": mark, "own": f"{mark}-{place}"} for place in range(4)]
    whole = {"store": True, "metadata": {**own[0], "colour": "red"}}
    first = (await ask(api, {**whole, **NAMED}, whole)).id
    await anyio.sleep(1.1)  # the service orders by whole seconds
    streamed = {"store": True, "metadata": own[1], "stream": True}
    second = await ask(api, {**streamed, **BOTH}, streamed)
    changed = await change(api, first, own[3], shared)
    later: dict[str, Any] = {**shared, "after": first, "limit": 2}
    listed = await wait_for(api, first, {"metadata[own]": f"{mark}-3" if changed else f"{mark}-0"})
    if not listed or listed.get("metadata") != own[3]:
        await api.call("chat.get", completion_id=first)
    if await find(api, id_of(second), later):
        await api.call("chat.get", completion_id=id_of(second))
    else:
        if not await is_kept(api, second, f"{mark}-1"):  # whether it is for the stream
            second = await ask(api, {"store": True, "metadata": own[2]})
            await is_kept(api, second, f"{mark}-2")
        if not await find(api, id_of(second), later):
            await list_page(api, shared)
    await api.call("chat.messages", completion_id=first)
    await send_unstored(api)
    if is_taken(second.exchange):
        await delete_twice(api, id_of(second))


async def delete_twice(api: Api, id: str) -> None:
    """A completion is deleted twice; where the second time is confirmed, it is read, and an unknown one deleted."""
    await api.call("chat.delete", completion_id=id)
    with api.intending(must_refuse("deleted")):
        if (
            not (await api.call("chat.delete", completion_id=id)).ok
            or (await api.call("chat.get", completion_id=id)).ok
        ):
            return
    with api.intending(must_refuse("unknown-completion-delete")):
        await api.call("chat.delete", completion_id=alter(id))


async def send_unstored(api: Api) -> None:
    """Two completions are not stored, as by default and by wish; one is read, and the other changed, nevertheless."""
    left_out = await ask(api, {"stop": STOP}, {})
    if is_taken(left_out.exchange):
        with api.intending(must_refuse("unknown-completion-get")):
            await api.call("chat.get", completion_id=id_of(left_out))
    by_wish: dict[str, Any] = {"store": False, "stream": True}
    wished = await ask(api, {**by_wish, "stop": STOP}, by_wish)
    if is_taken(wished.exchange):
        with api.intending(must_refuse("unknown-completion-update")):
            update = {"metadata": {"colour": "red"}}
            if (await api.call("chat.update", body=update, completion_id=id_of(wished))).ok:  # whether it is stored
                await api.call("chat.get", completion_id=id_of(wished))


async def change(api: Api, id: str, metadata: dict[str, str], shared: dict[str, Any]) -> bool:
    """The metadata of a completion were changed, once it is there. Raises CapabilityDeclined where there is no list."""
    listed = False
    for _ in range(PATIENCE):
        updated = await api.call("chat.update", body={"metadata": metadata}, completion_id=id)
        if updated.ok or listed or updated.status != NOT_FOUND:
            return updated.ok
        listed = await find(api, id, shared) is not None
        await anyio.sleep(0 if listed else 1)
    return False


async def ask(api: Api, *bodies: dict[str, Any]) -> Answer:
    """The answer to the first of these bodies that is taken, or to the last."""
    question = {"model": api.model, "messages": [{"role": "user", "content": COUNT}], "max_completion_tokens": ROOM}
    for body in bodies:
        answer = await api.call("chat.create", body={**question, **body})
        if is_taken(answer.exchange):
            break
    return answer


async def find(api: Api, id: str, query: dict[str, Any]) -> dict[str, Any] | None:
    """The stored completion of an id on a page."""
    return next((each for each in await list_page(api, query) if each.get("id") == id), None)


async def wait_for(api: Api, id: str, query: dict[str, Any]) -> dict[str, Any] | None:
    """The same, once it is in the list or has had the time to be: that may take a while."""
    for _ in range(PATIENCE):
        if found := await find(api, id, query):
            return found
        await anyio.sleep(1)
    return None


async def is_kept(api: Api, created: Answer, mark: str) -> bool:
    """A completion can be read, once it is in the list or has had the time to be."""
    if is_taken(created.exchange):
        await wait_for(api, id_of(created), {"metadata[own]": mark})
    return is_taken(created.exchange) and (await api.call("chat.get", completion_id=id_of(created))).ok


async def list_page(api: Api, query: dict[str, Any]) -> list[dict[str, Any]]:
    """The stored completions of a page; none where there is no list."""
    return (await api.call("chat.list", query=query)).data


def id_of(created: Answer) -> str:
    """The id of a completion; one of nothing where there is none."""
    return completion_id(created.exchange)
