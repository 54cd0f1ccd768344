"""Words of a request: what it holds, so that an answer may repeat it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from antiphon.judge.memo import memoize
from antiphon.judge.subjects.responses import Call
from antiphon.recording.exchange import Exchange

DEEPEST = 40


def request_text(call: Call) -> str:
    """Every string of the request, names of members among them, each on lines of its own."""
    return _text(call.exchange)


def request_strings(call: Call) -> list[str]:
    """Every string value of the request."""
    return _strings(call.exchange)


@memoize
def _text(exchange: Exchange) -> str:
    return "\n".join(_walk(exchange.sent, names=True))


@memoize
def _strings(exchange: Exchange) -> list[str]:
    return list(_walk(exchange.sent, names=False))


def _walk(value: Any, names: bool, depth: int = DEEPEST) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        if names:
            yield from value
        for each in value.values() if depth else ():
            yield from _walk(each, names, depth - 1)
    elif isinstance(value, list):
        for each in value if depth else ():
            yield from _walk(each, names, depth - 1)
