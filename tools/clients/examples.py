"""What is wrong with the replies that each case of each client gets from each fault, in this process.

    python -m tools.clients.examples RECORDING TARGET [FAULT...] --features FEATURES [--shard 1/4] [--grid]

With --grid, for each mutation of what was recorded in place of faults: in a few cases of each client that get what is
changed, as `tools.clients.mutation_cases` chooses them.

A line a fault: the cases whose replies differ from those of the right server, each with the traits of its replies. A
case that gets what it gets from the right server is not named: the client cannot tell the fault. Nor is one over a
WebSocket with a fault of HTTP alone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from tools.clients.blame import choking
from tools.clients.dialogues import turns_of
from tools.clients.harness import looked_at, read_features
from tools.clients.mutation_cases import few_cases
from tools.clients.mutations import FEWEST_CLIENTS
from tools.clients.recording import Call, read_cases
from tools.clients.replay import Replayed, exchanges, fresh_app, replay

from antiphon.clients.mutation import is_mutation
from antiphon.clients.sightings import MOST_VIOLATIONS, shown_traits
from antiphon.clients.trait import CUT, Trait, trait_of
from antiphon.contract.load import contract
from antiphon.judge.engine import Judge
from antiphon.server.faults import catalogue

Cases = Mapping[str, Sequence[Call]]


class Examples:
    """Replays cases with faults, and says what they get that is wrong."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases
        self._right: dict[str, list[Any]] = {}
        self._judge = Judge(contract())

    async def learn(self) -> None:
        """Learn what the right server answers."""
        for name, calls in self._cases.items():
            self._right[name] = _normal(await replay(fresh_app(), calls, ""))

    async def of(self, fault: str, named: Collection[str] | None = None) -> dict[str, list[str]]:
        """The traits of the cases that a fault reaches, of all or of those that are named."""
        cases = {
            name: calls for name, calls in self._cases.items()
            if can_reach(fault, calls) and (named is None or name in named)
        }  # fmt: skip
        played = await asyncio.gather(*(replay(fresh_app(), calls, fault) for calls in cases.values()))
        reached = {
            name: replayed for name, replayed in zip(cases, played, strict=True)
            if _normal(replayed) != self._right[name]
        }  # fmt: skip
        return {name: sorted(map(str, self._traits(self._cases[name], each))) for name, each in reached.items()}

    def _traits(self, calls: Sequence[Call], played: Sequence[Replayed]) -> set[Trait]:
        judge, found, fed = self._judge.another(), set[Trait](), set[str]()
        turns = iter(turns_of(calls))
        for number, each in enumerate(played):
            found |= set() if each.is_whole or each.call.is_socket else {Trait(CUT)}
            for exchange in exchanges(each, number):
                turn = next(turns, None)
                for requirement, violations in judge.feed(exchange).items():
                    fed.add(requirement)
                    found |= {trait_of(requirement, each, exchange) for each in violations[:MOST_VIOLATIONS]}
                if turn is not None:
                    found |= set(shown_traits(exchange, turn))
        for requirement, entry in judge.finish().entries.items():
            if requirement not in fed:  # it was found between exchanges
                found |= {trait_of(requirement, violation) for violation in entry.places}
        return found


def can_reach(fault: str, calls: Iterable[Call]) -> bool:
    """The case can be played with the fault: the server refuses a socket with one that changes nothing there."""
    changes_sockets = not fault or is_mutation(fault) or catalogue()[fault].reaches_sockets
    return changes_sockets or not any(call.is_socket for call in calls)


def _normal(played: Iterable[Replayed]) -> list[Any]:
    names: dict[str, str] = {}
    return [each.normal(names) for each in played]


async def write(cases: Cases, faults: Mapping[str, Collection[str] | None], target: Path) -> None:
    """Write the examples of faults that the file does not have yet, each in all cases or in those that stand by it."""
    done = {json.loads(line)["fault"] for line in target.read_text().splitlines()} if target.exists() else set()
    examples = Examples(cases)
    await examples.learn()
    with target.open("a", encoding="utf-8") as file:
        for fault, named in faults.items():
            if fault not in done:
                file.write(json.dumps({"fault": fault, "cases": await examples.of(fault, named)}) + "\n")
                file.flush()


@click.command()
@click.argument("recording", type=click.Path(path_type=Path, exists=True))
@click.argument("target", type=click.Path(path_type=Path))
@click.argument("faults", nargs=-1)
@click.option("--features", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--shard", default="1/1", help="Which part of the faults, of how many.")
@click.option("--grid", "has_grid", is_flag=True, help="Mutations in place of the faults of the catalogue.")
def main(recording: Path, target: Path, faults: tuple[str, ...], features: Path, shard: str, *, has_grid: bool) -> None:
    """Write the examples of all faults or mutations, or of those named."""
    part, parts = map(int, shard.split("/"))
    chosen = looked_at(read_features(features))
    cases = {name: calls for name, calls in read_cases(recording).items() if name in chosen}
    known = few_cases(cases, choking(FEWEST_CLIENTS)) if has_grid else dict.fromkeys(catalogue())
    names = list(faults or known)[part - 1 :: parts]
    asyncio.run(write(cases, {name: known.get(name) for name in names}, target))


if __name__ == "__main__":
    main()
