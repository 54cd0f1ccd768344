"""`antiphon doctor`."""

from __future__ import annotations

from pathlib import Path

import anyio
import click

from antiphon.cli.options import target_of, target_options
from antiphon.errors import ConfigError, Exit, Unreachable
from antiphon.exercise.target import Target
from antiphon.exercise.transport import Transport
from antiphon.transcript.exchange import Exchange, Request


@click.command("doctor")
@target_options
def command(
    base_url: str | None, target_name: str | None, config_file: Path | None, insecure: bool, **given: str | None
) -> int:
    """Find out with three small calls whether a target can be judged: address, key, model, streaming."""
    target, _ = target_of(base_url, target_name, config_file, insecure, **given)
    if target is None:
        raise ConfigError("Nothing to look at: give --base-url or --target.")
    return anyio.run(_examine, target)


async def _examine(target: Target) -> Exit:
    async with Transport(
        target.base_url, limits=target.limits, headers=target.request_headers(), verify=target.verify_tls
    ) as transport:
        failure = await transport.reach()
        if failure:
            raise Unreachable(f"{target.base_url} does not answer: {failure.message}.".replace("?.", "?"))
        _say(True, "address", f"{target.base_url} answers")
        body = {"model": target.model, "input": "Say hi.", "max_output_tokens": 16}
        plain = await transport.send(Request("POST", "/responses", body=body), id="doctor/1", scenario=None)
        if not _plain(target, plain):
            return Exit.BROKEN
        streamed = await transport.send(
            Request("POST", "/responses", body={**body, "stream": True}), id="doctor/2", scenario=None
        )
    return Exit.HOLDS if _streamed(streamed) else Exit.BROKEN


def _plain(target: Target, exchange: Exchange) -> bool:
    status, body = exchange.status, exchange.body
    if exchange.failure:
        return _say(False, "create", f"no whole reply: {exchange.failure.message}")
    key = f"the key in {target.api_key_env}" if target.api_key else f"no key: {target.api_key_env} is not set"
    if status == 401 or status == 403:
        return _say(False, "key", f"{status}: {key}; set the variable or name another with --api-key-env")
    _say(True, "key", f"{key}; the server did not object")
    if exchange.is_success and isinstance(body, dict):
        return _say(True, "model", f"{target.model} answers as {body.get('model')}")
    message = body.get("error") if isinstance(body, dict) else body
    if status == 404:
        return _say(
            False, "route", f"404 at POST {target.base_url}/responses; does the base URL end in /v1? ({message})"
        )
    return _say(False, "model", f"{status} for model {target.model}; give --model a model of this server ({message})")


def _streamed(exchange: Exchange) -> bool:
    if not exchange.is_stream:
        return _say(False, "streaming", f"{exchange.status} and no event stream")
    arrivals = [frame.at for frame in exchange.frames]
    spread = arrivals[-1] - arrivals[0] if arrivals else 0.0
    note = "" if len(set(arrivals)) > 1 else "; all at once, so a proxy may be buffering"
    return _say(True, "streaming", f"{len(arrivals)} events over {spread:.2f} s{note}")


def _say(good: bool, what: str, text: str) -> bool:
    click.echo(f"{'ok' if good else 'NO':<3} {what:<10} {' '.join(str(text).split())[:300]}")
    return good
