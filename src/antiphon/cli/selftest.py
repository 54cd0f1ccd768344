"""`antiphon selftest`."""

from __future__ import annotations

import click

from antiphon.cli.options import edition_option
from antiphon.errors import Exit


@click.command("selftest")
@click.option("--fault", "names", multiple=True, metavar="NAME", help="Only this fault.")
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes that share the work."
)
@edition_option
def command(names: tuple[str, ...], workers: int, edition: str | None) -> int:
    """Run the suite against every fault of the reference server, and compare the verdicts with those without it."""
    from antiphon.contract.load import DEFAULT_EDITION
    from antiphon.selftest import prove
    from antiphon.session import check_faults

    check_faults(names)
    proofs = prove(names or None, edition or DEFAULT_EDITION, workers)
    for proof in proofs:
        if proof.holds:
            click.echo(f"caught  {proof.fault}: {', '.join(sorted(proof.breaks))}")
            continue
        click.echo(f"MISSED  {proof.fault}" if proof.missed else f"WIDE    {proof.fault}")
        for title, ids in (("not broken", proof.missed), ("broken besides", proof.collateral)):
            for each in sorted(ids):
                click.echo(f"        {title}: {each}")
        for each, (before, after) in sorted(proof.changed.items()):
            if each not in proof.implies:
                click.echo(f"        changed: {each} {before} → {after}")
    caught = sum(1 for proof in proofs if not proof.missed)
    wide = sum(1 for proof in proofs if not proof.holds and not proof.missed)
    click.echo(f"{len(proofs)} faults: {caught} caught, {len(proofs) - caught} missed, {wide} caught with others.")
    return Exit.HOLDS if all(proof.holds for proof in proofs) else Exit.BROKEN
