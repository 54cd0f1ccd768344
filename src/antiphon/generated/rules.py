"""Rules for replies to generated requests, and the choice of the clearest violation among several."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache

from antiphon import __version__
from antiphon.contract.model import Edition
from antiphon.contract.triggers import triggers
from antiphon.generated.options import GenerationOptions
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange, Request
from antiphon.recording.outcome import Outcome, outcome

_MEASURES = {"string": "length", "array": "length", "integer": "value", "decimal": "value", "object": "properties"}
_OF_VALUES = frozenset(
    f"{kind}_{bound}"
    for kind, measure in _MEASURES.items()
    for bound in (f"above_max_{measure}", f"below_min_{measure}")
)
"""The codes of values that are too large or too small; the triggers show some of them."""
_AGENT = re.compile(r"properties/(\d+) seed/(\d+)$")


def agent(options: GenerationOptions) -> str:
    """User-Agent of generated requests: it states how to generate them again."""
    return f"antiphon/{__version__} properties/{options.examples} seed/{options.seed}"


def again(exchange: Exchange) -> str:
    """The options that generate a request again; empty where it was not generated."""
    headers = dict(exchange.request.headers) if exchange.request else {}
    value = next((value for name, value in headers.items() if name.lower() == "user-agent"), "")
    found = _AGENT.search(value)
    return f"--properties {found[1]} --seed {found[2]}" if found else ""


def generated_exchanges(exchanges: Iterable[Exchange], edition: Edition, operation: str) -> list[Exchange]:
    """The generated exchanges of an operation, without those that created prerequisites."""
    return [
        each for each in exchanges
        if each.request and edition.operation(each.request.method, each.request.path) == operation
        and not (each.failure and each.failure.kind == "budget")
    ]  # fmt: skip


def is_unanswered(exchange: Exchange) -> bool:
    """There is no complete reply."""
    return exchange.failure is not None and not exchange.is_our_delay


def is_accepted(exchange: Exchange) -> bool:
    """It was taken; neither a server error nor a redirection is that."""
    return exchange.failure is None and outcome(exchange, routed=True) is Outcome.ANSWERED


def has_unknown_code(exchange: Exchange) -> bool:
    """The refusal has a code that the contract does not know."""
    body = exchange.body
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return exchange.is_client_error and isinstance(code, str) and code not in codes()


@cache
def codes() -> frozenset[str]:
    """The codes of refusals that the contract names."""
    named = {str(each.expected.get("code")) for each in triggers() if each.expected.get("code")}
    return frozenset(named | {"rate_limit_exceeded", "insufficient_quota", "context_length_exceeded"} | _OF_VALUES)


def size(request: Request | None) -> tuple[int, str]:
    """Size of a request for its reader; the smallest of several is reported."""
    if request is None:
        return 0, ""
    parts = [request.path, *(f"{name}={value}" for name, value in request.query)]
    parts.append(request.content.hex() if request.content else json.dumps(request.body, default=str))
    text = " ".join(parts)
    return len(text), text


def smallest(exchanges: Iterable[Exchange], breaks: Callable[[Exchange], bool]) -> Exchange | None:
    """Of the exchanges that break something, the one with the smallest request."""
    return min((each for each in exchanges if breaks(each)), key=lambda each: size(each.request), default=None)


def breach(exchange: Exchange | None, expected: str, requirement: str) -> Violation | None:
    """The violation that an exchange stands for, with the way to generate it again; None where there is none."""
    if exchange is None:
        return None
    if exchange.failure:
        got = f"{exchange.failure.kind}: {exchange.failure.message}"
    else:
        got = f"{exchange.status} {exchange.content[:300].decode('utf-8', 'replace')}".rstrip()
    return Violation("", expected, got, repeat(exchange, requirement), exchange.id)


def repeat(exchange: Exchange, requirement: str) -> str:
    """Instruction to generate the same requests again."""
    options = again(exchange)
    return f"made with antiphon run {options} -k {requirement}" if options else ""
