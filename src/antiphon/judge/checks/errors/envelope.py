"""Error envelope of a refusal, and the consistency of its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import Decision, ErrorReply, Reply
from antiphon.judge.values import MISSING, a_dict, is_text, violation_at
from antiphon.recording.exchange import REFUSAL

PATH = re.compile(r"[A-Za-z_$][\w$-]*(\.?\[\d+\]|\.[\w$@/-]+|\[[^\[\]]*\])*", re.ASCII)
TRACE = re.compile(
    r"Traceback \(most recent call last\)|File \"[^\"]+\", line \d+|^\s+at [\w.$<>]+\(.*:\d+.*\)|"
    r"goroutine \d+ \[|panicked at |stack backtrace:",
    re.MULTILINE,
)


def error_of(reply: ErrorReply) -> Mapping[str, Any]:
    """The error inside an envelope; empty where there is none."""
    return a_dict(a_dict(reply.body).get("error"))


def _has_envelope(reply: ErrorReply) -> bool:
    return bool(error_of(reply))


@check(
    "errors.envelope.object",
    subject=ErrorReply,
    applies=lambda reply: not reply.exchange.is_stream and _client(reply),
)
def envelope_object(reply: ErrorReply) -> Iterator[Violation]:
    """A refusal is a JSON object with an error object."""
    yield from _envelope_violations(reply)


def _client(reply: ErrorReply) -> bool:
    """A refusal of the client's request, or one whose status was not recorded."""
    return reply.exchange.is_client_error or REFUSAL in reply.exchange.notes


def _envelope_violations(reply: ErrorReply) -> Iterator[Violation]:
    if not isinstance(reply.body, dict):
        yield violation_at("", "an object with the key error", reply.body)
    elif not isinstance(reply.body.get("error"), dict):
        yield violation_at("/error", "an object with message, type, param and code", reply.body.get("error", MISSING))
    elif not reply.body["error"]:
        yield violation_at("/error", "an object with message, type, param and code", reply.body["error"])


@check("errors.envelope.message", subject=ErrorReply, applies=_has_envelope)
def envelope_message(reply: ErrorReply) -> Iterator[Violation]:
    """A refusal has a non-empty message."""
    if not is_text(error_of(reply).get("message")):
        yield violation_at("/error/message", "a string that is not empty", error_of(reply).get("message", MISSING))


@check("errors.envelope.type", subject=ErrorReply, applies=_has_envelope)
def envelope_type(reply: ErrorReply) -> Iterator[Violation]:
    """A refusal has a type, a string."""
    if not is_text(error_of(reply).get("type")):
        yield violation_at("/error/type", "a string that is not empty", error_of(reply).get("type", MISSING))


def _key(reply: ErrorReply, name: str) -> Iterator[Violation]:
    value = error_of(reply).get(name, MISSING)
    if value is not None and not isinstance(value, str):
        yield violation_at(f"/error/{name}", "a string or null", value)


@check("errors.envelope.param", subject=ErrorReply, applies=_has_envelope)
def envelope_param(reply: ErrorReply) -> Iterator[Violation]:
    """A refusal has the key param, a string or null."""
    yield from _key(reply, "param")


@check("errors.envelope.code", subject=ErrorReply, applies=_has_envelope)
def envelope_code(reply: ErrorReply) -> Iterator[Violation]:
    """A refusal has the key code, a string or null."""
    yield from _key(reply, "code")


@check(
    "errors.envelope.content-type",
    subject=ErrorReply,
    applies=lambda reply: (
        isinstance(reply.body, dict) and bool(reply.exchange.response and reply.exchange.response.headers)
    ),
)
def envelope_content_type(reply: ErrorReply) -> Iterator[Violation]:
    """A refusal is labelled application/json."""
    label = reply.exchange.response.media_type if reply.exchange.response else ""
    if label != "application/json":
        yield violation_at("", "the media type application/json", label or MISSING)


@check("errors.envelope.stream", subject=ErrorReply, applies=lambda reply: reply.sent.get("stream") is True)
def envelope_stream(reply: ErrorReply) -> Iterator[Violation]:
    """A refused request for a stream gets the envelope and no event."""
    if reply.exchange.is_stream:
        yield Violation("", "a JSON object with the key error", "an event stream")


@check("errors.param-is-a-path", subject=ErrorReply, applies=lambda reply: is_text(error_of(reply).get("param")))
def param_is_a_path(reply: ErrorReply) -> Iterator[Violation]:
    """The param of a refusal is a path into the request."""
    param = error_of(reply)["param"]
    if not PATH.fullmatch(param) and not any(_leads_to(name, param) for name in _odd_names(reply.sent)):
        yield violation_at("/error/param", "a path such as input[0].content", param)


def _odd_names(sent: Any, depth: int = 20) -> Iterator[str]:
    """The names in a request, down to a depth, that cannot stand in a path as they are."""
    if isinstance(sent, dict):
        yield from (name for name in sent if not PATH.fullmatch(name))
    inner = sent.values() if isinstance(sent, dict) else sent if isinstance(sent, list) else ()
    for each in inner if depth else ():
        yield from _odd_names(each, depth - 1)


def _leads_to(name: str, param: str) -> bool:
    """A param repeats an odd name, or as much of a long one as it has room for."""
    return param.endswith(".") if not name else name[:8] in param


@check(
    "errors.not-in-success",
    subject=Decision,
    applies=lambda reply: reply.exchange.is_success and isinstance(reply.exchange.body, dict),
)
def not_in_success(reply: Decision) -> Iterator[Violation]:
    """A reply with a success status has no error envelope."""
    error = reply.exchange.body.get("error")
    bare = isinstance(error, str) or (isinstance(error, dict) and "message" in error)
    if bare and not {"id", "object", "output", "choices"} & reply.exchange.body.keys():
        yield violation_at("/error", "no error, as the status is one of success", error)


@check(
    "errors.rate-limit-envelope",
    subject=ErrorReply,
    applies=lambda reply: reply.exchange.status == 429 and _has_envelope(reply),
)
def rate_limit_envelope(reply: ErrorReply) -> Iterator[Violation]:
    """A 429 tells waiting from paying."""
    if not is_text(error_of(reply).get("code")):
        yield violation_at("/error/code", "a code such as rate_limit_exceeded", error_of(reply).get("code", MISSING))


@check("errors.server-error-envelope", subject=ErrorReply, applies=lambda reply: (reply.exchange.status or 0) >= 500)
def server_error_envelope(reply: ErrorReply) -> Iterator[Violation]:
    """A 5xx has the envelope."""
    yield from _envelope_violations(reply)


@check("errors.message-names-no-internals", subject=Reply, applies=lambda reply: (reply.exchange.status or 0) >= 400)
def message_names_no_internals(reply: Reply) -> Iterator[Violation]:
    """A message shows no stack trace."""
    found = TRACE.search(
        reply.exchange.content[:100_000].decode("utf-8", "replace").replace("\\n", "\n").replace('\\"', '"')
    )
    if found:
        yield violation_at("/error/message", "a message without a stack trace", found.group())
