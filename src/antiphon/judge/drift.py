"""Known objects with unknown fields, and types that the contract does not name. Not failures: news."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from antiphon.contract.model import Edition
from antiphon.contract.schemas import Schemas
from antiphon.judge.engine import operation_of
from antiphon.transcript.exchange import Exchange

MOST = 500
"""Different rows that are kept; a server that makes up names without end fills no memory."""

_BODIES = {
    "response": "response", "response.compaction": "compaction", "response.input_tokens": "input-tokens",
    "conversation": "conversation", "chat.completion": "chat.completion", "list": "list.items",
}  # fmt: skip


class Drift:
    """Collects what replies hold beyond the contract, one row per name with its count and first place."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._schemas = Schemas(edition.id)
        self._rows: dict[tuple[str, str, str], dict[str, Any]] = {}

    def see(self, exchange: Exchange) -> None:
        """Look through one reply."""
        if exchange.response is None or operation_of(exchange, self._edition) == "unknown":
            return
        for kind, value, where in _values(exchange):
            for found in self._schemas.unknown(kind, value):
                self._keep(kind, found.what, found.name, found.pointer, exchange.id, where)

    def _keep(self, kind: str, what: str, name: str, pointer: str, exchange: str, where: str) -> None:
        place = re.sub(r"/\d+", "/*", pointer)
        key = (what, kind, name if what != "field" else place)
        row = self._rows.get(key)
        if row:
            row["count"] += 1
            if exchange < row["exchange"]:
                row |= {"exchange": exchange, "at": f"{where}{pointer}"}
        elif len(self._rows) < MOST:
            self._rows[key] = {
                "kind": kind, "what": what, "name": name, "exchange": exchange, "at": f"{where}{pointer}", "count": 1,
            }  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        """What was found, in an order that does not depend on that of the exchanges."""
        return [self._rows[key] for key in sorted(self._rows)]


def _values(exchange: Exchange) -> Iterator[tuple[str, Any, str]]:
    if exchange.is_stream:
        for number, event in enumerate(exchange.events):
            kind = "chat.chunk" if event.get("object") == "chat.completion.chunk" else "event"
            yield kind, event, f"event {number} "
    elif isinstance(exchange.body, dict):
        body = exchange.body
        kind = "error" if "error" in body and "object" not in body else _BODIES.get(str(body.get("object")), "")
        if kind:
            yield kind, body, ""
