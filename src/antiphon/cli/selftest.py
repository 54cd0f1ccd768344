"""`antiphon selftest`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from antiphon.cli.options.common import edition_option
from antiphon.errors import ConfigError, Exit

if TYPE_CHECKING:
    from antiphon.selftest.proof import Proof, Score


USUAL_CALLS = 60
"""Calls that are played of each fault at first: with them every fault of today is proven in minutes."""


@click.command("selftest")
@click.option("--fault", "names", multiple=True, metavar="NAME", help="Only this fault.")
@click.option(
    "--workers", default=12, show_default=True, type=click.IntRange(1, 64), help="Processes that share the work."
)
@click.option(
    "--record", is_flag=True, help="Write spec/faults.yaml, and without --fault the order of value, suites/order.json."
)
@click.option("--depth", metavar="NAME", help="Count the faults and reported defects that a run of this depth catches.")
@click.option(
    "--calls",
    metavar="N",
    type=click.IntRange(0),
    help=(
        "Play at most N calls of each fault first, and all that it can reach where they do not show it (default: "
        f"{USUAL_CALLS}, and all with --fault, --record and --depth; 0: all)."
    ),
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document in place of lines.")
@edition_option
def command(
    names: tuple[str, ...],
    workers: int,
    record: bool,
    depth: str | None,
    calls: int | None,
    as_json: bool,
    edition: str | None,
) -> int:
    """Run the suite against every fault of the reference server, and compare the verdicts with those without it.

    A fault that is not caught exactly is looked at again, alone, after the others; that second look counts, and the
    summary names those that it made right.
    """
    from antiphon import __version__
    from antiphon.contract.depth import Depth, parse_depth
    from antiphon.contract.load import DEFAULT_EDITION
    from antiphon.run.options import check_faults
    from antiphon.selftest import prove
    from antiphon.selftest.catch import catch_of
    from antiphon.selftest.choice import load_solver
    from antiphon.selftest.order import record_order
    from antiphon.selftest.proof import score_of

    check_faults(names)
    played = parse_depth(depth or Depth.THOROUGH)
    if record and played is not Depth.THOROUGH:
        raise ConfigError("--record writes what a whole selftest shows; drop --depth.")
    if calls and (record or depth):
        raise ConfigError("--calls leaves out what --record and --depth count; drop one of them.")
    whole = bool(record or depth or names)
    first = calls or (None if whole or calls == 0 else USUAL_CALLS)
    if record and not names:
        load_solver()  # minutes before it is needed
    tell = (lambda proof: None) if as_json or depth else print_proof
    try:
        found = prove.prove(names or None, edition or DEFAULT_EDITION, workers, played, tell, first)
    except prove.ReferenceServerFails as reason:
        click.echo(str(reason), err=True)
        return Exit.BROKEN
    proofs = list(found.proofs.values())
    if depth:
        catch = catch_of(played, proofs)
        click.echo(json.dumps(catch.as_json(), indent=1) if as_json else catch.text())
        return Exit.HOLDS
    if record:
        prove.record_consequences(proofs)
        if not names:
            click.echo(record_order(found).text(), err=as_json)
    score = score_of(proofs, () if names or first else found.tests)
    if as_json:
        rows = [proof.as_json() for proof in sorted(proofs, key=lambda proof: proof.fault)]
        click.echo(json.dumps({"antiphon": __version__, **score.as_json(), "proofs": rows}, indent=1))
    else:
        summarise(score)
    return Exit.HOLDS if all(proof.holds for proof in proofs) else Exit.BROKEN


def print_proof(proof: Proof) -> None:
    """Print the outcome of one fault."""
    start = "again, alone: " if proof.first else ""
    if proof.holds:
        click.echo(f"{start}caught  {proof.fault}: {', '.join(sorted(proof.breaks))}")
        return
    click.echo(f"{start}{proof.outcome.upper():<7} {proof.fault}")
    for title, ids in (("not broken", proof.missed), ("broken besides", proof.collateral)):
        for each in sorted(ids):
            click.echo(f"        {title}: {each}")
    for each in sorted(proof.unforeseen):
        before, after = proof.changed[each]
        click.echo(f"        changed: {each} {before} → {after}")


def summarise(score: Score) -> None:
    """Print the proofs added up, and what is not as it should be."""
    if score.unsteady:
        click.echo(f"unsteady, right only when looked at again: {', '.join(score.unsteady)}")
    for each in score.idle:
        click.echo(f"no fault makes this test fail: {each}")
    click.echo(
        f"{score.faults} faults: {score.caught} caught, {score.missed} missed, {score.wide} caught with others, "
        f"{len(score.unsteady)} unsteady. "
        f"{score.requirements} requirements are proven. Mutation score {score.mutation:.1f} %."
    )
