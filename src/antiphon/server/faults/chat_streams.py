"""Streams of Chat Completions that go wrong: chunks, and their bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from antiphon.server.faults.base import Events, Fault, Frames, Reply, breaking, one
from antiphon.server.faults.chat_obedience import rule
from antiphon.server.faults.shaping import without
from antiphon.server.store import Json
from antiphon.server.wire import DONE

Change = Callable[[Json], Json]
Wanted = Callable[[Json], bool]


def fault(name: str, says: str, breaks: str, chunks: Callable[[Events], Events], implies: str = "") -> Fault:
    return breaking(f"chat-{name}", says, breaks, implies, chunks=chunks)


def every(change: Change) -> Callable[[Events], Events]:
    """Change every chunk."""

    async def rewrite(chunks: Events) -> AsyncIterator[Json]:
        async for chunk in chunks:
            yield change(chunk)

    return rewrite


def lose(wanted: Wanted) -> Callable[[Events], Events]:
    """Lose the chunks of one kind."""

    async def rewrite(chunks: Events) -> AsyncIterator[Json]:
        async for chunk in chunks:
            if not wanted(chunk):
                yield chunk

    return rewrite


def repeat(wanted: Wanted) -> Callable[[Events], Events]:
    """Send the chunks of one kind twice."""

    async def rewrite(chunks: Events) -> AsyncIterator[Json]:
        async for chunk in chunks:
            yield chunk
            if wanted(chunk):
                yield chunk

    return rewrite


def ends(chunk: Json) -> bool:
    return any(choice["finish_reason"] for choice in chunk["choices"])


def ends_second(chunk: Json) -> bool:
    return ends(chunk) and chunk["choices"][0]["index"] == 1


def counts(chunk: Json) -> bool:
    return not chunk["choices"]


def opens_arguments(chunk: Json) -> bool:
    """The first piece of the arguments of a call."""
    calls = [call for choice in chunk["choices"] for call in choice["delta"].get("tool_calls") or ()]
    return any("id" not in call and call.get("function", {}).get("arguments", "").startswith("{") for call in calls)


def choices(change: Change) -> Change:
    return lambda chunk: {**chunk, "choices": [change(choice) for choice in chunk["choices"]]}


def deltas(change: Change) -> Change:
    return choices(lambda choice: {**choice, "delta": change(choice["delta"])})


def calls(change: Change) -> Change:
    def edit(delta: Json) -> Json:
        listed = delta.get("tool_calls")
        return {**delta, "tool_calls": [change(call) for call in listed]} if listed else delta

    return deltas(edit)


def renamed_at_end(chunk: Json) -> Json:
    return {**chunk, "id": chunk["id"] + "0"} if ends(chunk) else chunk


def unannounced(choice: Json) -> Json:
    return choice if choice["finish_reason"] else without(choice, "finish_reason")


async def named(frames: Frames) -> AsyncIterator[bytes]:
    async for frame in frames:
        yield frame if frame == DONE else b"event: chunk\n" + frame


async def endless(frames: Frames) -> AsyncIterator[bytes]:
    async for frame in frames:
        if frame != DONE:
            yield frame


def plain(reply: Reply) -> Reply:
    if reply.body is None and reply.operation == "create-chat-completion":
        reply.headers["content-type"] = "text/plain; charset=utf-8"
    return reply


FAULTS = (
    Fault(
        name="chat-frames-named",
        says="The frames of a chat stream have an event line.",
        breaks=one("chat.stream.frames"),
        chat_frames=named,
    ),
    Fault(
        name="chat-done-missing",
        says="A chat stream ends without the done marker.",
        breaks=one("chat.stream.done-marker"),
        chat_frames=endless,
    ),
    Fault(
        name="chat-stream-as-plain-text",
        says="A chat stream is labelled text/plain.",
        breaks=one("chat.stream.type"),
        reply=plain,
    ),
    fault(
        "chunk-object-wrong",
        "A chunk has the object of a whole completion.",
        "chat.stream.object",
        every(lambda chunk: {**chunk, "object": "chat.completion"}),
    ),
    fault(
        "chunk-id-changes", "The last chunk of a choice has another id.", "chat.stream.constant", every(renamed_at_end)
    ),
    fault(
        "chunk-role-missing",
        "No chunk says whose words they are.",
        "chat.stream.first-role",
        every(deltas(lambda delta: without(delta, "role"))),
    ),
    fault("finish-twice", "A choice ends twice.", "chat.stream.finish-once", repeat(ends)),
    fault(
        "call-id-never",
        "The chunks of a tool call never tell its id.",
        "chat.stream.call-start",
        every(calls(lambda call: without(call, "id"))),
    ),
    fault(
        "call-index-from-one",
        "Tool calls are numbered from 1.",
        "chat.stream.call-index",
        every(calls(lambda call: {**call, "index": call["index"] + 1})),
    ),
    fault(
        "arguments-piece-lost",
        "The first piece of the arguments of a call never comes.",
        "chat.stream.arguments",
        lose(opens_arguments),
    ),
    fault("usage-chunk-lost", "The usage that was asked for never comes.", "chat.stream.usage-chunk", lose(counts)),
    fault(
        "usage-null-missing",
        "Chunks before the last have no usage, though it was asked for.",
        "chat.stream.usage-null",
        every(lambda chunk: chunk if counts(chunk) else without(chunk, "usage")),
    ),
    rule(
        "usage-unasked",
        "A chat stream ends with usage that nobody asked for.",
        "chat.stream.no-usage",
        counts_usage_unasked=True,
    ),
    fault(
        "chunk-without-finish",
        "The key finish_reason is only in the last chunk of a choice.",
        "chat.stream.schema",
        every(choices(unannounced)),
    ),
    fault("second-choice-open", "A second choice never ends.", "chat.stream.choices-complete", lose(ends_second)),
)
