"""State of each capability of a target: kept, declined, ignored, unclean or unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from antiphon.contract.model import Capability, Contract
from antiphon.effects.cell import Cell, Places
from antiphon.effects.create_record import CreateRecord, as_object
from antiphon.effects.invalid_values import trigger_of
from antiphon.effects.table import Table
from antiphon.recording.exchange import INBOUND, Exchange
from antiphon.recording.records import ScenarioEnd
from antiphon.recording.stored_response import stored_response

BROKEN_CLAIMS = ("declined", "ignored", "unclean")
"""States in which a claimed capability is not there."""
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
        if exchange.is_success or (exchange.is_socket and exchange.events):
            self._worked(exchange, operation)
        elif _is_odd(exchange):
            for name in (operation, *(f"{operation}/{each}" for each in as_object(exchange.sent))):
                self._odd[name].add(exchange.id)

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
            id: {**self._state(capability, declined.get(id))._asdict(), "claimed": claims.get(id)}
            for id, capability in self._contract.capabilities.items()
        }

    def _state(self, capability: Capability, declined: ScenarioEnd | None) -> CapabilityState:
        cells = [self._table.cell(name) for name in capability.shown_by.get("parameters", ())]
        effects = [cell.effect for cell in cells if cell.effect]
        if effects:
            return CapabilityState("kept", _first(effects), "")
        ignored = [*(_disregarded(cell) for cell in cells), *([self._lost] if self._is_lossy(capability) else ())]
        if any(ignored):
            return CapabilityState("ignored", _first(ignored), "it is taken, and nothing comes of it")
        works = [self._good[name] for name in _signs(capability)]
        if any(works):
            return CapabilityState("kept", _first(works), "")
        if declined:
            return CapabilityState("declined", [declined.exchange] if declined.exchange else [], declined.reason)
        odd = [self._odd[name] for name in _asks(capability)]
        if any(odd):
            return CapabilityState("unclean", _first(odd), "it is refused without an error that can be read")
        return CapabilityState("unknown", [], "nothing showed it")

    def _is_lossy(self, capability: Capability) -> bool:
        """Stored objects can never be read."""
        return bool(capability.shown_by.get("stored")) and bool(self._lost) and not self._found


def _disregarded(cell: Cell) -> Places:
    return cell.none or (Places() if cell.repeated or cell.judged else cell.unrepeated)


def _signs(capability: Capability) -> Iterator[str]:
    shown = capability.shown_by
    yield from shown.get("operations", ())
    yield from (f"stream {operation}" for operation in shown.get("streams", ()))
    yield from (f"item {kind}" for kind in shown.get("items", ()))
    if shown.get("inbound"):
        yield "inbound"


def _asks(capability: Capability) -> Iterator[str]:
    shown = capability.shown_by
    yield from shown.get("operations", ())
    yield from shown.get("streams", ())
    yield from (name.replace(":", "/") for name in shown.get("parameters", ()))


def _first(places: Iterable[Places]) -> list[str]:
    return sorted({exchange for each in places for exchange in each.first})[:3]


def _is_odd(exchange: Exchange) -> bool:
    """Neither done nor refused in a way that tells a client why."""
    if exchange.failure is not None:
        return exchange.failure.kind not in ("budget", "closed")
    if exchange.status is None:
        return False
    readable = bool(as_object(as_object(exchange.body).get("error")))
    return exchange.status >= 500 or (exchange.is_client_error and not readable and exchange.status not in (404, 405))


def broken_claims(states: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The capabilities that were claimed and are not there."""
    return [id for id, each in states.items() if each["claimed"] and each["state"] in BROKEN_CLAIMS]
