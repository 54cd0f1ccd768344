"""Faults of a stream of chat chunks: the chunks and their bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from antiphon.server.behaviour.fault import Events, Frames, OutgoingReply
from antiphon.server.behaviour.rules import ChatRules
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import Edit, end_as_stop, in_each, in_member, lose, put, without
from antiphon.server.faults.rewrites import edit, lose_done
from antiphon.server.json_values import Json
from antiphon.server.responses.wire import DONE

ChunkTest = Callable[[Json], bool]


def drop_chunks(wanted: ChunkTest) -> Callable[[Events], Events]:
    """Lose the chunks of one kind."""

    async def rewrite(chunks: Events) -> AsyncIterator[Json]:
        async for chunk in chunks:
            if not wanted(chunk):
                yield chunk

    return rewrite


def repeat_chunks(wanted: ChunkTest) -> Callable[[Events], Events]:
    """Send the chunks of one kind twice."""

    async def rewrite(chunks: Events) -> AsyncIterator[Json]:
        async for chunk in chunks:
            yield chunk
            if wanted(chunk):
                yield chunk

    return rewrite


def ends_choice(chunk: Json) -> bool:
    return any(choice["finish_reason"] for choice in chunk["choices"])


def ends_second_choice(chunk: Json) -> bool:
    return ends_choice(chunk) and chunk["choices"][0]["index"] == 1


def is_usage(chunk: Json) -> bool:
    return not chunk["choices"]


def opens_arguments(chunk: Json) -> bool:
    """The first piece of the arguments of a call."""
    calls = [call for choice in chunk["choices"] for call in choice["delta"].get("tool_calls") or ()]
    return any("id" not in call and call.get("function", {}).get("arguments", "").startswith("{") for call in calls)


def in_deltas(by: Edit) -> Edit:
    """Change the delta of every choice."""
    return in_each("choices", in_member("delta", by))


def rename_at_end(chunk: Json) -> Json:
    return {**chunk, "id": chunk["id"] + "0"} if ends_choice(chunk) else chunk


def omit_open_finish_reason(choice: Json) -> Json:
    return choice if choice["finish_reason"] else without(choice, "finish_reason")


async def name_frames(frames: Frames) -> AsyncIterator[bytes]:
    async for frame in frames:
        yield frame if frame == DONE else b"event: chunk\n" + frame


def label_plain(reply: OutgoingReply) -> OutgoingReply:
    if reply.body is None and reply.operation == "create-chat-completion":
        reply.headers["content-type"] = "text/plain; charset=utf-8"
    return reply


FAULTS = (
    fault(
        "chat-frames-named",
        "The frames of a chat stream have an event line.",
        "chat.stream.frames",
        chat_frames=name_frames,
    ),
    fault(
        "chat-done-missing",
        "A chat stream ends without the done marker.",
        "chat.stream.done-marker",
        chat_frames=lose_done,
    ),
    fault(
        "chat-chunk-object-wrong",
        "A chunk has the object of a whole completion.",
        "chat.stream.object",
        chunks=edit(by=put(object="chat.completion")),
    ),
    fault(
        "chat-chunk-id-changes",
        "The last chunk of a choice has another id.",
        "chat.stream.constant",
        chunks=edit(by=rename_at_end),
    ),
    fault(
        "chat-chunk-role-missing",
        "No chunk says whose words they are.",
        "chat.stream.first-role",
        chunks=edit(by=in_deltas(lose("role"))),
    ),
    fault(
        "chat-stream-calls-as-stop",
        "A streamed choice with calls finishes with stop.",
        "chat.stream.calls-finish",
        chunks=edit(by=in_each("choices", end_as_stop)),
        implies="chat.modes.finish-holds",  # of a call that is forced by name
    ),
    fault("chat-finish-twice", "A choice ends twice.", "chat.stream.finish-once", chunks=repeat_chunks(ends_choice)),
    fault(
        "chat-call-id-never",
        "The chunks of a tool call never tell its id.",
        "chat.stream.call-start",
        chunks=edit(by=in_deltas(in_each("tool_calls", lose("id")))),
    ),
    fault(
        "chat-call-index-from-one",
        "Tool calls are numbered from 1.",
        "chat.stream.call-index",
        chunks=edit(by=in_deltas(in_each("tool_calls", lambda call: {**call, "index": call["index"] + 1}))),
    ),
    fault(
        "chat-arguments-piece-lost",
        "The first piece of the arguments of a call never comes.",
        "chat.stream.arguments",
        chunks=drop_chunks(opens_arguments),
    ),
    fault(
        "chat-usage-chunk-lost",
        "The usage that was asked for never comes.",
        "chat.stream.usage-chunk",
        chunks=drop_chunks(is_usage),
    ),
    fault(
        "chat-usage-null-missing",
        "Chunks before the last have no usage, though it was asked for.",
        "chat.stream.usage-null",
        chunks=edit(by=lambda chunk: chunk if is_usage(chunk) else without(chunk, "usage")),
    ),
    fault(
        "chat-usage-unasked",
        "A chat stream ends with usage that nobody asked for.",
        "chat.stream.no-usage",
        policy={"chat": ChatRules(counts_usage_unasked=True)},
    ),
    fault(
        "chat-chunk-without-finish",
        "The key finish_reason is only in the last chunk of a choice.",
        "chat.stream.schema",
        chunks=edit(by=in_each("choices", omit_open_finish_reason)),
    ),
    fault("chat-stream-as-plain-text", "A chat stream is labelled text/plain.", "chat.stream.type", reply=label_plain),
    fault(
        "chat-second-choice-open",
        "A second choice never ends.",
        "chat.stream.choices-complete",
        chunks=drop_chunks(ends_second_choice),
    ),
)
