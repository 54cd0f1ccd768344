"""Measures what each scenario costs with the reference server, and writes `suites/costs.json`: run it as a script."""

from __future__ import annotations

from collections.abc import Mapping

from antiphon.clients.dialogue import dialogues
from antiphon.contract.depth import Depth
from antiphon.contract.load import edition_ids
from antiphon.contract.paths import suites_dir
from antiphon.exercise.budget.cost_estimates import FILE, Cost, format_costs, measure, measured_costs
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.run.options import RunOptions
from antiphon.selftest.client_choice import scenario_of


def costs() -> Mapping[str, Cost]:
    """The cost of every scenario, in the default edition, or in another where it is played in that one only.

    Of a dialogue of clients that a thorough run leaves out, the cost stays that of a run for its client.
    """
    unplayed = {scenario_of(each) for each in dialogues()}
    found = {name: cost for name, cost in measured_costs().items() if name in unplayed}
    for edition in sorted(edition_ids(), key=lambda each: each != RunOptions().edition):
        session = run_suite(RunOptions(edition=edition, depth=Depth.THOROUGH))
        played = measure(session.exchanges.values())
        found |= {name: cost for name, cost in played.items() if name not in found or name in unplayed}
        unplayed -= played.keys()
    return found


if __name__ == "__main__":
    (suites_dir() / FILE).write_text(format_costs(costs()), encoding="utf-8")
