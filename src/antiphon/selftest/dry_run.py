"""Dry run of a fault on recorded exchanges, without a server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from antiphon.recording.exchange import Exchange
from antiphon.server.behaviour.fault import Events, Fault

ADDED_TO_EVENTS = frozenset({"sequence_number", "obfuscation"})
PAGES = ("data", "output")


def fresh(value: Any) -> Any:
    """A copy of JSON that can be changed."""
    if isinstance(value, dict):
        return {name: fresh(each) for name, each in value.items()}
    return [fresh(each) for each in value] if isinstance(value, list) else value


def changes_objects(fault: Fault, exchange: Exchange) -> bool:
    """The fault changes a response or an item in a reply, or this cannot be known."""
    if fault.together:
        return True
    if not exchange.is_stream:
        return not isinstance(exchange.body, dict) or _is_other(fault, exchange.body)
    return any(_is_other(fault, event.get("response"), event.get("item")) for event in exchange.events)


def _is_other(fault: Fault, *shown: Any) -> bool:
    try:
        for item in _items(*shown):
            if fault.item and fault.item(fresh(item)) != item:
                return True
        for each in shown:
            if fault.response and _is_response(each) and fault.response(fresh(each)) != each:
                return True
    except Exception:  # what was shown is not what the fault expects
        return True
    return False


def _is_response(value: Any) -> bool:
    return isinstance(value, dict) and value.get("object") == "response"


def _items(*shown: Any) -> Iterator[dict[str, Any]]:
    for value in shown:
        if not isinstance(value, dict):
            continue
        if isinstance(value.get("type"), str):
            yield value
        for page in PAGES:
            listed = value.get(page)
            yield from (each for each in (listed if isinstance(listed, list) else ()) if isinstance(each, dict))


def changes_events(fault: Fault, exchange: Exchange) -> bool:
    """The fault changes the events of a stream, or not all of them were recorded."""
    whole = exchange.is_stream and exchange.response is not None and exchange.response.complete
    if (
        fault.together
        or fault.frames
        or not whole
        or any(not isinstance(event.get("type"), str) for event in exchange.events)
    ):
        return True
    bare = [{name: value for name, value in event.items() if name not in ADDED_TO_EVENTS} for event in exchange.events]
    try:
        if fault.events and _after(fault.events(_variants(bare))) != bare:
            return True
        numbered = list(exchange.events)
        changes = [change for change in (fault.numbered, fault.delivery) if change]
        return any(_after(change(_variants(numbered))) != numbered for change in changes)
    except Exception:
        return True


async def _variants(events: list[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    for event in events:
        yield fresh(event)


def _after(events: Events) -> list[dict[str, Any]]:
    """The events, taken without an event loop. Raises LookupError where they wait for something."""
    taken: list[dict[str, Any]] = []

    async def take() -> None:
        async for event in events:
            taken.append(event)

    taking = take()
    try:
        taking.send(None)
    except StopIteration:
        return taken
    taking.close()
    raise LookupError("they wait")
