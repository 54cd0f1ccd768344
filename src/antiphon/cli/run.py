"""`antiphon run`."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from antiphon.cli.options import FILE, edition_of, edition_option, shard_of, target_of, target_options
from antiphon.errors import ConfigError


@click.command("run")
@target_options
@edition_option
@click.option(
    "--transcript", "transcripts", type=FILE, multiple=True, metavar="FILE", help="Judge a stored run; no network."
)
@click.option("-k", "--select", multiple=True, metavar="ID", help="Only this requirement, or all whose id begins so.")
@click.option("--thorough", is_flag=True, help="Also play what takes many calls.")
@click.option("--shard", default="1/1", metavar="I/N", help="Play only the I-th of N parts.")
@click.option("--fault", "faults", multiple=True, metavar="NAME", help="A fault of the reference server.")
@click.option("--report-dir", type=FILE, metavar="DIR", help="Where results go. [default: antiphon-report]")
def command(
    transcripts: tuple[Path, ...], select: tuple[str, ...], thorough: bool, shard: str, faults: tuple[str, ...],
    report_dir: Path | None, edition: str | None, base_url: str | None, target_name: str | None,
    config_file: Path | None, insecure: bool, **given: str | None,
) -> int:  # fmt: skip
    """Run the suite against a server, and say what is broken, why it matters, and how to repeat it.

    Without --base-url and --target the reference server is started for the run.
    """
    from antiphon.plan import Plan
    from antiphon.reporting import finish, watched
    from antiphon.running import run_suite

    target, config = target_of(base_url, target_name, config_file, insecure, **given)
    if target and transcripts:
        raise ConfigError("--transcript judges a stored run; drop the target, or the transcript.")
    folder = report_dir or Path(str(config.run.get("report_dir", "antiphon-report")))
    plan = Plan(
        target=target,
        edition=edition_of(edition, target, config),
        transcripts=transcripts,
        folder=folder,
        select=select or tuple(config.run.get("select", ())),
        thorough=thorough or bool(config.run.get("thorough")),
        shard=shard_of(shard),
        faults=faults,
    )
    with ExitStack() as stack:
        session = run_suite(plan, None if transcripts else watched(stack))
    return finish(session, folder)
