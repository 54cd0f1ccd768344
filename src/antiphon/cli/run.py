"""`antiphon run`."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from antiphon.cli.options.common import FILE, edition_of, edition_option, shard_of, target_of, target_options
from antiphon.cli.options.discovery import completed_target
from antiphon.cli.options.extent import ExtentOptions, extent_options
from antiphon.cli.options.gate import GateOptions, gate_options
from antiphon.cli.options.output import output_options
from antiphon.errors import ConfigError, Exit
from antiphon.report.output import Output


@click.command("run")
@target_options
@edition_option
@click.option(
    "--transcript", "transcripts", type=FILE, multiple=True, metavar="FILE", help="Judge a stored run; no network."
)
@click.option("-k", "--select", multiple=True, metavar="ID", help="Only this requirement, or all whose id begins so.")
@click.option("--exclude", multiple=True, metavar="ID", help="Not this requirement, nor those whose id begins so.")
@click.option(
    "--client",
    "clients",
    multiple=True,
    metavar="NAME",
    help="Only this client's requests, and whether it works. Repeatable.",
)
@click.option("--surface", metavar="NAME", help="responses, chat or both. [default: both, where the target has them]")
@click.option("--shard", default="1/1", metavar="I/N", help="Play only the I-th of N parts.")
@click.option("--fault", "faults", multiple=True, metavar="NAME", help="A fault of the reference server.")
@click.option("--report-dir", type=FILE, metavar="DIR", help="Where results go. [default: antiphon-report]")
@extent_options
@gate_options
@output_options
def command(
    transcripts: tuple[Path, ...], select: tuple[str, ...], exclude: tuple[str, ...], clients: tuple[str, ...],
    surface: str | None, shard: str, faults: tuple[str, ...], report_dir: Path | None, edition: str | None,
    base_url: str | None, target_name: str | None, config_file: Path | None, insecure: bool,
    wanted: ExtentOptions, asked: GateOptions, output: Output, **given: Any,
) -> int:  # fmt: skip
    """Run the suite against a server, and say what is broken, why it matters, and how to repeat it.

    ADDRESS is that of the server, such as http://127.0.0.1:8000: its /v1, a model that it lists, and whether it wants
    the key of the environment are found out. Without an address the reference server is started for the run.
    """
    from antiphon.contract.load import contract
    from antiphon.exercise.stop import Stop
    from antiphon.pytest_plugin.suite_runner import collect, edition_of_run, run_suite
    from antiphon.report.estimate_text import as_text
    from antiphon.run.depth_choice import choose_depth
    from antiphon.run.estimate import estimate
    from antiphon.run.interruption import Interruption
    from antiphon.run.live import finish, live_line
    from antiphon.run.options import RunOptions, check_selection

    target, config = target_of(base_url, target_name, config_file, insecure, **given)
    if target and transcripts:
        raise ConfigError("--transcript judges a stored run; drop the target, or the transcript.")
    extent = wanted.extent(config.run, generates=not (target or faults or select or clients))
    choice = choose_depth(extent.depth, target, extent.bounds)
    folder = report_dir or Path(str(config.run.get("report_dir", "antiphon-report")))
    plan = RunOptions(
        target=target,
        edition=edition_of(edition or (edition_of_run(transcripts) if transcripts else None), target, config),
        transcripts=transcripts,
        folder=folder,
        select=select or tuple(config.run.get("select", ())),
        exclude=exclude or tuple(config.run.get("exclude", ())),
        clients=clients,
        surface=surface or "both",
        depth=choice.depth,
        profile=extent.profile,
        bounds=choice.bounds,
        repeat=extent.repeat,
        properties=extent.properties,
        shard=shard_of(shard),
        faults=faults,
    )
    check_selection(plan, contract(plan.edition))
    policy = replace(asked.policy(plan.edition, config.run), clients=clients)
    if wanted.dry_run:
        cost = estimate(plan, collect(plan))
        lines = filter(None, [choice.sentence, *as_text(cost)])
        click.echo(json.dumps(cost, indent=1) if output.as_json else "\n".join(lines))
        return Exit.HOLDS
    if target:
        plan = replace(plan, target=completed_target(target, quiet=output.as_json))
    if choice.sentence and not transcripts:
        click.echo(choice.sentence, err=output.as_json)
    interruption = Interruption(stop := Stop())
    with ExitStack() as stack, interruption.handle_signals():
        session = run_suite(plan, None if transcripts else live_line(stack, output), stop=stop)
    code = finish(session, folder, policy, output)
    return interruption.exit_code or code
