"""The envelope of a refusal, and what its fields say together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects import ErrorReply, Reply, Success
from antiphon.judge.values import MISSING, a_dict, broken, is_text

TYPES = frozenset(
    "invalid_request_error insufficient_quota rate_limit_error server_error service_unavailable_error "
    "authentication_error permission_error not_found_error conflict_error tokens requests "
    "invalid_request not_found model_error too_many_requests".split()
)
STATUSES = frozenset({400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 499, 500, 503})
STATUSES_OF_TYPE = {
    "insufficient_quota": {429},
    "rate_limit_error": {429},
    "too_many_requests": {429},
    "tokens": {429},
    "requests": {429},
    "not_found": {404},
    "not_found_error": {404},
    "authentication_error": {401},
    "permission_error": {403},
    "server_error": {500, 502, 503, 504, 529},
    "model_error": {500, 502, 503},
    "service_unavailable_error": {503, 529},
}
STATUSES_OF_CODE = {
    "invalid_api_key": {401, 403},
    "rate_limit_exceeded": {429},
    "insufficient_quota": {429},
    "slow_down": {429, 503},
    "server_is_overloaded": {503, 529},
    "server_error": {500, 502, 503, 504},
    "unknown_parameter": {400, 422},
    "missing_required_parameter": {400, 422},
    "invalid_type": {400, 422},
    "invalid_value": {400, 422},
    "unsupported_parameter": {400, 422},
    "unsupported_value": {400, 422},
    "previous_response_not_found": {400, 404},
    "model_not_found": {400, 403, 404},
    "context_length_exceeded": {400, 413},
    "conversation_locked": {400, 409},
}
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
    on=ErrorReply,
    when=lambda reply: not reply.exchange.is_stream and _client(reply),
)
def envelope_object(reply: ErrorReply) -> Iterator[Violation]:
    """A refusal is a JSON object with the one key error, which is an object."""
    yield from _envelope_violations(reply)


def _client(reply: ErrorReply) -> bool:
    return reply.exchange.is_client_error and reply.exchange.status != 429


def _envelope_violations(reply: ErrorReply) -> Iterator[Violation]:
    if not isinstance(reply.body, dict):
        yield broken("", "an object with the key error", reply.body)
    elif not isinstance(reply.body.get("error"), dict):
        yield broken("/error", "an object with message, type, param and code", reply.body.get("error", MISSING))
    elif not reply.body["error"]:
        yield broken("/error", "an object with message, type, param and code", reply.body["error"])
    else:
        for name in reply.body.keys() - {"error"}:
            yield broken(f"/{name}", "no key beside error", reply.body[name])


@check("errors.envelope.message", on=ErrorReply, when=_has_envelope)
def envelope_message(reply: ErrorReply) -> Iterator[Violation]:
    """A refusal has a non-empty message."""
    if not is_text(error_of(reply).get("message")):
        yield broken("/error/message", "a string that is not empty", error_of(reply).get("message", MISSING))


@check("errors.envelope.type", on=ErrorReply, when=_has_envelope)
def envelope_type(reply: ErrorReply) -> Iterator[Violation]:
    """A refusal has a type, a string."""
    if not is_text(error_of(reply).get("type")):
        yield broken("/error/type", "a string that is not empty", error_of(reply).get("type", MISSING))


def _key(reply: ErrorReply, name: str) -> Iterator[Violation]:
    value = error_of(reply).get(name, MISSING)
    if value is not None and not isinstance(value, str):
        yield broken(f"/error/{name}", "a string or null", value)


@check("errors.envelope.param", on=ErrorReply, when=_has_envelope)
def envelope_param(reply: ErrorReply) -> Iterator[Violation]:
    """A refusal has the key param, a string or null."""
    yield from _key(reply, "param")


@check("errors.envelope.code", on=ErrorReply, when=_has_envelope)
def envelope_code(reply: ErrorReply) -> Iterator[Violation]:
    """A refusal has the key code, a string or null."""
    yield from _key(reply, "code")


@check(
    "errors.envelope.content-type",
    on=ErrorReply,
    when=lambda reply: isinstance(reply.body, dict) and bool(reply.exchange.response and reply.exchange.response.headers),
)
def envelope_content_type(reply: ErrorReply) -> Iterator[Violation]:
    """A refusal is labelled application/json."""
    label = reply.exchange.response.media_type if reply.exchange.response else ""
    if label != "application/json":
        yield broken("", "the media type application/json", label or MISSING)


@check("errors.envelope.stream", on=ErrorReply, when=lambda reply: reply.sent.get("stream") is True)
def envelope_stream(reply: ErrorReply) -> Iterator[Violation]:
    """A refused request for a stream gets the envelope and no event."""
    if reply.exchange.is_stream:
        yield Violation("", "a JSON object with the key error", "an event stream")


@check("errors.type-known", on=ErrorReply, when=lambda reply: is_text(error_of(reply).get("type")))
def type_known(reply: ErrorReply) -> Iterator[Violation]:
    """The type of a refusal is one of the known types."""
    if error_of(reply)["type"] not in TYPES:
        yield broken("/error/type", "one of the known types", error_of(reply)["type"])


def _fits(reply: ErrorReply, name: str, known: Mapping[str, set[int]]) -> Iterator[Violation]:
    value = error_of(reply).get(name)
    statuses = known.get(value) if isinstance(value, str) else None
    if statuses and reply.exchange.status not in statuses:
        expected = " or ".join(map(str, sorted(statuses)))
        yield broken(f"/error/{name}", f"status {expected} with {value}", reply.exchange.status)


@check("errors.type-fits-status", on=ErrorReply, when=lambda reply: is_text(error_of(reply).get("type")))
def type_fits_status(reply: ErrorReply) -> Iterator[Violation]:
    """The type of a refusal fits its status."""
    status = reply.exchange.status or 0
    if error_of(reply)["type"] in ("invalid_request_error", "invalid_request") and status >= 500:
        yield broken("/error/type", f"the type of a fault of the server, as the status is {status}", error_of(reply)["type"])
    yield from _fits(reply, "type", STATUSES_OF_TYPE)


@check("errors.code-fits-status", on=ErrorReply, when=lambda reply: is_text(error_of(reply).get("code")))
def code_fits_status(reply: ErrorReply) -> Iterator[Violation]:
    """A known code comes with the status it belongs to."""
    yield from _fits(reply, "code", STATUSES_OF_CODE)


@check("errors.status-known", on=ErrorReply)
def status_known(reply: ErrorReply) -> Iterator[Violation]:
    """The status of a refusal is one of the documented ones."""
    if reply.exchange.status not in STATUSES:
        yield broken("", "one of " + ", ".join(map(str, sorted(STATUSES))), reply.exchange.status)


@check("errors.param-is-a-path", on=ErrorReply, when=lambda reply: is_text(error_of(reply).get("param")))
def param_is_a_path(reply: ErrorReply) -> Iterator[Violation]:
    """The param of a refusal is a path into the request."""
    param = error_of(reply)["param"]
    if not PATH.fullmatch(param):
        yield broken("/error/param", "a path such as input[0].content", param)


@check("errors.not-in-success", on=Success, when=lambda reply: reply.exchange.is_success and isinstance(reply.body, dict))
def not_in_success(reply: Success) -> Iterator[Violation]:
    """A reply with a success status has no error envelope."""
    error = reply.body.get("error")
    bare = isinstance(error, str) or (isinstance(error, dict) and "message" in error)
    if bare and not {"id", "object", "output", "choices"} & reply.body.keys():
        yield broken("/error", "no error, as the status is one of success", error)


@check(
    "errors.rate-limit-envelope",
    on=ErrorReply,
    when=lambda reply: reply.exchange.status == 429,
)
def rate_limit_envelope(reply: ErrorReply) -> Iterator[Violation]:
    """A 429 has the envelope and tells waiting from paying."""
    yield from _envelope_violations(reply)
    if _has_envelope(reply) and not is_text(error_of(reply).get("code")):
        yield broken("/error/code", "a code such as rate_limit_exceeded", error_of(reply).get("code", MISSING))


@check("errors.server-error-envelope", on=ErrorReply, when=lambda reply: (reply.exchange.status or 0) >= 500)
def server_error_envelope(reply: ErrorReply) -> Iterator[Violation]:
    """A 5xx has the envelope."""
    yield from _envelope_violations(reply)


@check("errors.message-names-no-internals", on=Reply, when=lambda reply: (reply.exchange.status or 0) >= 400)
def message_names_no_internals(reply: Reply) -> Iterator[Violation]:
    """A message shows no stack trace."""
    found = TRACE.search(reply.exchange.content[:100_000].decode("utf-8", "replace").replace("\\n", "\n").replace('\\"', '"'))
    if found:
        yield broken("/error/message", "a message without a stack trace", found.group())
