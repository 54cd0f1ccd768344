"""Objects of the server that an exchange makes, changes or names, and which exchanges therefore rest on others."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from antiphon.recording.exchange import SOCKET_METHOD, Exchange

CLOCKS = 0.005
"""Seconds by which the end of one exchange may seem to lie after the start of the next: they are of two clocks."""


def made_ids(exchange: Exchange) -> set[str]:
    """The ids of the object of a reply, and of its items."""
    reply = exchange.reply
    if not isinstance(reply, dict):
        return set()
    parts = [reply, *(each for name in ("output", "data") for each in _list(reply.get(name)))]
    return {id for each in parts if isinstance(each, dict) and isinstance(id := each.get("id"), str) and id}


def changed_ids(exchange: Exchange) -> set[str]:
    """What a request may change, as it is named there: all of its path, and a conversation. A read changes nothing."""
    request, sent = exchange.request, exchange.sent
    if request is None or not may_change(exchange):
        return set()
    conversation = sent.get("conversation") if isinstance(sent, dict) else None
    return {*request.path.split("/"), *_texts(conversation)}


def may_change(exchange: Exchange) -> bool:
    """The request is other than a read."""
    return exchange.request is not None and exchange.request.method not in ("GET", "HEAD")


def rests_on(exchange: Exchange, cause: Exchange, touched: Collection[str], is_later: bool) -> bool:
    """An exchange may have come out otherwise without another one, which made or changed the `touched` objects."""
    request = exchange.request
    if request is None:
        return False
    if request.method == SOCKET_METHOD and cause.request and cause.request.method == SOCKET_METHOD:
        return is_later
    if not is_later and exchange.started_at + exchange.elapsed <= cause.started_at + CLOCKS:
        return False
    names = {*request.path.split("/"), *(value for _, value in request.query), *_texts(request.body)}
    if not is_later:
        names |= made_ids(exchange)
    return not names.isdisjoint(touched)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
