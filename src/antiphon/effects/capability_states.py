"""State of each capability of a target: kept, partial, ignored, declined or unknown, and what causes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from antiphon.effects.capabilities import READABLE, ByMode, Capabilities, Refusals, add_refusals
from antiphon.effects.cell import Cell, Places
from antiphon.effects.table import Table
from antiphon.exercise.capability_signs import SIGNS, Signs
from antiphon.recording.records import ScenarioEnd

FAILS = "it fails, or is refused without an error that can be read"

NO_RESPONSE = "no create is answered with a response that did not fail, or refused with an error that can be read"


class CapabilityState(NamedTuple):
    """State of a capability, the exchanges that show it, and a note."""

    state: str
    evidence: list[str]
    note: str


class CapabilityStates:
    """State of each capability, from what was followed and the table of parameters."""

    def __init__(self, followed: Capabilities, table: Table) -> None:
        self._table, self._plain, self._odd = table, followed.plain, followed.odd
        storage = followed.storage()
        self._lost = storage.lost
        self._works: dict[str, dict[str, Places]] = {id: {**followed.works.get(id, {})} for id in SIGNS}
        for mode, places in storage.works.items():
            both = Places()
            for each in (places, self._works["store"].get(mode)):
                both.add_places(each or Places())
            self._works["store"][mode] = both
        self._refused: dict[str, ByMode] = {id: {} for id in SIGNS}
        for refused in (followed.refused, storage.refused):
            for id, modes in refused.items():
                for mode, refusals in modes.items():
                    add_refusals(self._refused[id], mode, refusals)

    def kept_elsewhere(self) -> dict[str, str]:
        """The capabilities that some exchange shows to be there, with the first of these exchanges."""
        return {id: next(iter(_first(modes.values()))) for id, modes in self._works.items() if modes}

    def states(
        self, capabilities: Iterable[str], endings: Iterable[ScenarioEnd], claims: Mapping[str, bool]
    ) -> dict[str, dict[str, Any]]:
        """By capability: its state, whether it was claimed, and its evidence. The table has to be closed."""
        declined = {each.capability: each for each in endings if each.outcome in ("declined", "skipped")}
        return {id: {**self._state(id, declined.get(id))._asdict(), "claimed": claims.get(id)} for id in capabilities}

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
            earliest = min(refused.values(), key=lambda each: each.first)
            routed = all(mode in ("plain", "streamed", "in the background") for mode in refused)
            if routed and not self._works["core"] and not SIGNS[id].operations:
                return CapabilityState("unknown", [], f"{earliest.reason}, and no create without it is answered")
            return CapabilityState("declined", earliest.places.first, earliest.reason)
        if id in self._odd:
            return CapabilityState("unknown", self._odd[id].first, FAILS)
        if ending and ending.outcome == "skipped":
            return CapabilityState("unknown", [], f"not asked: {ending.reason}")
        if ending:
            return CapabilityState("declined", [ending.exchange] if ending.exchange else [], ending.reason)
        return CapabilityState("unknown", [], "nothing showed it")

    def _without_core(self, refused: Mapping[str, Refusals]) -> CapabilityState:
        """No server may lack the core, so nothing declines it."""
        if refused:
            earliest = min(refused.values(), key=lambda each: each.first)
            return CapabilityState("unknown", earliest.places.first, f"every create fails: {earliest.reason}")
        if "core" in self._odd:
            return CapabilityState("unknown", self._odd["core"].first, NO_RESPONSE)
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
