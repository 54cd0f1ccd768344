"""The command line: each command in a module of its own, imported only when it is called."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import click

from antiphon import __version__
from antiphon.cli.epilogs import GROUP_EPILOG, epilog
from antiphon.errors import AntiphonError, Exit

COMMANDS = {
    "init": "Write antiphon.toml, a workflow and a baseline for a repository.",
    "run": "Run the suite against a server; the reference server when none is named.",
    "judge": "Judge recorded traffic: transcripts, HAR, VCR cassettes, JSON Lines, raw event streams.",
    "soak": "Find out which promises break at which number of users at once.",
    "serve": "Start the reference server, right or with faults.",
    "faults": "List the ways in which the reference server can be wrong, and who chokes on them.",
    "report": "Make a compatibility matrix of results.",
    "matrix": "Run against real implementations by their recipes, and publish what is found.",
    "compare": "Show what changed between two results, or between two editions.",
    "baseline": "Write down what is broken now, so that only what breaks newly fails a build.",
    "nightly": "Run within a budget, and report what changed since the last run, and who changed it.",
    "history": "Show the trend in a folder of results.",
    "redact": "Take the secrets out of a recording.",
    "clients": "List the known clients, with the features that were measured of each.",
    "list": "List requirements, editions, profiles, capabilities, clients or faults.",
    "explain": "Say all that is known of a requirement, an event, a parameter or a disagreement.",
    "selftest": "Prove that every fault is caught by the requirements it names, and by no others.",
    "doctor": "Find out whether a target can be judged at all.",
    "proxy": "Pass a client's traffic through, record it, and judge it live.",
    "spec": "Print the contract for other tools.",
    "drift": "Show which source changed: document, SDK, wire, or our contract.",
}

COLLECTS = (20_000, 20, 100)
"""New objects from which on garbage is looked for: a command keeps nearly all that it makes to its end."""


class Lazy(click.Group):
    """A group whose commands are imported when they are needed, so that `list` and `explain` start fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in COMMANDS if self.get_command(ctx, name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        try:
            command = import_module(f"antiphon.cli.{cmd_name}").command
        except ModuleNotFoundError as error:
            if error.name != f"antiphon.cli.{cmd_name}":
                raise
            return None
        assert isinstance(command, click.Command)
        command.short_help = COMMANDS[cmd_name]
        command.epilog = epilog(cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from antiphon.contract.load import nearest

            raise click.UsageError(
                f"No command {args[0]!r}; {nearest(args[0], self.list_commands(ctx))}", ctx
            ) from None


@click.group(cls=Lazy, epilog=GROUP_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="antiphon")
def group() -> None:
    """Contract tests for the OpenAI Responses API and the servers that are compatible with it."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with a documented code; mistakes give one sentence on standard error."""
    gc.set_threshold(*COLLECTS)
    try:
        outcome = group.main(args=arguments, prog_name="antiphon", standalone_mode=False)
        code = int(outcome) if isinstance(outcome, int) else Exit.HOLDS
    except click.ClickException as error:
        click.echo(f"antiphon: {error.format_message()}", err=True)
        code = Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("antiphon: interrupted.", err=True)
        code = 130
    except BrokenPipeError:
        code = Exit.HOLDS
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except AntiphonError as error:
        click.echo(f"antiphon: {error}", err=True)
        code = error.exit
    except Exception as error:  # Python would end with 1, which says that a must is broken
        if os.environ.get("ANTIPHON_TRACEBACK"):
            traceback.print_exc()
        told = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        click.echo(
            f"antiphon: an error of ours ({told}); ANTIPHON_TRACEBACK=1 shows where, please report it.", err=True
        )
        code = Exit.OURS
    sys.exit(code)
