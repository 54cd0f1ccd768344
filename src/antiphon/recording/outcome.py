"""The outcome of an exchange: what became of a request, read from the bytes alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from antiphon.recording.exchange import REFUSAL, SOCKET_METHOD, Exchange

ENDINGS = frozenset({"response.completed", "response.failed", "response.incomplete", "error"})


class Outcome(StrEnum):
    """What became of a request."""

    ANSWERED = "answered"
    """A success came whole, as far as it was read."""
    REFUSED = "refused"
    """A status from 400 to 499 that is about the request."""
    UNROUTED = "unrouted"
    """404, 405 or 501 of a route that nothing else shows to exist, whatever its body."""
    OVERLOADED = "overloaded"
    """429 or 503: the server takes no more for the moment."""
    BROKE = "broke"
    """Any other status from 500 on."""
    REDIRECTED = "redirected"
    """A status from 300 to 399."""
    UNANSWERED = "unanswered"
    """The connection was refused or reset, or the reply did not end in time."""
    DAMAGED = "damaged"
    """The body is not whole or not decodable at the level of HTTP."""
    UNSENT = "unsent"
    """The request never went out, or its sender left: nothing can be said of the server."""


OVERLOAD = frozenset({429, 503})
MISSING_ROUTE = frozenset({404, 405, 501})
_UNSENT = frozenset({"budget", "closed"})
_OWN_BOUND = frozenset({"too-large", "too-many-events"})
"""Failures in which we stopped reading: what came until then counts."""


def outcome(exchange: Exchange, routed: bool = False) -> Outcome:
    """The outcome of an exchange; `routed` says that other exchanges show its route to exist.

    A 404, 405 or 501 of such a route is a refusal (501: a server error); so is one that speaks of the request. A stream
    that came to its last event and whose body was then left open is answered.
    """
    failure = exchange.failure
    if failure is not None and failure.kind not in _OWN_BOUND:
        return _failed(exchange, failure.kind)
    if exchange.response is None:
        return Outcome.UNSENT if failure is None else Outcome.UNANSWERED
    if exchange.is_socket and (status := _refusal_of_turn(exchange)):
        return _by_status(status, True)
    status = exchange.status
    if status is None and REFUSAL in exchange.notes:
        return Outcome.REFUSED
    return _by_status(status, routed or (status in MISSING_ROUTE and speaks_of_request(exchange)))


def _failed(exchange: Exchange, kind: str) -> Outcome:
    if kind in _UNSENT:
        return Outcome.UNSENT
    if kind.startswith("timeout") and exchange.is_success and _has_ending(exchange):
        return Outcome.ANSWERED
    if exchange.request is not None and exchange.request.method == SOCKET_METHOD:
        return Outcome.UNANSWERED
    has_head = exchange.response is not None
    return Outcome.DAMAGED if kind == "decoding" or (kind == "protocol" and has_head) else Outcome.UNANSWERED


def _has_ending(exchange: Exchange) -> bool:
    return exchange.is_stream and any(event.get("type") in ENDINGS for event in exchange.events)


def _refusal_of_turn(exchange: Exchange) -> int | None:
    """The status of the error with which a message over a socket was refused; None where a response began."""
    kinds = [event.get("type") for event in exchange.events]
    if "error" not in kinds or "response.created" in kinds:
        return None
    status = exchange.events[kinds.index("error")].get("status")
    return status if isinstance(status, int) and status >= 400 else 400


def _by_status(status: int | None, routed: bool) -> Outcome:
    if status is None or status < 300:
        return Outcome.ANSWERED
    if status < 400:
        return Outcome.REDIRECTED
    if status in OVERLOAD:
        return Outcome.OVERLOADED
    if status in MISSING_ROUTE and not routed:
        return Outcome.UNROUTED
    return Outcome.REFUSED if status < 500 else Outcome.BROKE


def speaks_of_request(exchange: Exchange) -> bool:
    """A refusal names a parameter, or repeats an id or a text that was sent other than in its address.

    So it comes from a route that is there.
    """
    body = exchange.body
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict) and error.get("param"):
        return True
    message = error.get("message") if isinstance(error, dict) else None
    text = str(message or exchange.content[:10_000].decode("utf-8", "replace"))
    if any(sent in text for sent in _strings(exchange.sent) if len(sent) > 2):
        return True
    path = exchange.request.path if exchange.request else ""
    ids = [part for part in path.split("/") if "_" in part and any(map(str.isdigit, part))]
    return any(re.search(rf"(?<![/\w]){re.escape(id)}", text) for id in ids)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)
