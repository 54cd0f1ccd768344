"""Needs of clients out of what was played: `python -m tools.clients.derive PLAYED... --examples EXAMPLES...`.

PLAYED are the files that the harness wrote: fault, client, case, line, seconds. EXAMPLES tell what the judge finds in
the replies that a case gets from a fault, as `tools.clients.examples` writes them. Where a fault shows in a case and
the case ends as without it, the client bears what is wrong there; where it raises, or loses or changes something, it
chokes on something of it.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from tools.clients.blame import Played, suspects
from tools.clients.harness import client_ids, read_features, without_places

from antiphon.clients.dialogue import MEASURED, dialogues_of
from antiphon.clients.needs import MOST, read_needs
from antiphon.clients.trait import is_of_kind, without_event
from antiphon.contract.paths import spec_dir

CHOKES = ("FAIL [EXC]", "FAIL [ASSERT]")
LATE = re.compile(r"no end within (\d+)s")
"""Of a case that may only be slow on a busy machine."""
FOR_EVER, TIMES = 60, 15
"""Seconds, or times of what it takes without a fault, after which a case that has not ended waits for ever."""
LEAST_TIME = 0.5
"""Seconds that any case takes at least, as far as that goes."""
UNSENT = ("fetch failed <- SocketError", "Event loop is closed")
"""The client's connection, or what it runs in, broke before anything was sent, which is no doing of a fault."""
HEADER_ABSENT = re.compile(r"headers\.[\w.-]+\|\|absent")
"""A trait of a header that did not come: a client that hands it on has nothing to hand on, and does all else."""
MOST_SAID = 120
"""Characters that are written of what a client said."""
ORDER = ("text", "stream", "tools", "structured", "continuation", "stored", "background", "reasoning", "websocket",
         "conversations", "compaction", "input-tokens", "models", "errors")  # fmt: skip
"""Features, the most basic first."""


def read_played(files: Iterable[Path], examples: Iterable[Path], features: Mapping[str, Sequence[str]]) -> list[Played]:
    """Every case that was played with a fault, with the traits of its replies."""
    ids, traits = client_ids(), _traits(examples)
    lines = (line for path in files for line in path.read_text(encoding="utf-8").splitlines())
    rows = [parts for line in lines if len(parts := line.split("\t")) == 5 and parts[1] in ids]
    usual = {(client, case): float(seconds) for fault, client, case, _, seconds in rows if fault == "none"}
    found = []
    for fault, client, case, said, _ in rows:
        name = f"{client}: {case}"
        seen = traits.get(fault, {}).get(name)
        if seen is None or not tells_of_client(said, seen, usual.get((client, case))):
            continue
        chokes = said.startswith(CHOKES)
        says = without_places(said.split("] ", 1)[1]) if chokes else ""
        found.append(Played(fault, ids[client], case, tuple(features.get(name, ())), seen, chokes, says))
    return found


def tells_of_client(said: str, traits: frozenset[str], usual: float | None = None) -> bool:
    """How a case ended says something of its client, not of this harness, the machine or what came to be shown."""
    late = LATE.search(said)
    patience = FOR_EVER if usual is None else min(FOR_EVER, TIMES * max(usual, LEAST_TIME))
    is_late = late is not None and int(late[1]) < patience
    is_ours = said.startswith(("skip", "FAIL [WIRE]")) or is_late or any(each in said for each in UNSENT)
    only_shown = said.startswith("FAIL [ASSERT]") and bool(traits) and all(map(HEADER_ABSENT.fullmatch, traits))
    return not is_ours and not only_shown


def _traits(files: Iterable[Path]) -> dict[str, dict[str, frozenset[str]]]:
    found: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for row in (json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()):
        found[row["fault"]] |= {name: frozenset(traits) for name, traits in row["cases"].items()}
    return found


def needs_of(played: Iterable[Played]) -> dict[str, Any]:
    """What is written: by client its features and what it needs, and by fault each case, as places in lists.

    A case is its client, the features, the traits of its replies, and where it choked what it said and the suspects.
    """
    by_client: dict[str, set[Played]] = defaultdict(set)
    for each in played:
        if each.traits:
            by_client[each.client].add(replace(each, case="", says=each.says[:MOST_SAID]))
    clients = sorted(by_client)
    blamed = {client: suspects(sorted(by_client[client], key=_order)) for client in clients}
    cases = sorted((each for own in by_client.values() for each in own), key=_order)
    lists = {name: _Places() for name in ("traits", "sets", "uses", "says")}
    rows: dict[str, list[list[int]]] = defaultdict(list)
    for trait in sorted({trait for each in cases for trait in each.traits}):
        lists["traits"].place(trait)
    for each in cases:
        row = [clients.index(each.client), lists["uses"].place(_use(each)), _set(lists, each.traits)]
        end = [lists["says"].place(each.says), _set(lists, blamed[each.client][each])] if each.chokes else []
        if [*row, *end] not in rows[each.fault]:
            rows[each.fault].append([*row, *end])
    return {
        "features": list(ORDER), **{name: list(each) for name, each in lists.items()},
        "clients": {client: _client(client, by_client[client], blamed[client]) for client in clients}, "cases": rows,
    }  # fmt: skip


