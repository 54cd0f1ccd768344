"""`antiphon selftest`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from antiphon.cli.options import edition_option
from antiphon.errors import Exit

if TYPE_CHECKING:
    from antiphon.selftest import Proof


@click.command("selftest")
@click.option("--fault", "names", multiple=True, metavar="NAME", help="Only this fault.")
@click.option(
    "--workers", default=6, show_default=True, type=click.IntRange(1, 64), help="Processes that share the work."
)
@click.option("--record", is_flag=True, help="Write what each fault hides into spec/faults.yaml.")
@edition_option
def command(names: tuple[str, ...], workers: int, record: bool, edition: str | None) -> int:
    """Run the suite against every fault of the reference server, and compare the verdicts with those without it."""
    from antiphon import selftest
    from antiphon.contract.load import DEFAULT_EDITION
    from antiphon.plan import check_faults

    check_faults(names)
    try:
        proofs = selftest.prove(names or None, edition or DEFAULT_EDITION, workers, _show)
    except selftest.NotRight as reason:
        click.echo(str(reason), err=True)
        return Exit.BROKEN
    if record:
        selftest.record(proofs)
    missed = sum(1 for proof in proofs if proof.missed)
    wide = sum(1 for proof in proofs if not proof.holds and not proof.missed)
    caught = len(proofs) - missed
    named = {each for proof in proofs for each in proof.breaks & proof.broken}
    click.echo(
        f"{len(proofs)} faults: {caught} caught, {missed} missed, {wide} caught with others. "
        f"{len(named)} requirements are proven. Mutation score {100 * caught / max(1, len(proofs)):.1f} %."
    )
    return Exit.HOLDS if all(proof.holds for proof in proofs) else Exit.BROKEN


def _show(proof: Proof) -> None:
    if proof.holds:
        click.echo(f"caught  {proof.fault}: {', '.join(sorted(proof.breaks))}")
        return
    click.echo(f"MISSED  {proof.fault}" if proof.missed else f"WIDE    {proof.fault}")
    for title, ids in (("not broken", proof.missed), ("broken besides", proof.collateral)):
        for each in sorted(ids):
            click.echo(f"        {title}: {each}")
    for each in sorted(proof.unforeseen):
        before, after = proof.changed[each]
        click.echo(f"        changed: {each} {before} → {after}")
