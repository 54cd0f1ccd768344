"""`antiphon redact`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from antiphon.cli.options.common import FILE
from antiphon.errors import ConfigError


@click.command("redact")
@click.argument("path", type=FILE, metavar="FILE")
@click.option("-o", "--out", type=FILE, metavar="OUT", help="Write there. [default: standard output]")
@click.option(
    "--secret-env", "variables", multiple=True, metavar="VAR", help="A variable whose value is a secret. Repeatable."
)
def command(path: Path, out: Path | None, variables: tuple[str, ...]) -> None:
    """Take keys, cookies, ids of organisations and files in Base64 out of a recording, so that it can be shared.

    FILE is anything that `antiphon judge` reads. What is written is a transcript that gets the same verdicts.
    A secret that does not look like one has to be named with --secret-env; personal words in texts stay.
    """
    from antiphon.recording.redact_files import print_summary, redact

    own = [os.environ.get("OPENAI_API_KEY", "")]
    print_summary(redact(path, out, own + [_value(name) for name in variables]))


def _value(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise ConfigError(f"--secret-env {name}: the environment has no variable {name}; set it to the secret.")
    return value
