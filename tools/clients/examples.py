"""What is wrong with the replies that each case of each client gets from each fault, in this process.

    python -m tools.clients.examples RECORDING TARGET [FAULT...] --features FEATURES [--shard 1/4]

A line a fault: the cases whose replies differ from those of the right server, each with the traits of its replies. A
case that gets what it gets from the right server is not named: the client cannot tell the fault. Nor is one over a
WebSocket with a fault of HTTP alone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from tools.clients.dialogues import turns_of
from tools.clients.harness import looked_at, read_features
from tools.clients.recording import Call, read_cases
from tools.clients.replay import Replayed, exchanges, fresh_app, replay

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

    async def of(self, fault: str) -> dict[str, list[str]]:
        """The traits of the cases that a fault reaches."""
        cases = {name: calls for name, calls in self._cases.items() if can_reach(fault, calls)}
        played = await asyncio.gather(*(replay(fresh_app(), calls, fault) for calls in cases.values()))
        reached = {
            name: replayed for name, replayed in zip(cases, played, strict=True)
            if _normal(replayed) != self._right[name]
        }  # fmt: skip
        return {name: sorted(map(str, self._traits(self._cases[name], each))) for name, each in reached.items()}

    def _traits(self, calls: Sequence[Call], played: Sequence[Replayed]) -> set[Trait]:
        judge, found = self._judge.another(), set[Trait]()
        turns = iter(turns_of(calls))
        for number, each in enumerate(played):
            found |= set() if each.is_whole or each.call.is_socket else {Trait(CUT)}
            for exchange in exchanges(each, number):
                turn = next(turns, None)
                for requirement, violations in judge.feed(exchange).items():
                    found |= {trait_of(requirement, each, exchange) for each in violations[:MOST_VIOLATIONS]}
                if turn is not None:
                    found |= set(shown_traits(exchange, turn))
        for requirement, entry in judge.finish().entries.items():
            found |= {trait_of(requirement, violation) for violation in entry.places}
        return found


def can_reach(fault: str, calls: Iterable[Call]) -> bool:
    """The case can be played with the fault: the server refuses a socket with one that changes nothing there."""
    return not fault or catalogue()[fault].reaches_sockets or not any(call.is_socket for call in calls)


def _normal(played: Iterable[Replayed]) -> list[Any]:
    names: dict[str, str] = {}
    return [each.normal(names) for each in played]


async def write(cases: Cases, faults: Sequence[str], target: Path) -> None:
    """Write the examples of faults that the file does not have yet."""
    done = {json.loads(line)["fault"] for line in target.read_text().splitlines()} if target.exists() else set()
    examples = Examples(cases)
    await examples.learn()
    with target.open("a", encoding="utf-8") as file:
        for fault in faults:
            if fault not in done:
                file.write(json.dumps({"fault": fault, "cases": await examples.of(fault)}) + "\n")
                file.flush()


@click.command()
@click.argument("recording", type=click.Path(path_type=Path, exists=True))
@click.argument("target", type=click.Path(path_type=Path))
@click.argument("faults", nargs=-1)
@click.option("--features", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--shard", default="1/1", help="Which part of the faults, of how many.")
def main(recording: Path, target: Path, faults: tuple[str, ...], features: Path, shard: str) -> None:
    """Write the examples of all faults, or of those named."""
    part, parts = map(int, shard.split("/"))
    chosen = looked_at(read_features(features))
    cases = {name: calls for name, calls in read_cases(recording).items() if name in chosen}
    asyncio.run(write(cases, (list(faults) or list(catalogue()))[part - 1 :: parts], target))


if __name__ == "__main__":
    main()
