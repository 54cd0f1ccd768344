"""How right the verdicts on clients are for faults that were left out when needs were derived.

    python -m tools.clients.confusion [--seed 1 --seed 2] [--left-out 60] [--grid kept]  # of spec/clients/measured
    python -m tools.clients.confusion PLAYED... --examples FILE --features FILE ...      # of what was just played

For each of the faults left out and each client whose cases see it: what the needs of the other faults expect, and
whether a case of the client did fail with it. Left out are faults of the catalogue. Mutations are no such faults, and
are kept, as they are for a server whose fault nobody saw; `--grid without-twins` leaves out those, too, that show the
very traits of the fault in some case, and `--grid none` all of them.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import click
from tools.clients.blame import Played
from tools.clients.derive import measured_before, needs_of, read_played
from tools.clients.harness import read_features

from antiphon.clients.dialogue import MEASURED
from antiphon.clients.mutation import is_mutation
from antiphon.clients.needs import ClientNeeds, Effect, read_needs
from antiphon.contract.paths import spec_dir

WORDS = {True: "works", False: "does not", None: "not said"}
KEPT, WITHOUT_TWINS, NONE = "kept", "without-twins", "none"
Table = Counter[tuple[bool | None, bool]]


def said(needs: ClientNeeds, cases: Iterable[Played]) -> bool | None:
    """The verdict on a client from the replies to its cases."""
    effects = {needs.of(feature, each.traits).effect for each in cases for feature in each.features or ("text",)}
    return False if Effect.CHOKES in effects else None if Effect.UNKNOWN in effects else True


def confusion(played: Sequence[Played], left_out: frozenset[str], grid: str = KEPT) -> Table:
    """Pairs of a fault left out and a client that sees it, by what is said and what is so."""
    known = [each for each in played if each.fault not in left_out and (grid != NONE or not is_mutation(each.fault))]
    twins = twins_of(played, left_out) if grid == WITHOUT_TWINS else dict.fromkeys(left_out, frozenset[str]())
    table: Table = Counter()
    for without in set(twins.values()):
        needs = read_needs(needs_of(each for each in known if each.fault not in without))
        table += _table(played, {fault for fault, own in twins.items() if own == without}, needs)
    return table


def _table(played: Iterable[Played], left_out: Collection[str], needs: Mapping[str, ClientNeeds]) -> Table:
    pairs: Mapping[tuple[str, str], list[Played]] = defaultdict(list)
    for each in played:
        if each.fault in left_out and each.traits and each.client in needs:
            pairs[each.fault, each.client].append(each)
    return Counter(
        (said(needs[client], cases), not any(each.chokes for each in cases)) for (_, client), cases in pairs.items()
    )


def twins_of(played: Iterable[Played], faults: Collection[str]) -> dict[str, frozenset[str]]:
    """By fault, the mutations that show in a case of whatever client the very traits that the fault shows in one."""
    seen: dict[frozenset[str], set[str]] = defaultdict(set)
    for each in played:
        seen[each.traits].add(each.fault)
    found: dict[str, frozenset[str]] = dict.fromkeys(faults, frozenset())
    for names in seen.values():
        mutations = frozenset(filter(is_mutation, names))
        for fault in names.intersection(found):
            found[fault] |= mutations
    return found


def measured() -> list[Played]:
    """Every case of spec/clients/measured/needs.json."""
    text = (spec_dir() / MEASURED / "needs.json").read_text(encoding="utf-8")
    return measured_before(json.loads(text))


def chosen_faults(played: Iterable[Played], seed: int, count: int) -> frozenset[str]:
    """Faults of the catalogue that a seed chooses to be left out."""
    faults = sorted({each.fault for each in played if not is_mutation(each.fault)})
    random.Random(seed).shuffle(faults)
    return frozenset(faults[:count])


def summary(table: Table) -> str:
    """How many are decided, and how many of these right."""
    decided = sum(count for (word, _), count in table.items() if word is not None)
    right = table[True, True] + table[False, False]
    return f"{decided / table.total():.1%} decided, {right / decided:.1%} of these right"


@click.command()
@click.argument("played", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--examples", multiple=True, type=click.Path(path_type=Path, exists=True))
@click.option("--features", type=click.Path(path_type=Path, exists=True))
@click.option("--seed", "seeds", multiple=True, default=(1,), show_default=True, type=int)
@click.option("--left-out", default=60, show_default=True, help="So many faults are left out.")
@click.option("--grid", default=KEPT, type=click.Choice((KEPT, WITHOUT_TWINS, NONE)), show_default=True)
def main(
    played: tuple[Path, ...],
    examples: tuple[Path, ...],
    features: Path | None,
    seeds: tuple[int, ...],
    left_out: int,
    grid: str,
) -> None:
    """Print the confusion table."""
    cases = read_played(played, examples, read_features(features)) if features else measured()
    table: Table = Counter()
    for seed in seeds:
        own = confusion(cases, chosen_faults(cases, seed, left_out), grid)
        table += own
        if len(seeds) > 1:
            click.echo(f"seed {seed}: {own.total()} verdicts, {summary(own)}")
    click.echo(f"{'said':<12}{'it works':>12}{'it does not':>14}")
    for word in (True, False, None):
        click.echo(f"{WORDS[word]:<12}{table[word, True]:>12}{table[word, False]:>14}")
    click.echo(f"{table.total()} verdicts on {left_out} faults left out, mutations: {grid}")
    click.echo(summary(table))


if __name__ == "__main__":
    main()
