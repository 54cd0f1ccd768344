"""`antiphon doctor`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import anyio
import click

from antiphon.cli.options.common import target_of, target_options
from antiphon.cli.options.discovery import completed_target
from antiphon.errors import ConfigError


@click.command("doctor")
@target_options
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--free", is_flag=True, help="Make no call that a model answers.")
def command(
    free: bool,
    as_json: bool,
    base_url: str | None,
    target_name: str | None,
    config_file: Path | None,
    insecure: bool,
    **given: Any,
) -> int:
    """Find out what a server has, declines and ignores, and what a run of it will take.

    For nothing: address, key, route and model, what is not configured, and what a run will cost. Then with some 35
    small calls: each form of input and each capability, and how many calls at once the server bears.
    """
    from antiphon.doctor.examination import Examination

    target, _ = target_of(base_url, target_name, config_file, insecure, **given)
    if target is None:
        raise ConfigError("Nothing to look at: give an address or --target.")
    target = completed_target(target, quiet=as_json)
    examination = Examination(target, (lambda line: None) if as_json else click.echo, wraps=sys.stdout.isatty())
    examination.look_at_settings()
    try:
        code = anyio.run(examination.examine, free)
    finally:
        if as_json:
            click.echo(json.dumps(examination.rows, indent=1, ensure_ascii=False))
    return code
