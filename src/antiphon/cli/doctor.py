"""`antiphon doctor`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import click

from antiphon.cli.options.common import target_of, target_options
from antiphon.cli.options.discovery import completed_target
from antiphon.contract.depth import Depth
from antiphon.errors import ConfigError, Exit
from antiphon.exercise.budget.bounds import Bounds
from antiphon.exercise.http.failures import redirect_words
from antiphon.exercise.http.transport import Transport
from antiphon.exercise.target import Target
from antiphon.recording.exchange import Exchange, Request
from antiphon.recording.redaction.redactor import Redactor


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
    """Find out whether a target can be judged, and what is missing: first for nothing, then with two small calls.

    For nothing: address, key, route and model, what is not configured, and what a run will cost.
    """
    target, _ = target_of(base_url, target_name, config_file, insecure, **given)
    if target is None:
        raise ConfigError("Nothing to look at: give an address or --target.")
    target = completed_target(target, quiet=as_json)
    doctor = _Doctor(target, as_json)
    doctor.look_at_settings()
    try:
        code = anyio.run(doctor.examine, free)
    finally:
        if as_json:
            click.echo(json.dumps(doctor.rows, indent=1, ensure_ascii=False))
    return code


def _missing(target: Target) -> Iterator[tuple[str, str]]:
    """Settings that are absent, and what cannot be tested without them."""
    if not target.api_key and not any(name.lower() in ("api-key", "authorization") for name in target.headers):
        yield "key", f"{target.api_key_env or 'no variable'} is not set, so calls carry no key"
    if not target.second_api_key:
        yield "tenants", "no second key, so separation of tenants is not tested (--second-api-key-env)"
    if not target.other_model:
        yield "models", "no second model, so changing it in a chain is not tested (--other-model)"
    if not target.reasoning_model:
        yield "reasoning", f"no reasoning model, so {target.model} is asked to reason (--reasoning-model)"
    if not target.webhook_listen:
        yield "webhooks", "no address for webhooks, so none are tested (--webhook-listen)"
    if not target.prices:
        yield "prices", "no prices, so no cost is reported, and --max-cost is refused ([targets.NAME.prices])"


@dataclass
class _Doctor:
    """Examination of one target; findings are printed at once, or collected for `--json`."""

    target: Target
    quiet: bool
    rows: list[dict[str, Any]] = field(default_factory=list)

    def say(self, good: bool | None, what: str, text: str) -> bool:
        """Report a finding; None marks one that is neither good nor bad."""
        text = Redactor(self.target.secrets()).text(" ".join(str(text).split()))[:300]
        self.rows.append({"good": good, "what": what, "text": text})
        if not self.quiet:
            click.echo(f"{'--' if good is None else 'ok' if good else 'NO':<3} {what:<10} {text}")
        return bool(good)

    def look_at_settings(self) -> None:
        """Settings, what is missing, and what a run will cost. Raises ConfigError for settings that cannot work."""
        from antiphon.pytest_plugin.suite_runner import collect
        from antiphon.run.depth_choice import choose_depth
        from antiphon.run.estimate import estimate
        from antiphon.run.options import RunOptions

        target = self.target
        headers, query = target.request_headers(), target.request_query()
        self.say(True, "settings", f"{len(headers)} headers and {len(query)} query parameters for every request")
        for what, text in _missing(target):
            self.say(None, what, text)
        for depth in Depth:
            plan = RunOptions(target=target, edition=target.edition, depth=depth)
            cost = estimate(plan, collect(plan))
            money = "" if cost["cost"] is None else f", a cost of {cost['cost']:.4f} at most"
            calls = f"--depth {depth}: {cost['calls']} calls, at most {cost['retries']} more for retries"
            self.say(None, "cost", f"antiphon run {calls}, {cost['tokens']} to {cost['most']} tokens{money}")
        self.say(None, "depth", f"without --depth: {choose_depth(None, target, Bounds()).sentence}")

    async def examine(self, free: bool) -> Exit:
        """Send requests to the target, those that cost nothing first."""
        from antiphon.exercise.runner import transport_to
        from antiphon.run.reference_target import reach

        await reach(self.target)
        async with transport_to(self.target) as transport:
            self.say(True, "address", f"{self.target.base_url} answers")
            if not await self._for_nothing(transport):
                return Exit.BROKEN
            return Exit.HOLDS if free or await self._paid(transport) else Exit.BROKEN

    async def _for_nothing(self, transport: Transport) -> bool:
        """Findings from a list of models and an empty request, which no model answers."""
        target = self.target
        models = await transport.send(Request("GET", "/models"), id="doctor/1")
        empty = await transport.send(Request("POST", "/responses", body={}), id="doctor/2")
        if not self._key(models) or not self._key(empty):
            return False
        key = f"the key in {target.api_key_env}" if target.api_key else "no key is sent"
        self.say(True, "key", f"{key}; the server did not object")
        if empty.failure:
            return self.say(False, "route", f"no whole reply: {empty.failure.message}")
        if empty.status in (404, 405):
            where = f"POST {target.base_url}/responses"
            return self.say(
                False, "route", f"{empty.status} at {where}; does the base URL end in /v1? ({_error(empty)})"
            )
        if empty.status and 300 <= empty.status < 400:
            return self.say(False, "route", f"POST {target.base_url}/responses is redirected: {redirect_words(empty)}")
        self.say(True, "route", f"POST /responses is there; an empty request is answered with {empty.status}")
        listed = _listed(models)
        if listed and target.model not in listed:
            few = ", ".join(sorted(listed)[:8]) + (", …" if len(listed) > 8 else "")
            self.say(None, "models", f"{target.model} is not among the {len(listed)} that are listed: {few}")
        return True

    async def _paid(self, transport: Transport) -> bool:
        """Findings from two small answers, plain and streamed."""
        body = {"model": self.target.model, "input": "Say hi.", "max_output_tokens": 16, "store": False}
        plain = await transport.send(Request("POST", "/responses", body=body), id="doctor/3")
        if not self._answers(plain):
            return False
        asked = Request("POST", "/responses", body={**body, "stream": True})
        return self._streams(await transport.send(asked, id="doctor/4"))

    def _key(self, exchange: Exchange) -> bool:
        target = self.target
        if exchange.status not in (401, 403):
            return True
        key = f"the key in {target.api_key_env}" if target.api_key else f"no key: {target.api_key_env} is not set"
        cure = "set the variable or name another with --api-key-env"
        return self.say(False, "key", f"{exchange.status}: {key}; {cure}")

    def _answers(self, exchange: Exchange) -> bool:
        model = self.target.model
        if exchange.failure:
            return self.say(False, "create", f"no whole reply: {exchange.failure.message}")
        if exchange.is_success and isinstance(exchange.body, dict):
            return self.say(True, "model", f"{model} answers as {exchange.body.get('model')}")
        cure = "give --model a model of this server"
        return self.say(False, "model", f"{exchange.status} for model {model}; {cure} ({_error(exchange)})")

    def _streams(self, exchange: Exchange) -> bool:
        if not exchange.is_stream:
            return self.say(False, "streaming", f"{exchange.status} and no event stream")
        arrivals = [frame.at for frame in exchange.frames]
        spread = arrivals[-1] - arrivals[0] if arrivals else 0.0
        note = "" if len(set(arrivals)) > 1 else "; all at once, so a proxy may be buffering"
        return self.say(True, "streaming", f"{len(arrivals)} events over {spread:.2f} s{note}")


def _listed(exchange: Exchange) -> list[str]:
    data = exchange.body.get("data") if isinstance(exchange.body, dict) else None
    found = [each.get("id") for each in data if isinstance(each, dict)] if isinstance(data, list) else []
    return [each for each in found if isinstance(each, str)]


def _error(exchange: Exchange) -> Any:
    return exchange.body.get("error") if isinstance(exchange.body, dict) else exchange.body
