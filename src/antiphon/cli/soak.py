"""`antiphon soak`."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from antiphon.cli.options.common import FILE, edition_of, edition_option, target_of, target_options
from antiphon.cli.options.discovery import completed_target
from antiphon.errors import ConfigError

USERS, SECONDS, MOST_CALLS = "1,10,100", 30, 100_000


@click.command("soak")
@target_options
@edition_option
@click.option("--users", default=USERS, show_default=True, metavar="N,N,…", help="Users at once, step by step.")
@click.option("--duration", type=float, default=SECONDS, show_default=True, metavar="SECONDS", help="Of each step.")
@click.option(
    "--max-calls", type=int, default=MOST_CALLS, show_default=True, metavar="N", help="Stop before more calls are made."
)
@click.option("--max-time", type=float, metavar="SECONDS", help="End after so long in all.")
@click.option("--fault", "faults", multiple=True, metavar="NAME", help="A fault of the reference server.")
@click.option("--report-dir", type=FILE, metavar="DIR", help="Where results go. [default: antiphon-report]")
@click.option("--json", "as_json", is_flag=True, help="The result on standard output, as JSON.")
@click.option("--locustfile", "names_locustfile", is_flag=True, help="Print the file for `locust -f`, and end.")
def command(
    users: str, duration: float, max_calls: int, max_time: float | None, faults: tuple[str, ...],
    report_dir: Path | None, as_json: bool, names_locustfile: bool, edition: str | None,
    base_url: str | None, target_name: str | None, config_file: Path | None, insecure: bool, **given: Any,
) -> int:  # fmt: skip
    """Find out which promises break at which number of users.

    Users create, stream, chain, cancel and read without a pause, step by step more of them, and every reply is judged.
    Without an address the reference server is started. Users take the place of --concurrency.
    """
    from antiphon.exercise.event_loop import run
    from antiphon.report.terminal import screen
    from antiphon.run.options import check_faults
    from antiphon.run.reference_target import reach, reference
    from antiphon.soak.result import exit_code
    from antiphon.soak.settings import SoakSettings, steps_of
    from antiphon.soak.start import locustfile, play, require_folder, require_locust, written_files
    from antiphon.soak.text import print_soak

    if names_locustfile:
        click.echo(locustfile())
        return 0
    require_locust()
    if given.get("concurrency"):
        raise ConfigError("--concurrency has no meaning here: --users says how many calls are made at once.")
    steps = steps_of(users)
    target, config = target_of(base_url, target_name, config_file, insecure, **given)
    if target and faults:
        raise ConfigError("--fault is for the reference server; drop it, or the address.")
    check_faults(faults)
    target = completed_target(target, quiet=as_json) if target else None
    with ExitStack() as stack:
        chosen = edition_of(edition, target, config)
        target = target or stack.enter_context(reference(faults, chosen))
        folder = report_dir or Path(str(config.run.get("report_dir", "antiphon-report")))
        settings = SoakSettings(target, steps, duration, chosen, max_calls, max_time, folder, is_child=True)
        require_folder(folder)
        run(reach, target)
        result, signalled = play(settings, _tell_step)
    if result["failure"]:
        raise ConfigError(result["failure"])
    if as_json:
        click.echo(json.dumps(result, indent=1))
    print_soak(screen(sys.stderr if as_json else None), result, written_files(folder))
    return signalled or exit_code(result)


def _tell_step(users: int, step: int, steps: int) -> None:
    """Say which step begins."""
    click.echo(f"step {step} of {steps}: {users} user{'s' if users > 1 else ''}", err=True)
