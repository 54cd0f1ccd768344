"""`antiphon serve`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from antiphon.cli.options.common import FILE, edition_option
from antiphon.errors import ConfigError

if TYPE_CHECKING:
    from antiphon.server import ServerSettings


class Rate(click.ParamType):  # type: ignore[type-arg]
    """Calls a minute: `60` or `60/min`."""

    name = "rate"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        number, slash, unit = str(value).partition("/")
        if not number.isdecimal() or int(number) < 1 or (slash and unit not in ("min", "m", "minute")):
            self.fail(f"{value!r} is not of the form N or N/min, such as 60/min.", param, ctx)
        return int(number)


@click.command("serve")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on; other machines reach the server only at another than this.",
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--fault", "faults", multiple=True, metavar="NAME", help="Misbehave; `antiphon faults` lists how.")
@click.option(
    "--allow-faults/--no-faults",
    "allow_faults",
    default=None,
    help="Let requests ask for faults by X-Antiphon-Fault. [default: where only this machine is listened to]",
)
@click.option("--script", type=FILE, metavar="FILE", help="Answers of your own; docs/server.md says how.")
@click.option("--strict", is_flag=True, help="Refuse what no answer of the script fits, and name the nearest.")
@click.option("--replay", type=FILE, metavar="FILE", help="Answer from a transcript, a HAR or a cassette alone.")
@click.option("--near", is_flag=True, help="Of a replay: answer what was not recorded as the nearest that was.")
@click.option("--control", is_flag=True, help="Let answers and faults be changed at /_antiphon while the server runs.")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME[=KIND]",
    help="Serve a model of this name too; KIND is plain, reasoning, vision, failing, overloaded, slow or other.",
)
@click.option("--any-model", is_flag=True, help="Serve a plain model of every other name, too.")
@click.option("--chaos", default=0.0, type=click.FloatRange(0, 1), metavar="RATE", help="Share of requests in trouble.")
@click.option("--seed", default=0, type=int, metavar="N", help="Which requests, and which trouble.")
@click.option("--latency", default=0.0, type=click.FloatRange(0, 600), help="Seconds before each reply begins.")
@click.option(
    "--pace", default=0.002, show_default=True, type=click.FloatRange(0, 60), help="Seconds between two deltas."
)
@click.option(
    "--api-key",
    "api_keys",
    multiple=True,
    metavar="KEY",
    help="Ask for this key; without it any key is taken. Of several, each finds only what it made itself.",
)
@click.option("--rate-limit", type=Rate(), metavar="N[/min]", help="Creates a minute and key, then 429.")
@click.option(
    "--max-responses",
    default=2_000,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    metavar="N",
    help="Responses to keep for each key; the oldest go first.",
)
@click.option(
    "--retention", type=click.FloatRange(0, min_open=True), metavar="S", help="Forget responses after S seconds."
)
@click.option("--journal", is_flag=True, help="Keep the latest requests, and show them at /_antiphon/requests.")
@click.option("--webhook", metavar="URL", help="Tell the ends of background responses there, signed.")
@edition_option
@click.pass_context
def command(
    context: click.Context, /, edition: str | None, script: Path | None, replay: Path | None, **given: Any
) -> None:
    """Start the reference server; it runs until it is interrupted.

    Webhooks are signed with the secret in OPENAI_WEBHOOK_SECRET, or with one of its own that is no secret.
    """
    from antiphon.contract.load import DEFAULT_EDITION
    from antiphon.contract.load import edition as known
    from antiphon.server import ServerSettings, serve_forever
    from antiphon.server.settings import WEBHOOK_SECRET

    secret = os.environ.get("OPENAI_WEBHOOK_SECRET") or WEBHOOK_SECRET
    if replay is not None:
        from antiphon.testing import recorded_exchanges

        given["replay"] = recorded_exchanges(replay)
        if context.get_parameter_source("pace") is not ParameterSource.DEFAULT:
            given["replay_pace"] = given["pace"]
    given["models"] = (*ServerSettings().models, *given["models"])
    settings = ServerSettings(
        edition=known(edition or DEFAULT_EDITION).id, script=script, webhook_secret=secret, **given
    )
    try:
        serve_forever(settings, lambda base_url: announce(settings, base_url))
    except ValueError as error:
        raise ConfigError(str(error)) from None
    except OSError as error:
        place = f"{settings.host}:{settings.port}"
        raise ConfigError(f"Cannot listen on {place}: {error.strerror}; is the port in use?") from None


def announce(settings: ServerSettings, base_url: str) -> None:
    """Print the address of the server, and its limits and unusual settings."""
    from antiphon.server.settings import is_loopback

    click.echo(f"{base_url}  (edition {settings.edition}; Ctrl-C ends it)")
    kept = f"keeps the last {settings.max_responses} responses" + (" of each key" if len(settings.keys) > 1 else "")
    notes = [kept + (f", for {settings.retention:g} s" if settings.retention is not None else "")]
    if not is_loopback(settings.host):
        notes.append("other machines can reach it" + ("" if settings.keys else ", and no key is required"))
    if settings.chaos:
        notes.append(f"chaos {settings.chaos:g}, seed {settings.seed}")
    if settings.faults:
        notes.append(f"faults {', '.join(settings.faults)}")
    if settings.replay is not None:
        notes.append(f"replays {len(settings.replay)} exchanges")
    if settings.script:
        notes.append(f"script {settings.script}")
    click.echo("; ".join(notes), err=True)
