"""Choice of the dialogues that a standard run plays: those by which it can say most of what works with which client."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from antiphon.clients.dialogue import Dialogue, DialogueTurn, dialogues
from antiphon.clients.kind import kind_of
from antiphon.clients.needs import all_needs
from antiphon.clients.sightings import FAMILY, shown_items
from antiphon.contract.load import contract
from antiphon.judge.operations import operation_of
from antiphon.recording.exchange import Exchange
from antiphon.selftest.choice import load_solver
from antiphon.selftest.value import calls_of

WHOLE, OWN_CLIENT, OWN_PART, FEATURE = 2.0, 2.0, 1.0, 1.0
"""Weights: all features of a client decided; a request of its own played; a part in its own form; a feature decided."""
TIE = 0.0001
"""Weight of what a dialogue is worth besides: all dialogues together stay below one feature."""
PARTS = {"text": "first", "stream": "first", "tools": "tools", "continuation": "second"}
"""Feature → the part of any client's work that it is: a first request, a round trip with a tool, a second turn."""


def scenario_of(dialogue: str) -> str:
    """The scenario that plays a dialogue."""
    return f"{FAMILY}[{dialogue}]"


def kinds_shown(exchanges: Iterable[Exchange]) -> frozenset[str]:
    """The kinds of the calls that were taken."""
    edition = contract().edition
    return frozenset(
        kind_of(
            operation_of(each, edition),
            each.request.method,
            each.request.body,
            dict(each.request.query),
            [item.get("type") for item in shown_items(each)],
        )
        for each in exchanges
        if each.request is not None and each.is_success
    )


def chosen_dialogues(shown: frozenset[str], calls: int, worth: Mapping[str, int]) -> list[str]:
    """The scenarios of the dialogues that decide most features, within so many calls, clean-up included.

    Of choices that decide as many, that whose scenarios have the greatest `worth`, such as faults that they show.

    A feature is decided where one of its dialogues is played, or calls of the kinds of all its turns are seen: in
    the other dialogues, or elsewhere in the run, as `shown` tells. Raises ConfigError where no solver is installed.
    """
    highs = load_solver().Highs()
    highs.silent()
    taken = {name: highs.addBinary() for name in dialogues()}
    seen = {kind: highs.addVariable(lb=0, ub=1) for kind in _all_kinds()}
    for kind, variable in seen.items():
        if kind not in shown:
            having = [taken[name] for name, each in dialogues().items() if kind in _kinds(each.turns)]
            highs.addConstr(variable <= highs.qsum(having))
    gains: list[Any] = []
    for client, features in _dialogues_by_feature().items():
        whole, own = highs.addVariable(lb=0, ub=1), highs.addVariable(lb=0, ub=1)
        parts: dict[str, list[Any]] = defaultdict(list)
        for feature, having in features.items():
            ways = [_decided(highs, taken[each.id], each.turns_for(client, feature), seen) for each in having]
            decided = highs.addVariable(lb=0, ub=1)
            highs.addConstr(decided <= highs.qsum(ways))
            highs.addConstr(whole <= decided)
            gains.append(FEATURE * decided)
            parts[PARTS.get(feature, "")] += [taken[each.id] for each in having]
        for part, played in parts.items():
            in_own_form = highs.addVariable(lb=0, ub=1)
            highs.addConstr(in_own_form <= highs.qsum(played))
            gains.append((OWN_PART if part else 0.0) * in_own_form)
        highs.addConstr(own <= highs.qsum([one for each in parts.values() for one in each]))
        gains += [WHOLE * whole, OWN_CLIENT * own]
    gains += [TIE * worth.get(scenario_of(name), 0) * each for name, each in taken.items()]
    costs = [calls_of([scenario_of(name)]) * each for name, each in taken.items()]
    highs.addConstr(highs.qsum(costs) <= calls)
    highs.maximize(highs.qsum(gains))
    return [scenario_of(name) for name, each in taken.items() if highs.val(each) > 0.5]


def _decided(highs: Any, played: Any, turns: Iterable[DialogueTurn], seen: Mapping[str, Any]) -> Any:
    """A dialogue is played, or all its kinds are seen; one of refusals alone has none."""
    decided, kinds = highs.addVariable(lb=0, ub=1), _kinds(turns)
    for kind in kinds:
        highs.addConstr(decided <= played + seen[kind])
    if not kinds:
        highs.addConstr(decided <= played)
    return decided


def _dialogues_by_feature() -> Mapping[str, Mapping[str, list[Dialogue]]]:
    """Of the clients of which it was measured what they need: nothing is said of others."""
    found: dict[str, dict[str, list[Dialogue]]] = defaultdict(lambda: defaultdict(list))
    for each in dialogues().values():
        for client in sorted(each.clients.keys() & all_needs()):
            for feature in each.clients[client]:
                found[client][feature].append(each)
    return found


@cache
def _all_kinds() -> list[str]:
    return sorted({kind for each in dialogues().values() for kind in _kinds(each.turns)})


def _kinds(turns: Iterable[DialogueTurn]) -> list[str]:
    """The kinds of the turns that are answered, in an order: of choices as good, the same is found each time."""
    return sorted({kind for each in turns for kind in each.kinds(contract().edition)})
