"""Size of a refusal: what was sent is not sent back."""

from __future__ import annotations

from collections.abc import Iterator

from antiphon.judge.registry import Violation, check
from antiphon.judge.request_words import request_strings
from antiphon.judge.subjects.responses import ErrorReply

LEAST = 24
"""Letters of a text that a refusal may repeat, as a value or a name."""
MOST = 8192
"""Letters of the request that a refusal may repeat in all."""
HEAD = 1000
"""Letters by which a long text is recognised."""


def _payload(reply: ErrorReply) -> list[str]:
    return [text for text in request_strings(reply) if len(text) >= LEAST]


@check(
    "errors.no-payload",
    subject=ErrorReply,
    applies=lambda reply: sum(map(len, _payload(reply))) > MOST and bool(reply.exchange.content),
)
def no_payload(reply: ErrorReply) -> Iterator[Violation]:
    """A refusal does not repeat what was sent."""
    content = reply.exchange.content
    if len(content) <= MOST:
        return
    body = content.decode("utf-8", "replace").replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
    repeated = sum(len(text) for text in set(_payload(reply)) if text[:HEAD] in body)
    if repeated > MOST:
        yield Violation(
            "", "a refusal that does not repeat the request", f"{repeated} letters of it, in {len(content)} bytes"
        )
