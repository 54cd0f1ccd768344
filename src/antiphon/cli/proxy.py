"""`antiphon proxy`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from antiphon.cli.options.common import FILE, edition_option


@click.command("proxy")
@click.option("--upstream", required=True, metavar="URL", help="The server that answers, with its /v1.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--api-key-env", default="OPENAI_API_KEY", metavar="VAR", help="A variable whose value is never written.")
@click.option("--report-dir", type=FILE, default=Path("antiphon-report"), show_default=True, help="Where results go.")
@click.option("--record", type=FILE, metavar="FILE", help="Where the traffic goes; `antiphon serve --replay` takes it.")
@click.option("--insecure", is_flag=True, help="Do not verify TLS certificates of the upstream.")
@edition_option
def command(
    upstream: str,
    port: int,
    api_key_env: str,
    report_dir: Path,
    record: Path | None,
    insecure: bool,
    edition: str | None,
) -> int:
    """Pass a client's traffic through unbuffered, record it redacted, judge it live; Ctrl-C ends it with a report."""
    from antiphon.exercise.http.address import parse_base_url
    from antiphon.proxy import ProxySettings, run
    from antiphon.proxy.listener import ProxyJudge

    secrets = tuple(value for value in [os.environ.get(api_key_env)] if value)
    settings = ProxySettings(str(parse_base_url(upstream)), port=port, verify=not insecure, secrets=secrets)
    with ProxyJudge(edition, report_dir, settings.upstream, secrets, record) as listener:
        run(settings, listener.ready, listener.judge)
    return listener.report()
