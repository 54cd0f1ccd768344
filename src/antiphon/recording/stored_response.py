"""The response that an exchange was to store, and whether its reply confirms that."""

from __future__ import annotations

from antiphon.recording.exchange import Exchange


def stored_response(exchange: Exchange) -> tuple[str, bool]:
    """The id of a response that a create was to store, empty for any other exchange.

    And whether its reply confirms it.
    """
    sent, reply = exchange.sent, exchange.reply
    if exchange.request is None or not exchange.request.path.endswith("/responses"):
        return "", False  # a compaction has an input and an id, too, and is not stored
    if not exchange.is_success or not isinstance(sent, dict) or not isinstance(reply, dict) or "input" not in sent:
        return "", False
    id = reply.get("id")
    if sent.get("store") is False or not isinstance(id, str):
        return "", False
    return id, reply.get("store") is True
