"""More bends of the reference server: errors and bodies as gateways, proxies and young servers send them."""

from __future__ import annotations

import gzip
import itertools
import json
import threading
import time

from tests.cases.calls import Bend, Call, Json, edited, refusal
from tests.whole.answering import Answer, in_json

PAGE = b"<html><body><h1>Something went wrong</h1></body></html>"
HTML = {"Content-Type": "text/html; charset=utf-8"}
ROOM = 10


def html_unauthorized(call: Call) -> Answer:
    """Every call is 401, with a web page."""
    return 401, HTML, PAGE


def html_errors(call: Call) -> Answer:
    """What is refused is answered with a web page."""
    status, headers, content = call.answer()
    return (status, HTML, PAGE) if status >= 400 else (status, headers, content)


def error_in_200(call: Call) -> Answer:
    """What is refused is answered with 200 and an error object."""
    status, headers, content = call.answer()
    return (200, headers, content) if status >= 400 else (status, headers, content)


def array_in_404(call: Call) -> Answer:
    """What is not found is answered with 404 and an empty list."""
    status, headers, content = call.answer()
    return in_json(404, []) if status == 404 else (status, headers, content)


def third_is_502() -> Bend:
    """Every third create is lost by a gateway."""
    count = itertools.count(1)

    def bend(call: Call) -> Answer:
        return (502, HTML, PAGE) if call.creates and next(count) % 3 == 0 else call.answer()

    return bend


def list_only(call: Call) -> Answer:
    """A text as input is refused."""
    if call.creates and isinstance(call.sent.get("input"), str):
        return refusal(400, "input must be a list of messages.", param="input", code="invalid_type")
    return call.answer()


def field_needed(call: Call) -> Answer:
    """A field of its own is needed in every create."""
    return refusal(400, "Missing entity_id in metadata.") if call.creates else call.answer()


def length_long(call: Call) -> Answer:
    """Creates say that they are longer than they are."""
    status, headers, content = call.answer()
    return status, {**headers, **({"Content-Length": str(len(content) + 10)} if call.creates else {})}, content


def gzip_cut(call: Call) -> Answer:
    """A compressed body is cut, where the client takes compressed ones."""
    status, headers, content = call.answer()
    if call.takes_gzip and call.creates and status < 400:
        return status, {**headers, "Content-Encoding": "gzip"}, gzip.compress(content)[:-12]
    return status, headers, content


def null_bodies(call: Call) -> Answer:
    """Creates are answered with null."""
    status, headers, content = call.answer()
    return in_json(200, None) if call.creates and status == 200 else (status, headers, content)


def plain_streams(call: Call) -> Answer:
    """Streams are said to be plain text."""
    status, headers, content = call.answer()
    is_stream = "event-stream" in headers.get("content-type", "")
    return status, {**headers, "content-type": "text/plain; charset=utf-8"} if is_stream else headers, content


def slow_start(call: Call) -> Answer:
    """The first byte of every answer comes late."""
    time.sleep(1.5 if call.creates else 0.1)
    return call.answer()


def closing(call: Call) -> Answer:
    """The connection is closed after every answer."""
    status, headers, content = call.answer()
    return status, {**headers, "Connection": "close"}, content


def busy_without_hint() -> Bend:
    """At most ten creates at once; the others are 429, without Retry-After."""
    room = threading.BoundedSemaphore(ROOM)

    def bend(call: Call) -> Answer:
        if not call.creates:
            return call.answer()
        if not room.acquire(blocking=False):
            return refusal(429, "Too many at once.", type="rate_limit_error", code="rate_limit_exceeded")
        try:
            time.sleep(0.2)
            return call.answer()
        finally:
            room.release()

    return bend


def empty_output(call: Call) -> Answer:
    """Responses are completed, and hold nothing."""

    def edit(each: Json) -> None:
        if each.get("object") == "response" and each.get("status") == "completed":
            each["output"] = []

    return edited(call.answer(), edit)


