"""Reasons for which an exchange is not judged."""

from __future__ import annotations

from typing import Final

from antiphon.judge.operations import UNKNOWN, object_of
from antiphon.recording.exchange import CLEAN_UP, INBOUND, Exchange

UNROUTED: Final = "it was answered with 404, 405 or 501, and nothing else shows that its route is there"
_OWN: Final = "it is a webhook or deletes what a run stored"
_LOST: Final = {
    "undecodable": "the body of its reply is compressed in a way that cannot be read here",
    "oversized": "the stream of its reply has more events than are judged at once",
    "body-missing": "the body of its reply was not recorded",
}


def skip_reason(exchange: Exchange, operation: str) -> str:
    """Why an exchange is not judged; empty where it is."""
    lost = next((reason for note, reason in _LOST.items() if note in exchange.notes), "")
    if operation != UNKNOWN:
        return lost if exchange.response is None else ""
    if exchange.notes & {INBOUND, CLEAN_UP}:
        return _OWN
    if exchange.request is not None and exchange.request.path.strip("/"):
        return "its address is no route of this API"
    kind = object_of(exchange)
    return (
        f"its reply is a {kind[:60]!r} and no response" if kind else lost or "neither address nor reply say what it is"
    )
