"""How right the verdicts on clients are for faults that were left out when needs were derived.

    python -m tools.clients.confusion [--seed 1] [--left-out 60]                        # out of spec/clients/measured
    python -m tools.clients.confusion PLAYED... --examples FILE --features FILE ...     # out of what was just played

For each of the faults left out and each client whose cases see it: what the needs of the other faults expect, and
whether a case of the client did fail with it.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click
from tools.clients.derive import Played, measured_before, needs_of, read_played
from tools.clients.harness import read_features

from antiphon.clients.dialogue import MEASURED
from antiphon.clients.needs import ClientNeeds, Effect, read_needs
from antiphon.contract.paths import spec_dir

WORDS = {True: "works", False: "does not", None: "not said"}


def said(needs: ClientNeeds, cases: Iterable[Played]) -> bool | None:
    """The verdict on a client from the replies to its cases."""
    effects = {needs.of(feature, each.traits).effect for each in cases for feature in each.features or ("text",)}
    return False if Effect.CHOKES in effects else None if Effect.UNKNOWN in effects else True


def confusion(played: Sequence[Played], left_out: frozenset[str]) -> Counter[tuple[bool | None, bool]]:
    """Pairs of a fault left out and a client that sees it, by what is said and what is so."""
    needs = read_needs(needs_of(each for each in played if each.fault not in left_out))
    pairs: Mapping[tuple[str, str], list[Played]] = defaultdict(list)
    for each in played:
        if each.fault in left_out:
            pairs[each.fault, each.client].append(each)
    ends = (
        (said(needs[client], cases), not any(each.chokes for each in cases)) for (_, client), cases in pairs.items()
    )  # fmt: skip
    return Counter(ends)


def measured() -> list[Played]:
    """Every case of spec/clients/measured/needs.json."""
    text = (spec_dir() / MEASURED / "needs.json").read_text(encoding="utf-8")
    return measured_before(json.loads(text))


@click.command()
@click.argument("played", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--examples", multiple=True, type=click.Path(path_type=Path, exists=True))
@click.option("--features", type=click.Path(path_type=Path, exists=True))
@click.option("--seed", default=1, show_default=True)
@click.option("--left-out", default=60, show_default=True, help="So many faults are left out.")
def main(played: tuple[Path, ...], examples: tuple[Path, ...], features: Path | None, seed: int, left_out: int) -> None:
    """Print the confusion table."""
    cases = read_played(played, examples, read_features(features)) if features else measured()
    faults = sorted({each.fault for each in cases})
    random.Random(seed).shuffle(faults)
    table = confusion(cases, frozenset(faults[:left_out]))
    click.echo(f"{'said':<12}{'it works':>12}{'it does not':>14}")
    for word in (True, False, None):
        click.echo(f"{WORDS[word]:<12}{table[word, True]:>12}{table[word, False]:>14}")
    decided = sum(count for (word, _), count in table.items() if word is not None)
    right = table[True, True] + table[False, False]
    click.echo(f"{table.total()} verdicts on {left_out} faults left out of {len(faults)}")
    click.echo(f"{decided / table.total():.1%} decided, {right / decided:.1%} of these right")


if __name__ == "__main__":
    main()