def chains_refused(call: Call) -> Answer:
    """A response that is there cannot be continued."""
    if call.creates and call.sent.get("previous_response_id"):
        return refusal(400, "Not today.")
    return call.answer()


def streams_fail(call: Call) -> Answer:
    """Every stream of a response ends with an error after its second event."""
    status, headers, content = call.answer()
    if not call.creates or "event-stream" not in headers.get("content-type", ""):
        return status, headers, content
    begun = b"\n\n".join(content.split(b"\n\n")[:2])
    error = {"type": "error", "sequence_number": 2, "code": "server_error", "message": "Out of memory.", "param": None}
    return status, headers, begun + b"\n\nevent: error\ndata: " + json.dumps(error).encode() + b"\n\n"


def no_streams(call: Call) -> Answer:
    """Streams are declined by the name of the parameter."""
    if call.creates and call.sent.get("stream"):
        return refusal(400, "Streaming is not supported.", param="stream", code="unsupported_parameter")
    return call.answer()


def no_background_streams(call: Call) -> Answer:
    """A background response cannot be streamed."""
    if call.creates and call.sent.get("stream") and call.sent.get("background"):
        return refusal(400, "background cannot be streamed.", param="background", code="unsupported_parameter")
    return call.answer()


def named_choice_refused(call: Call) -> Answer:
    """A tool cannot be forced by its name."""
    if call.creates and isinstance(call.sent.get("tool_choice"), dict):
        return refusal(400, "tool_choice must be a string.", param="tool_choice", code="invalid_type")
    return call.answer()


def no_tools_in_streams(call: Call) -> Answer:
    """Tools are refused in a stream."""
    if call.creates and call.sent.get("stream") and call.sent.get("tools"):
        return refusal(400, "Streaming with functions is not available.")
    return call.answer()


def chat_without_streams(call: Call) -> Answer:
    """Completions are refused as streams."""
    if call.path.endswith("/chat/completions") and call.sent.get("stream"):
        return refusal(400, "This endpoint answers whole completions only.")
    return call.answer()


def stored_then_lost(call: Call) -> Answer:
    """A reply says that its response is stored, and no response is ever found."""
    if call.method == "GET" and call.named:
        return refusal(404, f"Response {call.named} was not found.")
    return call.answer()


def always_warm(call: Call) -> Answer:
    """The temperature of every response is 0.3, whatever was sent."""

    def edit(each: Json) -> None:
        if each.get("object") == "response":
            each["temperature"] = 0.3

    return edited(call.answer(), edit)


def sixteen_tokens(call: Call) -> Answer:
    """Every answer is short and counts just sixteen tokens of output."""

    def edit(each: Json) -> None:
        usage = each.get("usage")
        if isinstance(usage, dict) and "output_tokens" in usage:
            usage.update(output_tokens=16, total_tokens=usage["input_tokens"] + 16)

    short = isinstance(call.sent.get("input"), str) and call.sent["input"].startswith("Count")
    body = {**call.sent, "input": "Say hi."} if call.creates and short else None
    return edited(call.answer(body), edit)


def messages_of_errors(call: Call) -> Answer:
    """An error is a text, not an object."""
    status, headers, content = call.answer()
    if status < 400:
        return status, headers, content
    error = (json.loads(content) or {}).get("error") or {}
    return in_json(status, {"error": error.get("message", "no")})


ODD: tuple[Bend, ...] = (
    streams_fail, no_streams, no_background_streams, named_choice_refused,
    html_unauthorized, html_errors, error_in_200, array_in_404, list_only, field_needed, length_long, gzip_cut,
    null_bodies, plain_streams, slow_start, closing, empty_output, chains_refused, no_tools_in_streams,
    chat_without_streams, stored_then_lost, always_warm, sixteen_tokens, messages_of_errors,
)  # fmt: skip
