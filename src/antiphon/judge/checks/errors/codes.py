"""Consistency of status, type and code of a refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from antiphon.judge.checks.errors.envelope import error_of
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import ErrorReply
from antiphon.judge.values import is_text, violation_at, words

TYPES = frozenset(
    words(
        "invalid_request_error insufficient_quota rate_limit_error server_error service_unavailable_error "
        "authentication_error permission_error not_found_error conflict_error tokens requests "
        "invalid_request not_found model_error too_many_requests"
    )
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


@check("errors.type-known", subject=ErrorReply, applies=lambda reply: is_text(error_of(reply).get("type")))
def type_known(reply: ErrorReply) -> Iterator[Violation]:
    """The type of a refusal is one of the known types."""
    if error_of(reply)["type"] not in reply.edition.data.get("error_types", TYPES):
        yield violation_at("/error/type", "one of the known types", error_of(reply)["type"])


def _fits(reply: ErrorReply, name: str, allowed: Mapping[str, set[int]]) -> Iterator[Violation]:
    value = error_of(reply).get(name)
    statuses = allowed.get(value) if isinstance(value, str) else None
    if statuses and reply.exchange.status not in statuses:
        expected = " or ".join(map(str, sorted(statuses)))
        yield violation_at(f"/error/{name}", f"status {expected} with {value}", reply.exchange.status)


@check("errors.type-fits-status", subject=ErrorReply, applies=lambda reply: is_text(error_of(reply).get("type")))
def type_fits_status(reply: ErrorReply) -> Iterator[Violation]:
    """The type of a refusal fits its status."""
    status = reply.exchange.status or 0
    if error_of(reply)["type"] in ("invalid_request_error", "invalid_request") and status >= 500:
        yield violation_at(
            "/error/type", f"the type of a fault of the server, as the status is {status}", error_of(reply)["type"]
        )
    yield from _fits(reply, "type", STATUSES_OF_TYPE)


@check("errors.code-fits-status", subject=ErrorReply, applies=lambda reply: is_text(error_of(reply).get("code")))
def code_fits_status(reply: ErrorReply) -> Iterator[Violation]:
    """A known code comes with the status it belongs to."""
    yield from _fits(reply, "code", STATUSES_OF_CODE)


@check("errors.status-known", subject=ErrorReply)
def status_known(reply: ErrorReply) -> Iterator[Violation]:
    """The status of a refusal is one of the documented ones."""
    known = reply.edition.data.get("error_statuses", STATUSES)
    if reply.exchange.status not in known:
        yield violation_at("", "one of " + ", ".join(map(str, sorted(known))), reply.exchange.status)
