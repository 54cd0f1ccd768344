"""`antiphon init`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from antiphon.cli.options.common import FILE
from antiphon.cli.options.discovery import address_of
from antiphon.errors import ConfigError

ADDRESS, MODEL = "http://127.0.0.1:8000/v1", "my-model"
RESULT = Path("antiphon-report/result.json")


@click.command("init")
@click.argument("address", required=False)
@click.option("--model", metavar="NAME", help="The model that requests name.")
@click.option("--api-key-env", metavar="NAME", help="The variable that holds the key; empty for none.")
@click.option("--yes", is_flag=True, help="Ask nothing: what is not given is as the questions propose it.")
@click.option(
    "--from",
    "source",
    type=FILE,
    metavar="RESULT.json",
    help=f"Expect what is broken in it. [default: {RESULT}, if there]",
)
@click.option("--out", type=FILE, default=Path(), metavar="DIR", help="The repository. [default: where you are]")
@click.option("--force", is_flag=True, help="Write over files that are there.")
def command(
    address: str | None,
    model: str | None,
    api_key_env: str | None,
    yes: bool,
    source: Path | None,
    out: Path,
    force: bool,
) -> None:
    """Write antiphon.toml, a workflow for GitHub and a baseline, so that a repository judges its server.

    It asks for the address, the model and the variable of the key, where they are not given, and calls no server.
    """
    from antiphon.report.files import load_result, write_atomically
    from antiphon.starter.files import BASELINE, CONFIG, WORKFLOW, ServerAnswers, starter_files

    present = [name for name in (CONFIG, WORKFLOW, BASELINE) if (out / name).exists()]
    if present and not force:
        raise ConfigError(f"{', '.join(str(out / each) for each in present)}: there already; --force writes over it.")
    base_url = address_of(_answer(address, "Address of the server", ADDRESS, yes), None, None) or ADDRESS
    model = _answer(model, "Model that requests name", MODEL, yes)
    variable = _answer(api_key_env, "Environment variable with the key, empty for none", "", yes)
    server = ServerAnswers(_with_path(base_url), model, variable)
    source = source or (RESULT if RESULT.is_file() else None)
    for name, text in starter_files(server, load_result(source) if source else None).items():
        write_atomically(out / name, text)
        click.echo(f"wrote {out / name}")
    start = f"2. In {WORKFLOW}, put the command that starts your server, and the place of Antiphon for OWNER."
    click.echo("\n".join(["", "What to do next:", "1. antiphon doctor && antiphon run", start, _expect(source)]))


def _answer(given: str | None, question: str, proposal: str, yes: bool) -> str:
    if given is not None or yes:
        return proposal if given is None else given
    try:
        return str(click.prompt(question, default=proposal, show_default=bool(proposal))).strip()
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo(err=True)
        told = "There is no terminal to ask on; give the address, --model and --api-key-env, or --yes."
        raise ConfigError(told) from None


def _with_path(base_url: str) -> str:
    """The address with the path that almost all servers have."""
    base_url = base_url.rstrip("/")
    return f"{base_url}/v1" if base_url.count("/") == 2 else base_url


def _expect(source: Path | None) -> str:
    words = "antiphon baseline antiphon-report/result.json -o antiphon-baseline.yaml"
    return (
        f"3. The baseline expects what is broken in {source}."
        if source
        else f"3. If something is broken that is to wait: {words}"
    )
