"""The outcome of an exchange: what became of a request, read from the bytes alone."""

from __future__ import annotations

from enum import StrEnum

from antiphon.recording.exchange import SOCKET_METHOD, Exchange


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

    A 404, 405 or 501 of such a route is a refusal (501: a server error).
    """
    failure = exchange.failure
    if failure is not None and failure.kind not in _OWN_BOUND:
        return _failed(exchange, failure.kind)
    if exchange.response is None:
        return Outcome.UNSENT if failure is None else Outcome.UNANSWERED
    return _by_status(exchange.status, routed)


def _failed(exchange: Exchange, kind: str) -> Outcome:
    if kind in _UNSENT:
        return Outcome.UNSENT
    if exchange.request is not None and exchange.request.method == SOCKET_METHOD:
        return Outcome.UNANSWERED
    has_head = exchange.response is not None
    return Outcome.DAMAGED if kind == "decoding" or (kind == "protocol" and has_head) else Outcome.UNANSWERED


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
