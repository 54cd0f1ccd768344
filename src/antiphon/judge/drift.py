"""Drift of replies: unknown fields of known objects, and unknown types. News, not failures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from antiphon.contract.model import Edition
from antiphon.contract.schemas.validation import Schemas
from antiphon.judge.grammar.delta_runs import notable_of
from antiphon.judge.operations import operation_of
from antiphon.recording.exchange import Exchange

MOST = 500
"""Bound on rows, of which those that come first in order stay; a server that invents names fills no memory."""

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
        """By what, kind, and name or place."""

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
        at = f"{where}{pointer}"
        self._add(
            _key(kind, what, name, pointer),
            {"kind": kind, "what": what, "name": name, "exchange": exchange, "at": at, "count": 1},
        )

    def _add(self, key: tuple[str, str, str], row: DriftRow) -> None:
        known = self._rows.get(key)
        if known is None:
            self._rows[key] = row
            if len(self._rows) >= 2 * MOST:  # what goes would go whatever comes, so its count does not matter
                self._rows = {each: self._rows[each] for each in sorted(self._rows)[:MOST]}
            return
        known["count"] += row["count"]
        if row["exchange"] <= known["exchange"] and _place(row) < _place(known):
            known["exchange"], known["at"] = row["exchange"], row["at"]

    def add(self, rows: Iterable[DriftRow]) -> None:
        """Take over the rows of another table of the same edition."""
        for row in rows:
            pointer = re.sub(r"^event \d+ ", "", row["at"])
            self._add(_key(row["kind"], row["what"], row["name"], pointer), row)

    def all_rows(self) -> list[DriftRow]:
        """The rows of which some may be beyond the bound, for another table to take over."""
        return list(self._rows.values())

    def rows(self) -> list[DriftRow]:
        """The drift found, in an order that does not depend on that of the exchanges."""
        return [self._rows[key] for key in sorted(self._rows)[:MOST]]


def _key(kind: str, what: str, name: str, pointer: str) -> tuple[str, str, str]:
    return what, kind, re.sub(r"/\d+", "/*", pointer) if what == "field" else name


def _place(row: DriftRow) -> tuple[str, list[int], str]:
    """Where a row was found, in the order in which replies are read."""
    return row["exchange"], [int(number) for number in re.findall(r"\d+", row["at"])], row["at"]
