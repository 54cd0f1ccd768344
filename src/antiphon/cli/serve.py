"""`antiphon serve`."""

from __future__ import annotations

import os

import click

from antiphon.cli.options import edition_option
from antiphon.errors import ConfigError


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--fault", "faults", multiple=True, metavar="NAME", help="Misbehave; `antiphon list --faults` names them."
)
@click.option("--latency", default=0.0, type=click.FloatRange(0, 600), help="Seconds before each reply begins.")
@click.option("--api-key", metavar="KEY", help="Ask for this key; without it any key is taken.")
@click.option("--rate-limit", type=click.IntRange(1), metavar="N", help="Creates a minute, then 429.")
@click.option("--webhook", metavar="URL", help="Tell the ends of background responses there, signed.")
@edition_option
def command(
    host: str, port: int, faults: tuple[str, ...], latency: float, api_key: str | None, rate_limit: int | None,
    webhook: str | None, edition: str | None,
) -> None:  # fmt: skip
    """Start the reference server; it runs until it is interrupted.

    Webhooks are signed with the secret in OPENAI_WEBHOOK_SECRET, or with one of its own that is no secret.
    """
    from antiphon.contract.load import DEFAULT_EDITION
    from antiphon.contract.load import edition as known
    from antiphon.server import Settings, serve_forever
    from antiphon.server.settings import WEBHOOK_SECRET

    chosen = known(edition or DEFAULT_EDITION).id
    try:
        secret = os.environ.get("OPENAI_WEBHOOK_SECRET") or WEBHOOK_SECRET
        settings = Settings(
            host=host, port=port, edition=chosen, faults=faults, latency=latency, api_key=api_key,
            rate_limit=rate_limit, webhook=webhook, webhook_secret=secret,
        )  # fmt: skip
        serve_forever(settings, lambda base_url: click.echo(f"{base_url}  (edition {chosen}; Ctrl-C ends it)"))
    except ValueError as error:
        raise ConfigError(str(error)) from None
    except OSError as error:
        raise ConfigError(f"Cannot listen on {host}:{port}: {error.strerror}; is the port in use?") from None
