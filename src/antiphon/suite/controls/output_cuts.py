"""A plain create that is cut at its limit: other cuts are held against it."""

from __future__ import annotations

from typing import Any

from antiphon.exercise.api import Api
from antiphon.recording.exchange import Exchange
from antiphon.suite import scenario

LIMIT = 16
LONG = "Count from 1 to 300 in words, every number on a line of its own."


def usage(exchange: Exchange) -> dict[str, Any]:
    """The usage of a reply; empty where it has none."""
    value = exchange.reply.get("usage")
    return value if isinstance(value, dict) else {}


def is_cut(exchange: Exchange) -> bool:
    """The output was cut: the response is incomplete."""
    return exchange.is_success and isinstance(exchange.reply, dict) and exchange.reply.get("status") == "incomplete"


async def cut_at_limit(api: Api, **body: Any) -> None:
    """A long text with the smallest limit; with a higher one too, where it does not end as cut."""
    answer = await api.create(input=LONG, max_output_tokens=LIMIT, store=False, **body)
    if answer.ok and not is_cut(answer.exchange):
        await api.create(input=LONG, max_output_tokens=4 * LIMIT, store=False, **body)


@scenario()
async def plain_cut(api: Api) -> None:
    """A long text is asked for with the smallest limit."""
    await cut_at_limit(api)
