"""Examination of one target: settings, address, key and route for nothing, then what small calls show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

from antiphon.contract.depth import Depth
from antiphon.doctor.diagnosis import diagnosis
from antiphon.doctor.probes import Probes
from antiphon.doctor.table import Row, own_words, rows
from antiphon.errors import Exit
from antiphon.exercise.budget.bounds import Bounds
from antiphon.exercise.discovery import listed_models, shows_route
from antiphon.exercise.http.failures import redirect_words
from antiphon.exercise.http.transport import Transport
from antiphon.exercise.runner import transport_to
from antiphon.exercise.target import Target
from antiphon.pytest_plugin.suite_runner import collect
from antiphon.recording.exchange import Exchange, Request
from antiphon.recording.redaction.redactor import Redactor
from antiphon.run.depth_choice import choose_depth
from antiphon.run.estimate import estimate
from antiphon.run.options import RunOptions
from antiphon.run.reference_target import reach

MARKS = {None: "--", True: "ok", False: "NO"}
NARROWEST = 80
CHAT_ONLY = "no POST /responses; POST /chat/completions is there, which antiphon run --surface chat judges alone"
SPREAD = 0.001
"""Seconds between the first and the last event from which on a stream counts as sent bit by bit."""


@dataclass
class Examination:
    """Findings are told to `tell` as they come, and kept as rows."""

    target: Target
    tell: Callable[[str], None]
    rows: list[dict[str, Any]] = field(default_factory=list)
    wraps: bool = False
    """Rows are told on lines of the narrowest screen, and not on one each."""

    def say(self, good: bool | None, what: str, text: str, **more: Any) -> bool:
        """Report a finding; None marks one that is neither good nor bad."""
        text = Redactor(self.target.secrets()).text(" ".join(str(text).split()))[:300]
        self.rows.append({"good": good, "what": what, "text": text, **more})
        head = f"{more.get('state', MARKS[good]):<9} {what:<18} "
        self.tell((_wrapped(head, text) if self.wraps and what != "next" else head + text).rstrip())
        return bool(good)

    def look_at_settings(self) -> None:
        """Settings, what is missing, and what a run will cost. Raises ConfigError for settings that cannot work."""
        target = self.target
        headers, query = target.request_headers(), target.request_query()
        if headers or query:
            self.say(True, "settings", f"{len(headers)} headers and {len(query)} query parameters for every request")
        for what, text in missing_settings(target):
            self.say(None, what, text)
        for depth in Depth:
            plan = RunOptions(target=target, edition=target.edition, depth=depth)
            cost = estimate(plan, collect(plan))
            money = "" if cost["cost"] is None else f", a cost of {cost['cost']:.4f} at most"
            calls = f"{cost['calls']} calls and at most {cost['retries']} retries"
            tokens = f"{cost['tokens']} to {cost['most']} tokens"
            self.say(None, "cost", f"--depth {depth}: {calls}, {tokens}{money}")
        self.say(None, "depth", f"without --depth: {choose_depth(None, target, Bounds()).sentence}")

    async def examine(self, free: bool) -> Exit:
        """Send requests to the target, those that cost nothing first. Raises Unreachable."""
        await reach(self.target)
        async with transport_to(self.target) as transport:
            self.say(True, "address", f"{self.target.base_url} answers")
            if not await self._for_nothing(transport):
                return Exit.BROKEN
            return Exit.HOLDS if free or await self._paid(transport) else Exit.BROKEN

    async def _for_nothing(self, transport: Transport) -> bool:
        """Findings from a list of models and an empty request, which no model answers."""
        target = self.target
        models = await transport.send(Request("GET", "/models"), id="doctor/models")
        empty = await transport.send(Request("POST", "/responses", body={}), id="doctor/empty")
        if not self._key(models) or not self._key(empty):
            return False
        key = f"the key in {target.api_key_env}" if target.api_key else "no key is sent"
        self.say(True, "key", f"{key}; the server did not object")
        if problem := _route_problem(empty, target):
            chat = await transport.send(Request("POST", "/chat/completions", body={}), id="doctor/empty chat")
            return self.say(False, "route", CHAT_ONLY if shows_route(chat) else problem)
        self.say(True, "route", f"POST /responses is there; an empty request is answered with {empty.status}")
        listed = listed_models(models)
        if listed and target.model not in listed:
            few = ", ".join(sorted(listed)[:8]) + (", …" if len(listed) > 8 else "")
            self.say(None, "models", f"{target.model} is not among the {len(listed)} that are listed: {few}")
        return True

    async def _paid(self, transport: Transport) -> bool:
        """The table of capabilities, the calls at once that the target bears, and the command to run next."""
        probes = Probes(transport, self.target)
        await probes.play()
        made = probes.exchanges
        text, listed = made["text input"], made["list input"]
        table = rows(made, self.target.edition)
        answers = next((exchange for exchange in (text, listed) if not diagnosis(exchange, "")), None)
        if answers is None:
            self.say(False, "model", diagnosis(text, self.target.model))
        else:
            self.say(True, "model", f"{self.target.model} answers as {answers.body.get('model')}")
        if "streaming" in made and answers is not None and not made["streaming"].is_client_error:
            self._streams(made["streaming"])
        for row in table if answers is not None else ():
            self._tell_row(row)
        if answers is None:
            return False
        if answers is listed:
            self.say(None, "input", "a text is refused and a list is taken, so a run will send lists")
        self.say(None, "load", f"{probes.borne} calls at once are answered{self._load_words(probes)}")
        self.say(None, "next", self._command())
        return True

    def _tell_row(self, row: Row) -> None:
        self.say(True if row.state == "has" else None, row.what, row.words, state=row.state)

    @staticmethod
    def _load_words(probes: Probes) -> str:
        refused = [name for name, exchange in probes.exchanges.items() if "at once" in name and not exchange.is_success]
        return f"; of {refused[0].split()[0]} one is not: {own_words(probes.exchanges[refused[0]])}" if refused else ""

    def _command(self) -> str:
        target = self.target
        name = f"--target {target.name}" if target.name else target.base_url
        model = "" if target.name else f" --model {target.model}"
        return f"antiphon run {name}{model}"

    def _key(self, exchange: Exchange) -> bool:
        target = self.target
        if exchange.status not in (401, 403):
            return True
        variable = target.api_key_env
        if not variable:
            return self.say(False, "key", f"{exchange.status}: no key; name a variable with one by --api-key-env")
        key = f"the key in {variable}" if target.api_key else f"no key: {variable} is not set"
        cure = "set the variable or name another with --api-key-env"
        return self.say(False, "key", f"{exchange.status}: {key}; {cure}")

    def _streams(self, exchange: Exchange) -> None:
        if not exchange.is_stream:
            came = exchange.is_success and isinstance(exchange.body, dict) and "output" in exchange.body
            words = "a whole response came in its place" if came else own_words(exchange)
            self.say(False, "events", f"no event stream came: {words}")
            return
        arrivals = [frame.at for frame in exchange.frames]
        spread = arrivals[-1] - arrivals[0] if arrivals else 0.0
        note = "" if spread > SPREAD else "; all at once, so a proxy may be buffering"
        self.say(True, "events", f"{len(arrivals)} events over {spread:.2f} s{note}")


def _wrapped(head: str, text: str) -> str:
    """A row on lines of the narrowest screen, what does not fit on the first below its text."""
    room = NARROWEST - len(head)
    lines = wrap(text, room, break_long_words=False, break_on_hyphens=False)
    return head + ("\n" + " " * len(head)).join(lines)


def missing_settings(target: Target) -> Iterator[tuple[str, str]]:
    """Settings that are absent, and what cannot be tested without them."""
    if not target.api_key and not any(name.lower() in ("api-key", "authorization") for name in target.headers):
        unset = f"{target.api_key_env} is not set, so " if target.api_key_env else ""
        yield "key", f"{unset}calls carry no key"
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


def _route_problem(empty: Exchange, target: Target) -> str:
    """Why the reply to an empty create shows no route; empty where it shows one."""
    where = f"POST {target.base_url}/responses"
    if empty.failure:
        return f"no whole reply: {empty.failure.message}"
    if empty.status in (404, 405) and not shows_route(empty):
        return f"{empty.status} at {where}; does the base URL end in /v1? ({own_words(empty)})"
    if empty.status and 300 <= empty.status < 400:
        return f"{where} is redirected: {redirect_words(empty)}"
    return ""
