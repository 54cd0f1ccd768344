"""Kinds of replies, as far as a reply explains by itself why much else about it is broken."""

from __future__ import annotations

from enum import StrEnum

from antiphon.recording.exchange import Exchange, NotJSON
from antiphon.recording.outcome import Outcome, outcome


class ReplyKind(StrEnum):
    """What came, seen from afar."""

    USUAL = "usual"
    """Of the kind that was asked for, a refusal among them."""
    NULL = "null"
    EMPTY = "empty"
    NO_JSON = "no-json"
    NO_OBJECT = "no-object"
    """JSON that is no object."""
    PLAIN = "plain"
    """One JSON object, where a stream was asked for."""
    STREAM = "stream"
    """A stream, where one object was asked for."""
    OVERLOADED = "overloaded"
    BROKE = "broke"
    REDIRECTED = "redirected"
    UNANSWERED = "unanswered"
    DAMAGED = "damaged"


_BY_OUTCOME = {
    Outcome.OVERLOADED: ReplyKind.OVERLOADED, Outcome.BROKE: ReplyKind.BROKE, Outcome.REDIRECTED: ReplyKind.REDIRECTED,
    Outcome.UNANSWERED: ReplyKind.UNANSWERED, Outcome.DAMAGED: ReplyKind.DAMAGED,
}  # fmt: skip


def reply_kind(exchange: Exchange) -> ReplyKind:
    """The kind of the reply of an exchange."""
    result = outcome(exchange, routed=True)
    if result is not Outcome.ANSWERED or exchange.is_socket:
        return _BY_OUTCOME.get(result, ReplyKind.USUAL)
    wants_stream = _wants_stream(exchange)
    if exchange.is_stream:
        return ReplyKind.USUAL if wants_stream is not False else ReplyKind.STREAM
    body = exchange.body
    if body is None:
        return ReplyKind.NULL
    if isinstance(body, NotJSON):
        return ReplyKind.NO_JSON if exchange.content.strip() else _nothing(exchange)
    if not isinstance(body, dict):
        return ReplyKind.NO_OBJECT
    return ReplyKind.PLAIN if wants_stream else ReplyKind.USUAL


def _nothing(exchange: Exchange) -> ReplyKind:
    """Nothing is what a delete may answer, and what a recording of requests alone has."""
    request = exchange.request
    return (
        ReplyKind.EMPTY if request is not None and request.method == "POST" and exchange.response else ReplyKind.USUAL
    )


def _wants_stream(exchange: Exchange) -> bool | None:
    """Whether a create asks for a stream; None where it is no create, or its body is not known."""
    sent = exchange.sent
    if exchange.request is None or exchange.request.method != "POST" or not isinstance(sent, dict):
        return None
    value = sent.get("stream")
    return bool(value) if isinstance(value, bool | None) else None
