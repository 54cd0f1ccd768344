"""`antiphon nightly`."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from antiphon.cli.options.common import FILE, edition_of, edition_option, target_of, target_options
from antiphon.cli.options.discovery import completed_target
from antiphon.cli.options.extent import ExtentOptions, extent_options
from antiphon.cli.options.output import output_options
from antiphon.contract.depth import Depth
from antiphon.errors import Exit
from antiphon.report.output import Output


@click.command("nightly")
@target_options
@edition_option
@click.option(
    "--history", type=FILE, default=Path("antiphon-history"), show_default=True, metavar="DIR", help="Earlier results."
)
@click.option("--confirm", is_flag=True, help="Run again where something changed; alert on what both runs show.")
@click.option("--sdk", is_flag=True, help="Also compare the contract with the installed openai package.")
@click.option("--openapi", type=FILE, metavar="FILE", help="Also compare the contract with an OpenAPI document.")
@click.option("--fault", "faults", multiple=True, metavar="NAME", help="A fault of the reference server.")
@click.option("--report-dir", type=FILE, metavar="DIR", help="Where results go. [default: antiphon-report]")
@extent_options
@output_options
def command(
    history: Path, confirm: bool, sdk: bool, openapi: Path | None,
    faults: tuple[str, ...], report_dir: Path | None, edition: str | None, base_url: str | None,
    target_name: str | None, config_file: Path | None, insecure: bool, wanted: ExtentOptions,
    output: Output, **given: Any,
) -> int:  # fmt: skip
    """Run within a budget, and write one page: what changed since the last run, who changed it, since when.

    The depth is standard unless one is named. What --max-calls and its like bound is the whole night. The history is a
    folder of results; the page is nightly.md and nightly.html in the report folder.
    """
    from antiphon.exercise.stop import Stop
    from antiphon.nightly.night import NightOptions, NightRun
    from antiphon.nightly.page import as_json, as_text
    from antiphon.pytest_plugin.suite_runner import collect
    from antiphon.report import estimate_text, terminal
    from antiphon.run.estimate import estimate
    from antiphon.run.interruption import Interruption
    from antiphon.run.live import live_line
    from antiphon.run.options import RunOptions

    target, config = target_of(base_url, target_name, config_file, insecure, **given)
    if target and not wanted.dry_run:
        target = completed_target(target, quiet=output.as_json)
    extent = wanted.extent(config.run)
    folder = report_dir or Path(str(config.run.get("report_dir", "antiphon-report")))
    plan = RunOptions(
        target=target,
        edition=edition_of(edition, target, config),
        folder=folder,
        depth=extent.depth or Depth.STANDARD,  # whatever it costs: one night is compared with another
        profile=extent.profile,
        bounds=extent.bounds,
        repeat=extent.repeat,
        properties=extent.properties,
        faults=faults,
    )
    if wanted.dry_run:
        for line in estimate_text.as_text(estimate(plan, collect(plan))):
            click.echo(line)
        return Exit.HOLDS
    interruption = Interruption(stop := Stop())
    with ExitStack() as stack, interruption.handle_signals():
        asked = NightOptions(plan, history, confirm, sdk, openapi, output.formats)
        page, code, files = NightRun(asked, live_line(stack, output), stop).run()
    if output.as_json:
        click.echo(json.dumps(as_json(page), indent=1))
    screen = terminal.screen(sys.stderr if output.as_json else None)
    for line in [*as_text(page), "", *(f"wrote {path}" for path in files)]:
        screen.print(line, markup=False, highlight=False, soft_wrap=True)
    return interruption.exit_code or code
