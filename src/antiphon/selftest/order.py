"""Depth of each scenario: what is promised of a depth, then what shows most per call, while its calls last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from antiphon.clients.dialogue import dialogues
from antiphon.clients.sightings import is_dialogue
from antiphon.contract.defects import defects
from antiphon.contract.depth import MOST_CALLS, MOST_TOKENS, Depth
from antiphon.contract.load import DEFAULT_EDITION, contract, edition_ids
from antiphon.contract.model import Level
from antiphon.contract.paths import suites_dir
from antiphon.exercise.budget.cost_estimates import cost_of, total
from antiphon.exercise.depth import FILE, depth_of, format_order
from antiphon.judge.operations import operation_of
from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import Outcome, outcome
from antiphon.selftest.bench import Bench
from antiphon.selftest.catch import Catch, catch_of_names
from antiphon.selftest.choice import best_choice
from antiphon.selftest.client_choice import chosen_dialogues, kinds_shown, scenario_of
from antiphon.selftest.proof import Proof
from antiphon.selftest.prove import ProofRun
from antiphon.selftest.value import (
    Catchable,
    Scenarios,
    by_value,
    calls_of,
    defects_to_catch,
    faults_to_catch,
    shown_by,
)

IN_CORE = ("create.text-input", "create.completes", "stream.completes", "errors.trigger.unknown-model", "usage.total")
"""Requirements that the shallowest run judges: of an answer, a stream, a refusal, a count."""
IN_STANDARD = (
    "store.off-not-readable", "store.default-on", "store.readable-after-stream", "chain.usable-after-stream",
    "store.unknown-id-delete", "errors.unknown-route", "create.item-reference", "chain.function-output-continues",
    "input-items.after-exclusive", "websocket.create", "chat.accepts.stream", "tools.required-calls",
)  # fmt: skip
"""Requirements that a standard run judges: servers that were taken for right broke each of them."""
OWN_REQUESTS = 12
"""Calls, those of clean-up included, for what known clients send, in the form in which they send it."""
FAULT, DEFECT = 1.0, 2.0
"""Weights with which what a standard run shows is counted: few reported defects beside many faults of our own."""
PROMISED = 20.0
"""Weight of what a depth promises, so that of the ways to keep a promise the one that shows most besides is taken."""


@dataclass(frozen=True)
class ValueTable:
    """What a whole selftest found: the proof of each fault, and the plays of the right server, by edition."""

    proofs: Sequence[Proof]
    benches: Mapping[str, Bench]

    def catchables(self) -> list[Catchable]:
        """The faults and the defects."""
        faults = list(faults_to_catch(self.proofs, {each: contract(each) for each in self.benches}, self.played))
        return [*faults, *defects_to_catch(defects().values(), {each.name: each for each in faults})]

    def promised(self, requirements: Iterable[str]) -> list[Catchable]:
        """Requirements: what shows that one is broken judges it."""
        return [Catchable(id, PROMISED, self._shown_by({id})) for id in requirements]

    @cached_property
    def own(self) -> list[str]:
        """What known clients send, as far as a standard run plays it: beside what it played so far."""
        played = (each for each in self.benches[DEFAULT_EDITION].baseline.records if isinstance(each, Exchange))
        others = [each for each in played if not is_dialogue(str(each.scenario))]
        shown = kinds_shown(each for each in others if depth_of(str(each.scenario)) is not Depth.THOROUGH)
        return chosen_dialogues(shown, OWN_REQUESTS, Counter(self._shown_alone()))

    def _shown_alone(self) -> Iterator[str]:
        """For each fault, the scenarios that show it without another."""
        for proof in self.proofs:
            sets = frozenset().union(*proof.shown_by.values())
            yield from {name for each in sets if len(each) == 1 for name in each}

    @cached_property
    def played(self) -> Mapping[str, Scenarios]:
        """The scenarios that send something, by edition; of dialogues those alone that a standard run plays."""
        own = frozenset(self.own)
        return {
            name: own | {each for each in bench.played if not is_dialogue(each)} for name, bench in self.benches.items()
        }

    def promised_in_editions(self) -> Iterator[Catchable]:
        """In each edition: a good reply of every route, and a must of every capability."""
        for name in self.benches:
            book = contract(name)
            for operation, scenarios in self._operations(name).items():
                yield Catchable(f"{name} {operation}", PROMISED, scenarios)
            for capability in sorted({name for profile in book.profiles.values() for name in profile.capabilities}):
                musts = {
                    each.id
                    for each in book.requirements.values()
                    if each.capability == capability and each.level is Level.MUST
                }
                yield Catchable(f"{name} {capability}", PROMISED, self._shown_by(musts, self.played[name]))

    def _operations(self, edition: str) -> Mapping[str, frozenset[Scenarios]]:
        """Operation → the scenarios in which it is answered."""
        book = contract(edition).edition
        found: dict[str, set[Scenarios]] = {each: set() for each in book.routes}
        exchanges = (each for each in self.benches[edition].baseline.records if isinstance(each, Exchange))
        for each in exchanges:
            operation, scenario = operation_of(each, book), str(each.scenario)
            if operation in found and scenario in self.played[edition] and outcome(each) is Outcome.ANSWERED:
                found[operation].add(frozenset({scenario}))
        return {operation: frozenset(sets) for operation, sets in found.items() if sets}

    def _shown_by(self, requirements: set[str], within: Scenarios | None = None) -> frozenset[Scenarios]:
        sets = (shown_by(each, within or self.played[each.edition], requirements) for each in self.proofs)
        return frozenset().union(*sets)


def assign_depths(table: ValueTable) -> Mapping[Depth, list[str]]:
    """The scenarios of each depth, in the order of their value.

    What is standard is chosen by how many faults and defects it shows, with one call left for that which finds the
    target, and those for what clients send; the core is what of it keeps the promises of a core and harms clients most.
    """
    played = table.played
    catchables = [each for each in table.catchables() if each.shown_by]
    of_core = [each for each in table.promised(IN_CORE) if each.shown_by]
    promised = [each for each in (*table.promised(IN_STANDARD), *table.promised_in_editions()) if each.shown_by]
    counted = [replace(each, weight=DEFECT if each.name in defects() else FAULT) for each in catchables]
    left = MOST_CALLS[Depth.STANDARD] - 1
    chosen = frozenset(best_choice([*of_core, *promised, *counted], table.own, played.values(), left))
    shown = _within(chosen, catchables)
    core = _fill(_within(chosen - set(table.own), [*of_core, *shown]), [], Depth.CORE, played)
    in_order = by_value(shown, core)
    standard = [*in_order, *sorted(chosen - set(in_order))]
    rest = by_value(catchables, standard)
    others = sorted(frozenset().union(*played.values()) - set(rest), key=lambda each: (calls_of([each]), each))
    count = len(core), len(standard)
    return {
        Depth.CORE: core,
        Depth.STANDARD: standard[count[0] :],
        Depth.THOROUGH: [*rest[count[1] :], *others, *sorted({*map(scenario_of, dialogues())} - {*table.own})],
    }


def _within(chosen: Scenarios, catchables: Iterable[Catchable]) -> list[Catchable]:
    """What the chosen scenarios show, each by those of them that do."""
    kept = (replace(each, shown_by=frozenset(s for s in each.shown_by if s <= chosen)) for each in catchables)
    return [each for each in kept if each.shown_by]


def _fill(
    catchables: Sequence[Catchable], chosen: Sequence[str], depth: Depth, played: Mapping[str, Scenarios]
) -> list[str]:
    """In the order of value what the calls of a depth leave room for, in every edition."""

    def fits(scenarios: Sequence[str]) -> bool:
        return all(_fits([each for each in scenarios if each in inside], depth) for inside in played.values())

    return by_value(catchables, chosen, fits)


def _fits(scenarios: Sequence[str], depth: Depth) -> bool:
    """A run of these scenarios, with its clean-up and the call that finds its target, keeps the bounds of a depth."""
    tokens = total(map(cost_of, scenarios)).most.total
    return calls_of(scenarios) + 1 <= MOST_CALLS[depth] and tokens <= MOST_TOKENS.get(depth, tokens)


def record_order(found: ProofRun) -> Catch:
    """Write `suites/order.json` from a whole selftest, and tell what a standard run catches by the same table.

    An edition that no fault needed is played once for it.
    """
    benches = {each: found.benches.get(each) or Bench(each) for each in edition_ids()}
    table = ValueTable(list(found.proofs.values()), benches)
    order = assign_depths(table)
    (suites_dir() / FILE).write_text(format_order(order), encoding="utf-8")
    played = {*order[Depth.CORE], *order[Depth.STANDARD]}
    shown = {each.name for each in table.catchables() if each.is_shown(played)}
    return catch_of_names(Depth.STANDARD, found.proofs, shown)