class _Places(dict[Any, int]):
    """Values, each once, with its place."""

    def place(self, value: Any) -> int:
        return self.setdefault(value, len(self))


def _set(lists: Mapping[str, _Places], traits: Iterable[str]) -> int:
    return lists["sets"].place(tuple(sorted(lists["traits"].place(trait) for trait in traits)))


def _use(case: Played) -> tuple[int, ...]:
    return tuple(sorted(ORDER.index(feature) for feature in case.features if feature in ORDER))


def _order(case: Played) -> tuple[Any, ...]:
    return case.fault, case.client, case.chokes, case.features, sorted(case.traits), case.says


def measured_before(value: Mapping[str, Any]) -> list[Played]:
    """What was played for the needs that were written so."""
    return [
        Played(each.fault, client, "", tuple(each.features), each.traits, each.chokes, each.says or "")
        for client, needs in read_needs(value).items()
        for each in needs.cases if not any(unsent in (each.says or "") for unsent in UNSENT)
    ]  # fmt: skip


def _client(client: str, cases: Iterable[Played], blamed: Mapping[Played, frozenset[str]]) -> dict[str, Any]:
    features = sorted({feature for each in dialogues_of(client) for feature in each.clients[client]}, key=_place)
    return {"features": features, "needs": _needs(cases, blamed)}


def requirements_of(needs: Mapping[str, Any]) -> dict[str, list[str]]:
    """The requirements that each client needs, out of what is written of its needs."""
    return {client: each["needs"] for client, each in needs["clients"].items()}


def _needs(cases: Iterable[Played], blamed: Mapping[Played, frozenset[str]]) -> list[str]:
    """The requirements on whose breach it choked in most cases, in some manner, where that alone is suspected."""
    tally: dict[str, list[bool]] = defaultdict(list)
    for each in cases:
        names = set(map(without_event, blamed.get(each, each.traits)))
        for name in names if len(names) == 1 or not each.chokes else ():
            if not is_of_kind(name):
                tally[name].append(each.chokes)
    return sorted({manner.partition("|")[0] for manner, ends in tally.items() if sum(ends) >= MOST * len(ends)})


def _place(feature: str) -> int:
    return ORDER.index(feature) if feature in ORDER else len(ORDER)


def _as_lines(value: Mapping[str, Any]) -> str:
    """JSON with a line for each member of a list and each fault, so that a change shows what moved."""
    return "{" + ",\n".join(f"{_dump(name)}:{_spread(each)}" for name, each in value.items()) + "}\n"


def _spread(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",\n".join(f"{_dump(name)}:{_dump(each)}" for name, each in value.items()) + "}"
    return "[" + ",\n".join(map(_dump, value)) + "]" if isinstance(value, list) else _dump(value)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@click.command()
@click.argument("played", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--examples", multiple=True, type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--features", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--add", "adds", is_flag=True, help="Keep what was measured before, but for pairs played anew.")
def main(played: tuple[Path, ...], examples: tuple[Path, ...], features: Path, adds: bool) -> None:
    """Write spec/clients/measured/needs.json, and of it what every start of a command reads, in requirements.json."""
    target = spec_dir() / MEASURED / "needs.json"
    found = read_played(played, examples, read_features(features))
    before = json.loads(target.read_text(encoding="utf-8")) if adds else {}
    anew = {(each.fault, each.client) for each in found}
    found += [each for each in measured_before(before) if (each.fault, each.client) not in anew] if adds else []
    made = {"faults": len({each.fault for each in found}), "pairs": len({(each.fault, each.client) for each in found})}
    made = {name: max(count, before.get(name, 0)) for name, count in made.items()}
    needs = needs_of(found)
    target.write_text(_as_lines({**made, **needs}), encoding="utf-8")
    target.with_name("requirements.json").write_text(_as_lines(requirements_of(needs)), encoding="utf-8")
    print(f"{made['faults']} faults, {made['pairs']} pairs of fault and client, {len(found)} cases")


if __name__ == "__main__":
    main()
