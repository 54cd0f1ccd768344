"""Refusals with an odd status, header or form."""

from __future__ import annotations

from collections.abc import Callable

from antiphon.server.faults.base import Fault, Reply, breaking, one
from antiphon.server.faults.shaping import refusals
from antiphon.server.faults.store_reach import service_of
from antiphon.server.service import dumps
from antiphon.server.store import Json

Change = Callable[[Reply], None]


def refused(change: Change) -> Callable[[Reply], Reply]:
    """Change refusals."""

    def hook(reply: Reply) -> Reply:
        if reply.status >= 400:
            change(reply)
        return reply

    return hook


def param(reply: Reply) -> object:
    """What a refused create is refused for."""
    error = reply.body.get("error") if isinstance(reply.body, dict) else None
    return error["param"] if reply.operation == "create-response" and isinstance(error, dict) else None


def teapot(reply: Reply) -> None:
    if param(reply) == "service_tier":
        reply.status = 418


def nameless(reply: Reply) -> None:
    reply.headers.pop("x-request-id", None)


def maybe(reply: Reply) -> None:
    reply.headers["x-should-retry"] = "maybe"


def soon(reply: Reply) -> None:
    reply.headers["retry-after"] = "soon"


def busy(reply: Reply) -> None:
    """There are too many requests, in a form of its own."""
    if param(reply) == "service_tier":
        reply.status, reply.body = 429, {"detail": "Too many requests."}
        reply.headers["retry-after"] = "1"


def crashed(reply: Reply) -> None:
    if param(reply) == "truncation":
        reply.status, reply.body = 500, {"detail": "Internal server error."}


def late(reply: Reply) -> None:
    """A code that belongs to another status."""
    if param(reply) == "service_tier":
        reply.body = {"error": {**reply.body["error"], "code": "rate_limit_exceeded"}}


def sentence(body: Json) -> Json:
    error = body["error"]
    return {"error": {**error, "param": "the tier of the service"}} if error["param"] == "service_tier" else body


def found(reply: Reply) -> None:
    if reply.operation == "none":
        reply.status, reply.body = 200, {"object": "list", "data": [], "has_more": False}


def noted_down(reply: Reply) -> None:
    """A refused create leaves its question in the conversation."""
    if param(reply) != "temperature" or reply.request is None:
        return
    conversations = service_of(reply).store.conversations
    for kept in conversations.kept:
        part = {"type": "input_text", "text": "Say hi."}
        kept.append([{"id": "msg_left", "type": "message", "role": "user", "content": [part], "status": "completed"}])


def streamed(reply: Reply) -> None:
    """The refusal of a stream is a stream of one event."""
    if param(reply) == "max_output_tokens":
        reply.headers["content-type"] = "text/event-stream"
        reply.body = b"event: error\ndata: " + dumps({"type": "error", "sequence_number": 0, **reply.body}) + b"\n\n"


def fault(name: str, says: str, breaks: str, change: Change, implies: str = "") -> Fault:
    return breaking(name, says, breaks, implies, reply=refused(change))


FAULTS = (
    fault("status-unheard-of", "A service_tier is refused with 418.", "errors.status-known", teapot),
    fault("request-id-not-on-refusals", "A refusal has no x-request-id.", "headers.request-id-on-errors", nameless,
          "headers.request-id"),
    fault("retry-override-maybe", "A refusal says maybe where it should say whether to try again.",
          "headers.retry-override", maybe),
    fault("retry-after-soon", "A refusal says to come back soon.", "headers.retry-after-form", soon),
    fault("busy-without-envelope", "A 429 has a body of its own form.", "errors.rate-limit-envelope", busy),
    fault("crash-without-envelope", "A 500 has a body of its own form.", "errors.server-error-envelope", crashed),
    fault("code-of-another-status", "A 400 has the code of a 429.", "errors.code-fits-status", late),
    fault("unknown-path-found", "An unknown path is answered with an empty list.", "errors.unknown-route", found),
    fault("refused-create-noted-down", "A create that is refused is noted down in every conversation.",
          "errors.unchanged-after-refusal", noted_down),
    fault("refused-as-stream", "A refusal is a stream of one event.", "errors.envelope.stream", streamed),
    Fault(
        name="param-is-a-sentence",
        says="The param of a refusal is a sentence.",
        breaks=one("errors.param-is-a-path"),
        reply=refusals(sentence),
    ),
)  # fmt: skip
