"""Kinds of replies that explain what else is broken in them, in the order in which they are asked."""

from __future__ import annotations

from antiphon.causes.family import Dominance
from antiphon.causes.reply_kind import ReplyKind

DOMINANCES = (
    Dominance("unanswered", "Calls get no answer, or none that ends", frozenset({ReplyKind.UNANSWERED})),
    Dominance("damaged", "Replies do not come whole", frozenset({ReplyKind.DAMAGED})),
    Dominance("redirected", "Calls are redirected", frozenset({ReplyKind.REDIRECTED})),
    Dominance("overloaded", "Calls are turned away as too many (429, 503)", frozenset({ReplyKind.OVERLOADED})),
    Dominance("null-answer", "A create is answered with null", frozenset({ReplyKind.NULL})),
    Dominance("empty-answer", "A create is answered with nothing", frozenset({ReplyKind.EMPTY})),
    Dominance("no-json", "A reply is no JSON", frozenset({ReplyKind.NO_JSON}), spared=("headers.*", "sse.*")),
    Dominance("no-object", "A reply is JSON, but no object", frozenset({ReplyKind.NO_OBJECT})),
    # A stream that nobody asked for still says what its response holds, so only what asks for an object is explained.
    Dominance(
        "stream-unasked", "A stream comes where none was asked for", frozenset({ReplyKind.STREAM}),
        only=("create.answer-is-json", "create.text-input", "create.item-input", "create.status-200", "chat.text",
              "create.foreground-is-finished", "headers.content-type-json"), spared=(),
    ),
    # An object in place of a stream says nothing about events; what it holds itself is judged like any other.
    Dominance(
        "no-stream", "A stream is asked for, and none comes", frozenset({ReplyKind.PLAIN}),
        only=("sse.*", "stream.*", "resume.*", "chat.stream.*", "structured.streamed-valid", "metadata.in-stream",
              "concurrency.stream*", "tools.streamed-call-complete"), spared=("stream.error.refused-before-start",),
    ),
    # The envelope of an error is wrong in every refusal alike, so it is no consequence of the server error.
    Dominance(
        "server-error", "Requests end in an error of the server (5xx)", frozenset({ReplyKind.BROKE}),
        spared=("headers.*", "errors.*"),
    ),
)  # fmt: skip
