"""Chunks of a completion, and their bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import zip_longest
from typing import Any

from antiphon.server.behaviour.pace import Beat
from antiphon.server.json_values import Json
from antiphon.server.model import tokens
from antiphon.server.responses.item_events import chunks as pieces_of
from antiphon.server.responses.wire import DONE, padding_text

COMMON = ("id", "created", "model", "service_tier", "system_fingerprint")


def chunks(completion: Json, *, include_usage: bool) -> Iterator[Json]:
    """Every chunk: the choices take turns, and usage comes last where it was asked for."""
    common = {"object": "chat.completion.chunk", **{name: completion[name] for name in COMMON}}
    more: Json = {"usage": None} if include_usage else {}
    for turn in zip_longest(*map(_parts, completion["choices"])):
        for part in turn:
            if part is not None:
                yield {**common, "choices": [part], **more}
    if include_usage:
        yield {**common, "choices": [], "usage": completion["usage"]}


def _parts(choice: Json) -> Iterator[Json]:
    """The parts of one choice: its role, its words, its calls, its end."""
    message, logprobs = choice["message"], choice["logprobs"] or {}

    def part(delta: Json, spoken: Any = None, reason: str | None = None) -> Json:
        return {"index": choice["index"], "delta": delta, "logprobs": spoken, "finish_reason": reason}

    begins = None if message["content"] is None else ""
    yield part({"role": "assistant", "content": begins, "refusal": None})
    for name in ("content", "refusal"):
        start = 0
        for text in pieces_of(message[name] or ""):
            size = len(tokens.pieces(text))
            logprob_entries = logprobs.get(name)
            spoken = (
                {"content": None, "refusal": None, name: logprob_entries[start : start + size]}
                if logprob_entries
                else None
            )
            start += size
            yield part({name: text}, spoken)
    if message["annotations"]:
        yield part({"annotations": message["annotations"]})
    for index, call in enumerate(message.get("tool_calls") or ()):
        for delta in _call(call, index):
            yield part({"tool_calls": [delta]})
    yield part({}, reason=choice["finish_reason"])


def _call(call: Json, index: int) -> Iterator[Json]:
    kind = call["type"]
    text = "arguments" if kind == "function" else "input"
    yield {"index": index, "id": call["id"], "type": kind, kind: {"name": call[kind]["name"], text: ""}}
    for piece in pieces_of(call[kind][text]):
        yield {"index": index, kind: {text: piece}}


def visible_chunks(completion: Json, *, include_usage: bool, obfuscate: bool) -> Iterator[Json]:
    """The chunks as they go out: their lengths hidden unless that is switched off."""
    for number, chunk in enumerate(chunks(completion, include_usage=include_usage)):
        yield {**chunk, "obfuscation": padding_text(number)} if obfuscate else chunk


async def pace_chunks(shown: Iterable[Json], pace: float) -> AsyncIterator[Json]:
    """The chunks, one after the other, with so many seconds between them."""
    beat = Beat(pace)
    for number, chunk in enumerate(shown):
        if number:
            await beat.wait()
        yield chunk


def frame(data: bytes) -> bytes:
    """One chunk: its data, an empty line."""
    return b"data: %s\n\n" % data


async def frames(shown: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The bytes of a stream: the frame of each chunk, then the done marker."""
    async for data in shown:
        yield frame(data)
    yield DONE
