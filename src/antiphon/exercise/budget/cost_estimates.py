"""Cost estimates of scenarios: `suites/costs.json`, measured with the reference server."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from functools import cache, reduce
from pathlib import Path

from antiphon.contract.paths import suites_dir
from antiphon.errors import SpecError
from antiphon.exercise.budget.costs import CostTotal, RunCosts
from antiphon.exercise.budget.prices import Prices
from antiphon.exercise.budget.tokens import Tokens, count_tokens, estimate_tokens, stores_response
from antiphon.exercise.scenario import Scenario
from antiphon.recording.exchange import INBOUND, Exchange

FILE = "costs.json"
CALL = 50
"""Weight of a call in tokens, when work is split."""


@dataclass(frozen=True)
class Cost:
    """Of one scenario: calls, objects it leaves stored, tokens as measured, and the most that its requests allow."""

    calls: int = 0
    stored: int = 0
    input: int = 0
    output: int = 0
    most_input: int = 0
    most_output: int = 0

    @property
    def tokens(self) -> int:
        """Input and output tokens."""
        return self.input + self.output

    @property
    def most(self) -> Tokens:
        """The tokens that the requests allow at most."""
        return Tokens(self.most_input, self.most_output)

    def plus(self, other: Cost) -> Cost:
        """The sum of two costs."""
        return Cost(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    def calls_with(self, cleaning: bool) -> int:
        """The calls, with those that delete what was stored where that is done."""
        return self.calls + (self.stored if cleaning else 0)

    def price(self, prices: Prices, model: str) -> float:
        """Upper bound of the price."""
        return prices.of(self.most, model)


UNKNOWN = Cost(calls=3, stored=2, input=150, output=200, most_input=300, most_output=1000)
"""Of a scenario that was not measured."""


@cache
def _read_costs(path: Path) -> Mapping[str, Cost]:
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return {name: Cost(**{key: int(number) for key, number in row.items()}) for name, row in table.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SpecError(f"suites/{FILE}: cannot be read ({error}).") from None


def measured_costs() -> Mapping[str, Cost]:
    """The cost of each scenario that was measured."""
    return _read_costs(suites_dir() / FILE)


def cost_of(scenario: Scenario | str) -> Cost:
    """Estimated cost of a scenario."""
    return measured_costs().get(scenario if isinstance(scenario, str) else scenario.name, UNKNOWN)


def total(costs: Iterable[Cost]) -> Cost:
    """Sum of the costs of several scenarios."""
    return reduce(Cost.plus, costs, Cost())


def measure(exchanges: Iterable[Exchange]) -> dict[str, Cost]:
    """Cost of each scenario, from the exchanges of a run."""
    found: dict[str, Cost] = {}
    known: dict[str, int] = {}
    stored: dict[str, str] = {}
    spending = RunCosts(area=lambda each: each.scenario or "")
    for each in exchanges:
        if not each.scenario or INBOUND in each.notes or each.request is None:
            continue
        spending.add(each)
        sent, taken = each.sent, (each.status or 0) < 400
        named = sent.get("previous_response_id") if isinstance(sent, dict) else None
        most = (
            estimate_tokens(each.request, known.get(named, 0) if isinstance(named, str) else 0) if taken else Tokens()
        )
        reply = each.reply
        is_object = isinstance(reply, dict) and isinstance(reply.get("id"), str)  # a refused turn of a socket is none
        leaves = int(stores_response(each.request) and taken and is_object)
        if isinstance(reply, dict) and isinstance(reply.get("id"), str):
            known[reply["id"]] = count_tokens(each).total
            if leaves:
                stored[reply["id"]] = each.scenario
        if each.request.method == "DELETE" and taken and (gone := stored.pop(each.request.path.rpartition("/")[2], "")):
            found[gone] = found[gone].plus(Cost(stored=-1))
        found[each.scenario] = found.get(each.scenario, Cost()).plus(Cost(1, leaves, 0, 0, *most))
    areas = spending.areas
    return {name: each.plus(Cost(0, 0, *areas.get(name, CostTotal()).tokens)) for name, each in found.items()}


def shares(names: Iterable[str], parts: int) -> list[list[str]]:
    """Scenarios split into parts of about equal cost: the most expensive first, each to the cheapest part so far.

    The same names give the same parts, whatever their order.
    """
    weights = {name: weight(name) for name in names}
    loads: list[tuple[int, int, list[str]]] = [(0, number, []) for number in range(parts)]
    for name in sorted(weights, key=lambda each: (-weights[each], each)):
        load, number, share = heapq.heappop(loads)
        share.append(name)
        heapq.heappush(loads, (load + weights[name], number, share))
    return [share for _, _, share in sorted(loads, key=lambda each: each[1])]


def weight(name: str) -> int:
    """Weight of a scenario when work is split."""
    cost = cost_of(name)
    return cost.tokens + CALL * cost.calls


def format_costs(costs: Mapping[str, Cost]) -> str:
    """Costs as they stand in the file, one scenario a line; what is nothing is left out."""
    named = {name: {key: number for key, number in asdict(costs[name]).items() if number} for name in sorted(costs)}
    rows = [f"{json.dumps(name)}: {json.dumps(row)}" for name, row in named.items()]
    return "{\n" + ",\n".join(rows) + "\n}\n"


def longest_first(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """The order in which a run is over soonest."""
    return sorted(scenarios, key=lambda each: (-cost_of(each).calls, each.name))
