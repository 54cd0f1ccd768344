"""Table of an examination: what the target has, declines and ignores, and its own words where it declines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from antiphon.contract.load import contract
from antiphon.effects import Effects
from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import OVERLOAD

FORMS = ("text input", "list input", "image input")
SAID = {
    "kept": "has", "partial": "in part", "ignored": "ignores", "declined": "declines", "unknown": "not shown",
}  # fmt: skip
"""State of a capability → how the table says it."""
UNPROBED = frozenset({"core", "webhooks", "resume", "chat-stored", "websocket"})
"""Capabilities for which no call is made: some take long, or a set-up; `core` is the two forms of input."""


class Row(NamedTuple):
    """One line: `state` is has, in part, ignores, declines, fails or not shown."""

    what: str
    state: str
    words: str


def rows(exchanges: Mapping[str, Exchange], edition: str) -> list[Row]:
    """A row for each form of input, and for each capability that was asked for."""
    book = contract(edition)
    effects = Effects(book)
    for exchange in exchanges.values():
        effects.see(exchange)
    states = effects.tables((), {})["capabilities"]
    found = [_form(name, exchanges[name]) for name in FORMS if name in exchanges]
    asked = [name for name in book.capabilities if name not in UNPROBED and name in exchanges]
    return found + [_capability(name, states[name], exchanges) for name in asked]


def _form(name: str, exchange: Exchange) -> Row:
    if exchange.is_success:
        is_response = isinstance(exchange.body, dict) and isinstance(exchange.body.get("output"), list)
        return Row(name, "has", "") if is_response else Row(name, "fails", f"no response object: {own_words(exchange)}")
    return Row(name, _refused(exchange, "fails"), own_words(exchange))


def _refused(exchange: Exchange, otherwise: str) -> str:
    """The state that a call without success shows; who is busy or limits calls (429, 503) declines nothing."""
    if exchange.status in OVERLOAD:
        return "not shown"
    return "declines" if exchange.is_client_error else otherwise


def _capability(name: str, state: Mapping[str, Any], exchanges: Mapping[str, Exchange]) -> Row:
    said, exchange = SAID[state["state"]], exchanges[name]
    if exchange.failure or ((exchange.status or 0) >= 500 and exchange.status not in OVERLOAD):
        return Row(name, "fails", own_words(exchange))
    if said == "has" or exchange.is_success:
        return Row(name, said, str(state["note"]) if said != "has" else "")
    return Row(name, _refused(exchange, said), own_words(exchange))


def own_words(exchange: Exchange) -> str:
    """What a server says of a call that it did not answer well, in one line."""
    if exchange.failure:
        return exchange.failure.message
    body = exchange.body
    if isinstance(body, dict) and body.keys().isdisjoint(("error", "detail", "message")):
        body = json.dumps(body, ensure_ascii=False)
        return f"{exchange.status}: {body[:160]}"
    error = body.get("error", body.get("detail", body.get("message"))) if isinstance(body, dict) else body
    if isinstance(error, dict):
        error = error.get("message", error)
    if not isinstance(body, dict | list) and body is not None and exchange.response:
        error = exchange.response.content[:200].decode("utf-8", "replace")
    return f"{exchange.status}: {' '.join(str('null' if error is None else error).split())[:160]}"
