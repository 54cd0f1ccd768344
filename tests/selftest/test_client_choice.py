"""What known clients send, as far as a standard run plays it: within its calls, it decides the most features."""

from __future__ import annotations

from antiphon.clients.dialogue import dialogues
from antiphon.clients.needs import all_needs
from antiphon.clients.sightings import is_dialogue
from antiphon.contract.depth import Depth
from antiphon.exercise.depth import scenario_order
from antiphon.selftest.client_choice import chosen_dialogues
from antiphon.selftest.value import calls_of

SHOWN = frozenset({"create", "create streamed", "create tools forced", "create structured"})


def clients_of(scenarios: list[str]) -> set[str]:
    """The clients whose dialogues they play."""
    chosen = {each.partition("[")[2].removesuffix("]") for each in scenarios}
    return {client for id in chosen for client in dialogues()[id].clients.keys() & all_needs()}


def test_more_calls_play_requests_of_more_clients() -> None:
    few, many = chosen_dialogues(SHOWN, 8, {}), chosen_dialogues(SHOWN, 24, {})

    assert all(map(is_dialogue, many))
    assert calls_of(few) <= 8
    assert calls_of(many) <= 24
    assert len(clients_of(few)) < len(clients_of(many))
    assert chosen_dialogues(SHOWN, 0, {}) == []


def test_a_standard_run_plays_requests_of_many_clients() -> None:
    standard = [name for name, (_, depth) in scenario_order().items() if depth is Depth.STANDARD and is_dialogue(name)]
    core = [name for name, (_, depth) in scenario_order().items() if depth is Depth.CORE and is_dialogue(name)]

    assert 4 * len(clients_of(standard)) > len(all_needs())
    assert core == []
