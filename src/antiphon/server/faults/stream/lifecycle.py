"""Lifecycle events that are lost, repeated, out of order, or show a changed response."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from antiphon.server.behaviour.fault import Frames
from antiphon.server.faults.base import fault
from antiphon.server.faults.rewrites import EARLY, ENDINGS, drop, edit_response, put_response, repeat_events, swap

CHUNK = b'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[]}\n\n'
ENVELOPE = b'data: {"error":{"message":"The upstream is gone.","type":"server_error","param":null,"code":null}}\n\n'


def append_to_failing(last: bytes) -> Callable[[Frames], Frames]:
    """Send one frame more at the end of a stream that fails, on which nothing else rests."""

    async def rewrite(frames: Frames) -> AsyncIterator[bytes]:
        frame = b""
        async for frame in frames:
            yield frame
        if b"event: response.failed" in frame:
            yield last

    return rewrite


FAULTS = (
    fault(
        "chat-chunk-inside",
        "A stream that fails ends with a chunk of Chat Completions.",
        "stream.no-chat-chunks",
        frames=append_to_failing(CHUNK),
    ),
    fault(
        "envelope-inside",
        "A stream that fails ends with the error envelope of an HTTP reply.",
        "stream.error.is-event",
        frames=append_to_failing(ENVELOPE),
    ),
    fault(
        "created-lost",
        "A stream begins without response.created.",
        "stream.first-is-created",
        events=drop("response.created"),
        implies="stream.queued-after-created stream.lifecycle.one-created stream.in-progress-follows "
        "resume.full-replay background.stream-order",
    ),
    fault(
        "created-late",
        "response.created comes after the event that should follow it.",
        "stream.first-is-created",
        events=swap(lambda event: event["type"] == "response.created"),
        implies="stream.in-progress-follows stream.queued-after-created background.stream-order",
    ),
    fault(
        "in-progress-lost",
        "response.in_progress is never sent.",
        "stream.in-progress-follows",
        events=drop("response.in_progress"),
    ),
    fault(
        "queued-before-created",
        "response.queued comes before response.created.",
        "stream.queued-after-created",
        events=swap(lambda event: event["type"] == "response.created" and event["response"]["background"]),
        implies="background.stream-order",
    ),
    fault(
        "created-twice",
        "response.created is sent twice.",
        "stream.lifecycle.one-created",
        events=repeat_events("response.created"),
    ),
    fault(
        "early-status-completed",
        "The response in response.in_progress is already completed.",
        "stream.lifecycle.early-status",
        events=put_response("response.in_progress", status="completed"),
        implies="response.field.usage",
    ),
    fault(
        "queued-in-progress",
        "The response in response.queued is in progress.",
        "stream.lifecycle.queued-status",
        events=put_response("response.queued", status="in_progress"),
    ),
    fault(
        "early-output-filled",
        "The response in response.created has output.",
        "stream.lifecycle.early-output-empty",
        events=put_response(
            *EARLY,
            output=[{"id": "msg_0", "type": "message", "role": "assistant", "content": [], "status": "completed"}],
        ),
    ),
    fault(
        "early-completed-at",
        "The response in the early events has a time of completion.",
        "stream.lifecycle.early-nulls",
        events=put_response(*EARLY, completed_at=1_800_000_000),
    ),
    fault(
        "early-response-bare",
        "response.created carries an id and a status and nothing else.",
        "stream.lifecycle.whole-response",
        events=edit_response(
            "response.created", by=lambda response: {name: response[name] for name in ("id", "object", "status")}
        ),
        implies="response.echo.max-tool-calls response.echo.prompt-cache-key response.echo.safety-identifier "
        "response.echo.top-logprobs background.says-background stream.lifecycle.early-output-empty "
        "stream.lifecycle.constant-created-at stream.lifecycle.constant-model stream.lifecycle.early-nulls "
        "stream.schema.lifecycle metadata.in-stream response.echo.conversation",
    ),
    fault(
        "response-id-changes",
        "The response in the terminal event has another id than in response.created.",
        "stream.lifecycle.constant-id",
        events=put_response(*ENDINGS, id="resp_" + "0" * 48),
        implies="chain.after-cut stream.final.equals-retrieved store.readable-after-stream chain.usable-after-stream "
        "background.survives-disconnect background.end-is-final concurrency.streams-separate create.id-unique "
        "resume.after-exclusive resume.full-replay store.get-equals-create metadata.kept-on-get"
        " tools.turns-continue",
    ),
    fault(
        "created-at-changes",
        "The response in response.created was made one second before the one in the other events.",
        "stream.lifecycle.constant-created-at",
        events=edit_response(
            "response.created", by=lambda response: {**response, "created_at": response["created_at"] - 1}
        ),
    ),
    fault(
        "model-changes",
        "The model in response.created is not the one of the later events.",
        "stream.lifecycle.constant-model",
        events=put_response("response.created", model="another-model"),
    ),
)
