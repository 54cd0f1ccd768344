"""Two completions that are stored and one that is not: what the suites of stored completions read."""

from __future__ import annotations

import secrets
from typing import Any

import anyio

from antiphon.exercise.answer import Answer
from antiphon.exercise.api import Api
from antiphon.recording.chat_chunks import joined_completion
from antiphon.recording.exchange import Exchange
from antiphon.recording.intent import must_refuse
from antiphon.recording.transcript import Transcript
from antiphon.suite import assume, is_taken, scenario

COUNT = "Count from 1 to 40, with a comma and a space after each number."
STOP = [" ", ","]
ROOM = 200
"""Tokens that an answer may have."""
PAIR: list[dict[str, Any]] = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}
    for name in ("wash_floor", "paint_wall")
]
BOTH = {"tools": PAIR, "tool_choice": "required"}
NAMED = {"tools": PAIR, "tool_choice": {"type": "function", "function": {"name": "paint_wall"}}}
LATER_METADATA = {"colour": "blue"}
NONE = "chatcmpl-none"
"""In place of the id of a completion that was not made."""
PATIENCE = 10
"""How often something is asked for that the service stores with a delay, every second."""


@scenario(needs={"chat-stored"})
async def completion_kept(api: Api) -> None:
    """Two completions are stored, one of them streamed, and a third is not; they are read, listed, changed, deleted.

    The first meets a stop sequence, the others call functions; where that is refused, they are asked for without it.
    """
    mark = f"list-{secrets.token_hex(6)}"
    await list_page(api, {"limit": 1})  # a server without a list stores nothing, and is asked for nothing more
    whole = {"store": True, "metadata": {"shared": mark, "colour": "red"}}
    kept = (await ask(api, {**whole, "stop": STOP}, whole)).id
    await anyio.sleep(1.1)  # the service orders by whole seconds
    own = [{"store": True, "metadata": {"shared": mark, "own": f"{mark}-{place}"}} for place in (1, 2)]
    streamed = {**own[0], "stream": True}
    second = await ask(api, {**streamed, **BOTH}, streamed)
    if not await is_kept(api, second, f"{mark}-1"):  # whether it is for the stream
        await is_kept(api, await ask(api, own[1]), f"{mark}-2")
    shared = {"metadata[shared]": mark}
    first = await list_page(api, {**shared, "limit": 1})
    await list_page(api, {**shared, "after": first[-1].get("id") or ""} if first else shared)
    unkept = await ask(api, NAMED, {})
    await api.call("chat.messages", completion_id=kept)
    await api.call("chat.update", body={"metadata": LATER_METADATA}, completion_id=kept)
    await api.call("chat.get", completion_id=kept)
    if is_taken(unkept.exchange):
        with api.intending(must_refuse("not-stored")):
            await api.call("chat.get", completion_id=completion_id(unkept.exchange))
    await api.call("chat.delete", completion_id=kept)
    with api.intending(must_refuse("deleted")):
        await api.call("chat.get", completion_id=kept)


async def ask(api: Api, *bodies: dict[str, Any]) -> Answer:
    """The answer to the first of these bodies that is taken, or to the last."""
    question = {"model": api.model, "messages": [{"role": "user", "content": COUNT}], "max_completion_tokens": ROOM}
    for body in bodies:
        answer = await api.call("chat.create", body={**question, **body})
        if is_taken(answer.exchange):
            break
    return answer


async def is_kept(api: Api, created: Answer, mark: str) -> bool:
    """A completion can be read, once it is in the list or has had the time to be: that may take a while."""
    if not is_taken(created.exchange):
        return False
    for _ in range(PATIENCE):
        if await list_page(api, {"metadata[own]": mark}):
            break
        await anyio.sleep(1)
    return (await api.call("chat.get", completion_id=completion_id(created.exchange))).ok


async def list_page(api: Api, query: dict[str, Any]) -> list[dict[str, Any]]:
    """The stored completions of a page; none where there is no list."""
    return (await api.call("chat.list", query=query)).data


def completion_id(created: Exchange) -> str:
    """The id of a completion, whole or in chunks; one of nothing where there is none."""
    completion = joined_completion(created.events) if created.is_stream else created.reply
    found = completion.get("id") if isinstance(completion, dict) else None
    return found if isinstance(found, str) and found and created.is_success else NONE


def creates(transcript: Transcript) -> list[Exchange]:
    """The completions that were asked for."""
    return [each for each in transcript if isinstance(each.sent, dict) and "messages" in each.sent]


def stored_pair(transcript: Transcript) -> tuple[Exchange, Exchange]:
    """The two that were to be stored: those that were taken, or the last of each."""
    found = [each for each in creates(transcript) if each.sent.get("store")]
    first, second = ([each for each in found if ("own" in each.sent["metadata"]) is own] for own in (False, True))
    return first[-1], second[-1]


def unstored_completion(transcript: Transcript) -> Exchange:
    """The one that was not to be stored."""
    return [each for each in creates(transcript) if "store" not in each.sent][-1]


def calls_at(transcript: Transcript, method: str, end: str) -> list[Exchange]:
    """The calls of a path that ends so."""
    found = [each for each in transcript if each.request and each.request.method == method]
    return [each for each in found if each.request and each.request.path.endswith(end)]


def first_reads(transcript: Transcript) -> tuple[Exchange, Exchange]:
    """The reads of the first: after its metadata were changed, and after it was deleted."""
    found = calls_at(transcript, "GET", f"/{completion_id(stored_pair(transcript)[0])}")
    assume(len(found) == 2, "another completion has the same id")
    return found[0], found[1]


def last_read(transcript: Transcript, created: Exchange) -> Exchange:
    """The last read of a completion."""
    return calls_at(transcript, "GET", f"/{completion_id(created)}")[-1]
