"""Calls that got no answer, a damaged one, a redirection or a server error: each one finding, and no other's place."""

from __future__ import annotations

from collections.abc import Iterator

from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import Call
from antiphon.judge.values import a_dict, violation_at
from antiphon.recording.exchange import RETRIED, SOCKET_METHOD
from antiphon.recording.outcome import Outcome, outcome


def _result(call: Call) -> Outcome:
    return outcome(call.exchange, routed=True)


def _is_last_try(call: Call) -> bool:
    return RETRIED not in call.exchange.notes


def _is_message(call: Call) -> bool:
    request = call.exchange.request
    return request is not None and request.method == SOCKET_METHOD


def _is_timed(call: Call) -> bool:
    """Somebody waited for it; not where our own loop stood still, and not where a connection was closed."""
    exchange, failure = call.exchange, call.exchange.failure
    if not _is_last_try(call) or exchange.is_our_delay or (failure is None and not exchange.elapsed):
        return False
    return failure is None or not _is_message(call) or failure.kind.startswith("timeout")


@check("answers.in-time", subject=Call, applies=_is_timed)
def in_time(call: Call) -> Iterator[Violation]:
    """Every call gets an answer that comes to its end in time."""
    failure = call.exchange.failure
    if failure and _result(call) is Outcome.UNANSWERED:
        yield Violation("", "an answer that comes to its end in time", failure.message)


def _is_read(call: Call) -> bool:
    """The reply was read to its end, or broke before that; we did not leave it."""
    exchange = call.exchange
    if exchange.response is None or _is_message(call) or exchange.status == 101:
        return False
    if exchange.failure is None:
        return exchange.response.complete and bool(exchange.elapsed) and "hung-up" not in exchange.notes
    return exchange.failure.kind in ("protocol", "decoding")


@check("answers.whole", subject=Call, applies=_is_read)
def whole(call: Call) -> Iterator[Violation]:
    """Every reply is whole at the level of HTTP: as long as it says, or with its last chunk."""
    failure = call.exchange.failure
    if failure and failure.kind == "protocol":
        yield Violation("", "the whole body, as long as its head says or up to its last chunk", failure.message)


@check("answers.decodable", subject=Call, applies=_is_read)
def decodable(call: Call) -> Iterator[Violation]:
    """Every body is coded as its Content-Encoding says, in a coding that was requested."""
    failure, response = call.exchange.failure, call.exchange.response
    if failure and response and failure.kind == "decoding":
        coding = response.header("content-encoding") or "none"
        yield Violation("header content-encoding", f"a body that is coded as it says: {coding}", failure.message)


@check(
    "answers.not-redirected",
    subject=Call,
    applies=lambda call: call.exchange.status is not None and call.exchange.request is not None,
)
def not_redirected(call: Call) -> Iterator[Violation]:
    """No call is redirected."""
    response = call.exchange.response
    if response and _result(call) is Outcome.REDIRECTED:
        where = response.header("location")
        got = f"{response.status} to {where[:200]}" if where else f"{response.status} without a Location"
        yield Violation("header location", "the reply itself", got)


@check(
    "answers.not-overloaded",
    subject=Call,
    applies=lambda call: _is_last_try(call) and call.exchange.status is not None and call.exchange.intent is not None,
)
def not_overloaded(call: Call) -> Iterator[Violation]:
    """A call that is repeated as the server asks is not refused as too many in the end.

    Only of a run of ours is it known that it was repeated.
    """
    status = call.exchange.status
    if status == 429 or (status == 503 and _says_overloaded(call)):
        yield violation_at("", "an answer, after as many tries as a client makes", status)


@check(
    "create.never-500",
    subject=Call,
    applies=lambda call: (
        call.exchange.status is not None
        and (call.exchange.intent is not None or call.exchange.scenario is not None)
        and not call.operation.startswith("chat.")
    ),
)
def never_500(call: Call) -> Iterator[Violation]:
    """No request is answered with a 5xx status, but for a 503 of a server that says that it is overloaded.

    In a recording of others a 500 is no finding: it is documented, and nobody says that it came again.
    """
    status = call.exchange.status or 0
    if status >= 500 and not (status == 503 and _says_overloaded(call)):
        yield violation_at("", "a status below 500", status)


def _says_overloaded(call: Call) -> bool:
    """The error names the overload by its code or its type, or the reply says when to come again."""
    response, error = call.exchange.response, a_dict(a_dict(call.exchange.body).get("error"))
    waits = response is not None and response.header("retry-after") is not None
    return bool(error) and (waits or "overloaded" in f"{error.get('code')} {error.get('type')}")
