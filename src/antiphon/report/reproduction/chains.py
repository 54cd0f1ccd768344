"""Chains of exchanges that may take one another's ids: those of a scenario, or of one response in a recording."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from antiphon.recording.exchange import Exchange
from antiphon.report.reproduction.origins import last_object

_IN_PATH = re.compile(r"/(?:responses|conversations|completions)/([^/?]+)")


def chains(exchanges: Iterable[Exchange]) -> Mapping[str, str]:
    """The name of the chain of each exchange, by the exchange's id.

    A scenario of a run is a chain. What was recorded is in the chain of the response or conversation that it names.
    """
    found: dict[str, str] = {}
    starts: dict[str, str] = {}
    for exchange in exchanges:
        if exchange.scenario:
            found[exchange.id] = exchange.id.rpartition("/")[0]  # with the number of the run, where there were several
            continue
        chain = next((starts[id] for id in _named(exchange) if id in starts), f"chain of {exchange.id}")
        found[exchange.id] = chain
        for id in _made(last_object(exchange)):
            starts.setdefault(id, chain)
    return found


def _named(exchange: Exchange) -> Iterator[str]:
    """The ids that a request names: of responses, conversations and items."""
    if exchange.request is None:
        return
    yield from _IN_PATH.findall(exchange.request.path)
    sent = exchange.sent if isinstance(exchange.sent, dict) else {}
    conversation = sent.get("conversation")
    items = sent["input"] if isinstance(sent.get("input"), list) else ()
    named = [sent.get("previous_response_id"), conversation, *_ids([conversation, *items])]
    yield from (id for id in named if isinstance(id, str))


def _made(reply: Any) -> Iterator[str]:
    """The ids of an object and of what it has put out."""
    output = reply.get("output") if isinstance(reply, dict) else None
    yield from _ids([reply, *(output if isinstance(output, list) else ())])


def _ids(values: Iterable[Any]) -> Iterator[str]:
    yield from (id for each in values if isinstance(each, dict) and isinstance(id := each.get("id"), str) and id)
