"""Drift of replies: unknown fields of known objects, and unknown types. News, not failures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypedDict

from antiphon.contract.model import Edition
from antiphon.contract.schemas.validation import Schemas
from antiphon.judge.grammar.delta_runs import notable_of
from antiphon.judge.operations import operation_of
from antiphon.recording.exchange import Exchange

MOST = 500
"""Bound on rows; a server that invents names without end fills no memory."""

_BODIES = {
    "response": "response", "response.compaction": "compaction", "response.input_tokens": "input-tokens",
    "conversation": "conversation", "chat.completion": "chat.completion", "list": "list.items",
    "response.deleted": "deleted.response", "conversation.deleted": "deleted.conversation",
    "chat.completion.deleted": "chat.deleted",
}  # fmt: skip


class DriftRow(TypedDict):
    """A name that replies hold and the contract does not: what it is, in which kind, how often, and where first."""

    kind: str
    what: str
    name: str
    exchange: str
    at: str
    count: int


def _kind_of(body: Mapping[str, Any]) -> str:
    """Kind of a reply by its own fields; empty where these name none that is known."""
    if "error" in body and "object" not in body:
        return "error"
    kind = _BODIES.get(str(body.get("object")), "")
    return "deleted.response" if kind == "response" and "deleted" in body else kind


class DriftTable:
    """Collects what replies hold beyond the contract, one row per name with its count and first place."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._schemas = Schemas(edition.id)
        self._rows: dict[tuple[str, str, str], DriftRow] = {}

    def see(self, exchange: Exchange) -> None:
        """Examine one reply."""
        if exchange.response is None or operation_of(exchange, self._edition) == "unknown":
            return
        if exchange.is_stream:
            self._see_events(exchange)
        elif isinstance(exchange.body, dict):
            kind = _kind_of(exchange.body)
            if kind:
                self._examine(kind, exchange.body, exchange.id, "")

    def _see_events(self, exchange: Exchange) -> None:
        events, notable = exchange.events, notable_of(exchange)
        places = [*(place for place, _ in notable), len(events)]
        for (place, event), end in zip(notable, places[1:], strict=True):
            kind = "chat.chunk" if event.get("object") == "chat.completion.chunk" else "event"
            # Those in a run after it have the same form, so that they hold nothing where it holds nothing.
            if self._examine(kind, event, exchange.id, f"event {place} "):
                for other in range(place + 1, end):
                    self._examine(kind, events[other], exchange.id, f"event {other} ")

    def _examine(self, kind: str, value: Any, exchange: str, where: str) -> bool:
        """Record what one value has beyond the contract; whether it has anything."""
        found = self._schemas.unknown(kind, value)
        for each in found:
            self._keep(kind, each.what, each.name, each.pointer, exchange, where)
        return bool(found)

    def _keep(self, kind: str, what: str, name: str, pointer: str, exchange: str, where: str) -> None:
        place = re.sub(r"/\d+", "/*", pointer)
        key = (what, kind, name if what != "field" else place)
        row = self._rows.get(key)
        if row:
            row["count"] += 1
            if exchange < row["exchange"]:
                row["exchange"], row["at"] = exchange, f"{where}{pointer}"
        elif len(self._rows) < MOST:
            self._rows[key] = {
                "kind": kind, "what": what, "name": name, "exchange": exchange, "at": f"{where}{pointer}", "count": 1,
            }  # fmt: skip

    def rows(self) -> list[DriftRow]:
        """The drift found, in an order that does not depend on that of the exchanges."""
        return [self._rows[key] for key in sorted(self._rows)]
