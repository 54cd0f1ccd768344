"""State of each capability of a target: kept, declined, ignored, unclean or unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from antiphon.contract.model import Contract
from antiphon.effects.cell import Cell, Places
from antiphon.effects.create_record import CreateRecord, as_object
from antiphon.effects.invalid_values import trigger_of
from antiphon.effects.signs import SIGNS, Signs
from antiphon.effects.table import Table
from antiphon.recording.exchange import INBOUND, Exchange
from antiphon.recording.records import ScenarioEnd
from antiphon.recording.stored_response import stored_response

BROKEN_CLAIMS = ("declined", "ignored", "unclean")
"""States in which a claimed capability is not there."""
PLAIN = frozenset({"model", "input", "metadata", "max_output_tokens"})
"""A create of no more than these is one that every server takes."""
PASSING = frozenset({401, 403, 408, 429})
"""Statuses of a refusal that is not about the request."""
MOST_KEPT = 5_000


class CapabilityState(NamedTuple):
    """State of a capability, the exchanges that show it, and a note."""

    state: str
    evidence: list[str]
    note: str


class Capabilities:
    """Follows every exchange, and returns at the end the state of each capability."""

    def __init__(self, contract: Contract, table: Table) -> None:
        self._contract = contract
        self._table = table
        self._good: dict[str, Places] = defaultdict(Places)
        """Confirmed abilities: operations, `stream OPERATION`, `item TYPE`, `inbound`."""
        self._odd: dict[str, Places] = defaultdict(Places)
        """Refusals without a readable error: operations, and parameters as OPERATION/NAME."""
        self._refused = Places()
        """Plain creates that were refused."""
        self._stored: set[str] = set()
        self._found = Places()
        self._lost = Places()

    def see(self, exchange: Exchange, operation: str) -> None:
        """Take in one exchange of an operation."""
        if INBOUND in exchange.notes:
            self._good["inbound"].add(exchange.id)
            return
        if trigger_of(exchange):
            return
        self._reads(exchange, operation)
        if (exchange.is_success or (exchange.is_socket and exchange.events)) and not _has_failed(exchange):
            self._worked(exchange, operation)
        elif _is_odd(exchange):
            for name in (operation, *(f"{operation}/{each}" for each in as_object(exchange.sent))):
                self._odd[name].add(exchange.id)
        elif operation == "create" and exchange.is_client_error and _is_plain(exchange):
            self._refused.add(exchange.id)

    def _worked(self, exchange: Exchange, operation: str) -> None:
        self._good[operation].add(exchange.id)
        if exchange.is_stream:
            self._good[f"stream {operation}"].add(exchange.id)
        if operation == "create":
            for kind in {str(item.get("type")) for item in CreateRecord(exchange, operation).items}:
                self._good[f"item {kind}"].add(exchange.id)

    def _reads(self, exchange: Exchange, operation: str) -> None:
        """Whether a response that a reply claims to be stored can be read."""
        sent = as_object(exchange.sent)
        if operation == "create" and not sent.get("background"):
            id, said = stored_response(exchange)
            if id and said and len(self._stored) < MOST_KEPT:
                self._stored.add(id)
        elif operation in ("retrieve", "delete") and exchange.request:
            named = self._stored.intersection(exchange.request.path.split("/"))
            if operation == "delete":
                self._stored -= named
            elif named and (exchange.is_success or exchange.is_client_error):
                (self._found if exchange.is_success else self._lost).add(exchange.id)

    def states(self, endings: Iterable[ScenarioEnd], claims: Mapping[str, bool]) -> dict[str, dict[str, Any]]:
        """By capability: its state, whether it was claimed, and its evidence. Call it after the table is closed."""
        declined = {each.capability: each for each in endings if each.outcome == "declined"}
        return {
            id: {**self._state(SIGNS[id], declined.get(id))._asdict(), "claimed": claims.get(id)}
            for id in self._contract.capabilities
        }

    def _state(self, signs: Signs, declined: ScenarioEnd | None) -> CapabilityState:
        cells = [self._table.cell(name) for name in signs.parameters]
        effects = [cell.effect for cell in cells if cell.effect]
        if effects:
            return CapabilityState("kept", _first(effects), "")
        ignored = [
            *(_disregarded(cell) for cell in cells),
            *([self._lost] if signs.stored and self._loses_all() else ()),
        ]
        if any(ignored):
            return CapabilityState("ignored", _first(ignored), "it is taken, and nothing comes of it")
        works = [self._good[name] for name in signs.seen_as()]
        if any(works):
            return CapabilityState("kept", _first(works), "")
        if declined:
            return CapabilityState("declined", [declined.exchange] if declined.exchange else [], declined.reason)
        odd = [self._odd[name] for name in signs.requested_as()]
        if any(odd):
            return CapabilityState("unclean", _first(odd), "it fails, or is refused without an error that can be read")
        if self._refused and "create" in signs.requested_as():
            return CapabilityState("declined", self._refused.first, "every plain create is refused")
        return CapabilityState("unknown", [], "nothing showed it")

    def _loses_all(self) -> bool:
        """What was stored can never be read."""
        return bool(self._lost) and not self._found


def _disregarded(cell: Cell) -> Places:
    return cell.none or (Places() if cell.repeated or cell.judged else cell.unrepeated)


def _first(places: Iterable[Places]) -> list[str]:
    return sorted({exchange for each in places for exchange in each.first})[:3]


def _is_odd(exchange: Exchange) -> bool:
    """Neither done nor refused in a way that tells a client why."""
    if exchange.status is None:
        return False
    if exchange.failure is not None or _has_failed(exchange):
        return True
    readable = bool(as_object(as_object(exchange.body).get("error")))
    if exchange.is_client_error:
        return not readable and exchange.status not in (404, 405)
    return exchange.status >= 300


def _has_failed(exchange: Exchange) -> bool:
    """A create was taken, and the response ended as failed."""
    return exchange.is_success and as_object(exchange.reply).get("status") == "failed"


def _is_plain(exchange: Exchange) -> bool:
    sent = as_object(exchange.sent)
    text = sent.get("input")
    return bool(text) and isinstance(text, str) and sent.keys() <= PLAIN and exchange.status not in PASSING


def broken_claims(states: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The capabilities that were claimed and are not there."""
    return [id for id, each in states.items() if each["claimed"] and each["state"] in BROKEN_CLAIMS]
