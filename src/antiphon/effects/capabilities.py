"""State of each capability of a target: kept, partial, ignored, declined or unknown, and what causes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from antiphon.contract.model import Contract
from antiphon.effects.cell import Cell, Places
from antiphon.effects.create_record import CreateRecord, as_object
from antiphon.effects.invalid_values import trigger_of
from antiphon.effects.table import Table
from antiphon.exercise.call_evidence import CallEvidence
from antiphon.exercise.capability_signs import SIGNS, Signs, mode_of
from antiphon.exercise.refusals import REASONS
from antiphon.recording.exchange import INBOUND, Exchange
from antiphon.recording.intent import Purpose
from antiphon.recording.outcome import Outcome, outcome
from antiphon.recording.records import ScenarioEnd
from antiphon.recording.stored_response import stored_response

PLAIN = frozenset({"model", "input", "metadata", "max_output_tokens", "store"})
"""A create of no more than these is one that every server takes."""
UNRELATED = frozenset({401, 403, 408, 429})
"""Statuses of a refusal that is not about the request."""
MOST_KEPT = 5_000
READABLE = ("plain", "streamed")
"""Modes of a create that says itself whether its response is stored."""
FAILS = "it fails, or is refused without an error that can be read"


class CapabilityState(NamedTuple):
    """State of a capability, the exchanges that show it, and a note."""

    state: str
    evidence: list[str]
    note: str


class Refusals(NamedTuple):
    """Exchanges that decline a capability in one mode, and how the first of them reads."""

    reason: str
    places: Places


class Capabilities:
    """Follows every exchange, and returns at the end the state of each capability."""

    def __init__(self, contract: Contract, table: Table) -> None:
        self._contract = contract
        self._table = table
        self._works: dict[str, dict[str, Places]] = {id: defaultdict(Places) for id in SIGNS}
        """By capability and mode: what worked. A parameter that is taken may yet be ignored."""
        self._refused: dict[str, dict[str, Refusals]] = {id: {} for id in SIGNS}
        """By capability and mode: what declines it."""
        self._lost: dict[str, Refusals] = {}
        """By the mode of their create: reads of responses whose replies said that they are stored."""
        self._odd: dict[str, Places] = defaultdict(Places)
        """Refusals without a readable error, by capability: of an operation, or of a create that is plain besides."""
        self._plain = Places()
        """Plain creates that were refused."""
        self._created: dict[str, tuple[str, bool]] = {}
        """Responses that were to be stored: the mode of their create, and whether its reply confirmed it."""

    def see(self, exchange: Exchange, operation: str) -> None:
        """Take in one exchange of an operation."""
        if INBOUND in exchange.notes:
            self._works["webhooks"]["delivered"].add(exchange.id)
            return
        if trigger_of(exchange) or (exchange.intent and exchange.intent.purpose is Purpose.MUST_REFUSE):
            return
        if exchange.status is not None or exchange.is_socket:
            self._take(exchange, operation)

    def _take(self, exchange: Exchange, operation: str) -> None:
        good = (exchange.is_success or (exchange.is_socket and bool(exchange.events))) and not _has_failed(exchange)
        self._note_storage(exchange, operation)
        if good:
            self._note_success(exchange, operation)
        refusal = as_object(exchange.reply).get("store") is False if good else exchange.status not in UNRELATED
        is_probe = exchange.intent is not None and exchange.intent.purpose is Purpose.PROBE
        if refusal and not (is_probe and operation == "retrieve"):  # either answer to such a probe is fine
            self._note_refusal(exchange, operation)
        if not good and operation == "create" and exchange.is_client_error and _is_plain(exchange):
            self._plain.add(exchange.id)

    def _note_success(self, exchange: Exchange, operation: str) -> None:
        sent = as_object(exchange.sent)
        for id, signs in SIGNS.items():
            if operation in signs.operations and id != "store":
                self._works[id][operation].add(exchange.id)
            elif exchange.is_stream and operation in signs.streams:
                self._works[id]["streamed"].add(exchange.id)
            elif signs.uses(operation, sent):
                self._works[id][mode_of(exchange)].add(exchange.id)
        if operation == "create":
            self._works["core"][mode_of(exchange)].add(exchange.id)
            if any(item.get("type") == "reasoning" for item in CreateRecord(exchange, operation).items):
                self._works["reasoning"][mode_of(exchange)].add(exchange.id)

    def _note_refusal(self, exchange: Exchange, operation: str) -> None:
        missing = exchange.status == 404
        unconfirmed = [id for id, (_, confirmed) in self._created.items() if missing and not confirmed]
        call = CallEvidence(exchange, operation, unconfirmed)
        sent, reasons = as_object(exchange.sent), {id: reason(call) for id, reason in REASONS.items()}
        for id, reason in reasons.items():
            by_read = exchange.status == 404 and operation == "retrieve"
            if reason and not (by_read and (id == "store" or not _asks_for_stream(exchange))):
                other = "streamed" if operation in SIGNS[id].streams else operation
                mode = mode_of(exchange) if operation in ("create", "chat.create") else other
                self._refused[id].setdefault(mode, Refusals(reason, Places())).places.add(exchange.id)
        if any(reasons.values()) or not _is_odd(exchange):
            return
        for id, signs in SIGNS.items():
            alone = signs.uses(operation, sent) and sent.keys() - PLAIN <= signs.alone
            if operation in signs.operations or alone or (id == "core" and _is_plain(exchange)):
                self._odd[id].add(exchange.id)

    def _note_storage(self, exchange: Exchange, operation: str) -> None:
        """Whether a response that was to be stored can be read."""
        id, confirmed = stored_response(exchange)
        if operation == "create" and id and mode_of(exchange) in READABLE and len(self._created) < MOST_KEPT:
            self._created[id] = mode_of(exchange), confirmed
        elif operation in ("retrieve", "delete") and exchange.request:
            named = next((each for each in exchange.request.path.split("/") if each in self._created), "")
            if operation == "delete" and exchange.is_success:
                self._works["store"]["delete"].add(exchange.id)
                self._created.pop(named, None)
            elif operation == "retrieve" and named and (exchange.status == 404 or not _is_unrouted(exchange)):
                self._note_read(exchange, *self._created[named])
            elif operation == "retrieve" and exchange.is_success:
                self._works["store"]["retrieve"].add(exchange.id)

    def _note_read(self, exchange: Exchange, mode: str, confirmed: bool) -> None:
        if exchange.is_success:
            self._works["store"][mode].add(exchange.id)
        elif exchange.status == 404:
            said = "its reply said store true" if confirmed else "no reply said that the response was stored"
            kind = self._lost if confirmed else self._refused["store"]
            reason = f"retrieve is answered with 404, and {said}"
            kind.setdefault(mode, Refusals(reason, Places())).places.add(exchange.id)

    def kept_elsewhere(self) -> dict[str, str]:
        """The capabilities that some exchange shows to be there, with the first of these exchanges."""
        return {id: next(iter(_first(modes.values()))) for id, modes in self._works.items() if modes}

    def states(self, endings: Iterable[ScenarioEnd], claims: Mapping[str, bool]) -> dict[str, dict[str, Any]]:
        """By capability: its state, whether it was claimed, and its evidence. Call it after the table is closed."""
        declined = {each.capability: each for each in endings if each.outcome in ("declined", "skipped")}
        return {
            id: {**self._state(id, declined.get(id))._asdict(), "claimed": claims.get(id)}
            for id in self._contract.capabilities
        }

    def _state(self, id: str, ending: ScenarioEnd | None) -> CapabilityState:
        signs, works = SIGNS[id], self._works[id]
        lost = self._lost if id == "store" else {}
        gaps = {mode: each for mode, each in {**self._refused[id], **lost}.items() if mode not in works}
        effects = [cell.effect for cell in self._cells(signs) if cell.effect]
        if effects:
            return _kept(effects, works, gaps)
        ignored = self._without_effect(signs)
        if works.keys().isdisjoint(READABLE):
            ignored += [each.places for each in lost.values()]
        if ignored:
            return CapabilityState("ignored", _first(ignored), "it is taken, and nothing comes of it")
        if works and not signs.needs_effect:
            return _kept(works.values(), works, gaps)
        return self._absent(id, ending, gaps)

    def _absent(self, id: str, ending: ScenarioEnd | None, refused: Mapping[str, Refusals]) -> CapabilityState:
        """The state of a capability that nothing shows to be there."""
        if id == "core":
            return self._without_core(refused)
        if self._works[id]:
            return CapabilityState("unknown", [], "it is taken, and nothing could show that it has an effect")
        if refused:
            reason, places = next(iter(refused.values()))
            routed = all(mode in ("plain", "streamed", "in the background") for mode in refused)
            if routed and not self._works["core"] and not SIGNS[id].operations:
                return CapabilityState("unknown", [], f"{reason}, and no create without it is answered")
            return CapabilityState("declined", places.first, reason)
        if self._odd[id]:
            return CapabilityState("unknown", self._odd[id].first, FAILS)
        if ending and ending.outcome == "skipped":
            return CapabilityState("unknown", [], f"not asked: {ending.reason}")
        if ending:
            return CapabilityState("declined", [ending.exchange] if ending.exchange else [], ending.reason)
        return CapabilityState("unknown", [], "nothing showed it")

    def _without_core(self, refused: Mapping[str, Refusals]) -> CapabilityState:
        """No server may lack the core, so nothing declines it."""
        for each in refused.values():
            return CapabilityState("unknown", each.places.first, f"every create fails: {each.reason}")
        if self._odd["core"]:
            return CapabilityState("unknown", self._odd["core"].first, FAILS)
        if self._plain:
            return CapabilityState("unknown", self._plain.first, "every plain create is refused")
        return CapabilityState("unknown", [], "nothing showed it")

    def _cells(self, signs: Signs) -> list[Cell]:
        return [self._table.cell(name) for name in signs.parameters]

    def _without_effect(self, signs: Signs) -> list[Places]:
        return [found for cell in self._cells(signs) if (found := _disregarded(cell))]


def _kept(evidence: Iterable[Places], works: Mapping[str, Places], gaps: Mapping[str, Refusals]) -> CapabilityState:
    """Kept, or partial where it is refused in modes in which it never works."""
    if not gaps or not works:
        return CapabilityState("kept", _first(evidence), "")
    missing = "; ".join(f"not {mode}: {each.reason}" for mode, each in sorted(gaps.items()))
    places = _first(each.places for each in gaps.values())
    return CapabilityState("partial", places, f"kept {', '.join(sorted(works))}; {missing}")


def _disregarded(cell: Cell) -> Places:
    return cell.none or (Places() if cell.repeated or cell.judged else cell.unrepeated)


def _first(places: Iterable[Places]) -> list[str]:
    return sorted({exchange for each in places for exchange in each.first})[:3]


def _asks_for_stream(exchange: Exchange) -> bool:
    return exchange.request is not None and "stream" in dict(exchange.request.query)


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


def _is_unrouted(exchange: Exchange) -> bool:
    return outcome(exchange) is Outcome.UNROUTED


def _has_failed(exchange: Exchange) -> bool:
    """A create was taken, and the response ended as failed."""
    return exchange.is_success and as_object(exchange.reply).get("status") == "failed"


def _is_plain(exchange: Exchange) -> bool:
    sent = as_object(exchange.sent)
    text = sent.get("input")
    return bool(text) and isinstance(text, str) and sent.keys() <= PLAIN and exchange.status not in UNRELATED
