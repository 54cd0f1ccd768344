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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
from tools.clients.harness import client_ids, read_features, without_places

from antiphon.clients.dialogue import MEASURED, dialogues_of
from antiphon.clients.needs import MOST, read_needs
from antiphon.clients.trait import is_of_kind
from antiphon.contract.paths import spec_dir
from antiphon.server.faults import catalogue

CHOKES = ("FAIL [EXC]", "FAIL [ASSERT]")
LATE = "no end within 25s"
"""Of a case that may only be slow on a busy machine; one that does not end within a minute waits for ever."""
UNSENT = "fetch failed <- SocketError"
"""The client's connection broke before anything was sent, which is no doing of a fault."""
HEADER_ABSENT = re.compile(r"headers\.[\w.-]+\|\|absent")
"""A trait of a header that did not come: a client that hands it on has nothing to hand on, and does all else."""
ORDER = ("text", "stream", "tools", "structured", "continuation", "stored", "background", "reasoning", "websocket",
         "conversations", "compaction", "input-tokens", "models", "errors")  # fmt: skip
"""Features, the most basic first."""


@dataclass(frozen=True)
class Played:
    """One case with one fault on: what the judge finds in its replies, and how it ended."""

    fault: str
    client: str
    case: str
    features: tuple[str, ...]
    traits: frozenset[str]
    chokes: bool
    says: str = ""


def read_played(files: Iterable[Path], examples: Iterable[Path], features: Mapping[str, Sequence[str]]) -> list[Played]:
    """Every case that was played with a fault, with the traits of its replies."""
    ids, traits = client_ids(), _traits(examples)
    found = []
    for path in files:
        for line in path.read_text(encoding="utf-8").splitlines():
            parts = line.split("\t")
            if len(parts) != 5 or parts[0] == "none" or parts[1] not in ids:
                continue
            fault, client, case, said, _ = parts
            seen = traits.get(fault, {}).get(f"{client}: {case}")
            if seen is None or not tells_of_client(said, seen):
                continue
            name = f"{client}: {case}"
            chokes = said.startswith(CHOKES)
            says = without_places(said.split("] ", 1)[1]) if chokes else ""
            found.append(Played(fault, ids[client], case, tuple(features.get(name, ())), seen, chokes, says))
    return found


def tells_of_client(said: str, traits: frozenset[str]) -> bool:
    """How a case ended says something of its client, not of this harness, the machine or what came to be shown."""
    is_ours = said.startswith(("skip", "FAIL [WIRE]")) or LATE in said or UNSENT in said
    only_shown = said.startswith("FAIL [ASSERT]") and bool(traits) and all(map(HEADER_ABSENT.fullmatch, traits))
    return not is_ours and not only_shown


def _traits(files: Iterable[Path]) -> dict[str, dict[str, frozenset[str]]]:
    rows = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["fault"]: {name: frozenset(traits) for name, traits in row["cases"].items()} for row in rows}


def needs_of(played: Iterable[Played]) -> dict[str, Any]:
    """What is written: by client its features, what it needs, and by fault what was wrong in a case and what it did."""
    by_client: dict[str, list[Played]] = defaultdict(list)
    for each in set(map(_blamed, played)):
        by_client[each.client].append(each)
    blamed = [each for own in by_client.values() for each in _without_borne(own)]
    cases = sorted(blamed, key=lambda each: (each.fault, each.case, sorted(each.features), sorted(each.traits)))
    traits = sorted({trait for each in cases for trait in each.traits})
    place = {trait: number for number, trait in enumerate(traits)}
    clients = sorted({each.client for each in cases})
    return {
        "features": list(ORDER), "traits": traits,
        "clients": {client: _client(client, [each for each in cases if each.client == client], place)
                    for client in clients},
    }  # fmt: skip


def _blamed(case: Played) -> Played:
    """A case that choked, with what its fault is made to break alone, where that shows: the rest follows from it.

    Else with what makes the reply one of another kind, where something does.
    """
    own = frozenset(trait for trait in case.traits if trait.partition("|")[0] in broken_by(case.fault))
    of_kind = frozenset(filter(is_of_kind, case.traits))
    return replace(case, traits=own or of_kind or case.traits) if case.chokes else case


def _without_borne(cases: Sequence[Played]) -> list[Played]:
    """Cases of one client; one that choked without what the client bears elsewhere, where anything else is wrong."""
    borne = {trait for each in cases for trait in each.traits if not each.chokes}
    return [replace(each, traits=each.traits - borne or each.traits) if each.chokes else each for each in cases]


def measured_before(value: Mapping[str, Any]) -> list[Played]:
    """What was played for the needs that were written so."""
    return [
        Played(each.fault, client, "", tuple(each.features), each.traits, each.chokes, each.says or "")
        for client, needs in read_needs(value).items()
        for each in needs.cases if UNSENT not in (each.says or "")
    ]  # fmt: skip


def _client(client: str, cases: Sequence[Played], place: Mapping[str, int]) -> dict[str, Any]:
    rows: dict[str, dict[str, list[Any]]] = defaultdict(dict)
    for each in cases:
        if each.traits:
            own = sorted(ORDER.index(feature) for feature in each.features if feature in ORDER)
            seen = sorted(place[trait] for trait in each.traits)
            row = [own, seen, each.says[:120] if each.chokes else None]
            rows[each.fault].setdefault(json.dumps([own, seen, each.chokes]), row)
    features = sorted({feature for each in dialogues_of(client) for feature in each.clients[client]}, key=_place)
    by_fault = {fault: list(own.values()) for fault, own in rows.items()}
    return {"features": features, "needs": _needs(cases), "cases": by_fault}


def requirements_of(needs: Mapping[str, Any]) -> dict[str, list[str]]:
    """The requirements that each client needs, out of what is written of its needs."""
    return {client: each["needs"] for client, each in needs["clients"].items()}


def _needs(cases: Iterable[Played]) -> list[str]:
    """The requirements on whose breach it choked in most cases, in some manner."""
    tally: dict[tuple[str, ...], list[bool]] = defaultdict(list)
    for each in cases:
        for trait in each.traits:
            if not is_of_kind(trait):
                tally[tuple(trait.split("|")[:3])].append(each.chokes)
    return sorted({manner[0] for manner, ends in tally.items() if sum(ends) >= MOST * len(ends)})


def _place(feature: str) -> int:
    return ORDER.index(feature) if feature in ORDER else len(ORDER)


def broken_by(fault: str) -> frozenset[str]:
    """The requirements that a fault is made to break; what else it breaks follows from them."""
    return catalogue()[fault].breaks if fault in catalogue() else frozenset()


def _as_lines(value: Mapping[str, Any]) -> str:
    """JSON with a line for each trait and each fault of a client, so that a change shows what moved."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace(']],"', ']],\n"').replace('","', '",\n"').replace('"],"', '"],\n"') + "\n"


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
