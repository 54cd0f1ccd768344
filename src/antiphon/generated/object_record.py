"""Record of one object by its calls: the texts put into it and listed, and whether it still exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from antiphon.recording.exchange import Exchange


class Deviation(NamedTuple):
    """A reply that contradicts the model, with the calls that concern the same object."""

    requirement: str
    exchange: Exchange
    at: str
    expected: str
    got: str
    before: tuple[str, ...]


@dataclass
class ObjectRecord:
    """One object: the texts put into it, in order, by item id where that is known."""

    texts: list[str] = field(default_factory=list)
    whole: bool = True
    """Nothing else is in it."""
    status: str = "completed"
    background: bool = False
    streamed: bool = False
    deleted: bool = False
    call_ids: tuple[str, ...] = ()
    """Calls of functions that a response ended with."""
    calls: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    """Item id → its text."""

    def note(self, exchange: Exchange) -> None:
        """Record a call that concerns the object."""
        if exchange.request is not None:
            self.calls.append(f"{exchange.request.method} {exchange.request.path} ({exchange.status})")

    def learn(self, exchange: Exchange) -> None:
        """Record the ids under which its texts are listed."""
        for each in _items(exchange):
            if _text(each) in self.texts and isinstance(each.get("id"), str):
                self.ids[each["id"]] = _text(each)

    def off(self, requirement: str, exchange: Exchange, expected: str, got: Any, at: str = "") -> Deviation:
        """Deviation for a reply about the object."""
        return Deviation(requirement, exchange, at, expected, str(got), tuple(self.calls))


def in_order(listed: list[str], expected: list[str]) -> list[str]:
    """Those of the expected texts that are listed, in the expected order."""
    return [text for text in expected if text in listed]


def texts_sent(items: Any) -> list[str]:
    """The texts of messages that were sent."""
    if isinstance(items, str):
        return [items]
    return [_text(each) for each in items if isinstance(each, dict)] if isinstance(items, list) else []


def _items(exchange: Exchange) -> list[Mapping[str, Any]]:
    body = exchange.body
    data = body.get("data") if isinstance(body, dict) else None
    return [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []


def _text(item: Mapping[str, Any]) -> str:
    content = item.get("content", item.get("output"))
    parts = content if isinstance(content, list) else [{"text": content}]
    return "".join(str(part.get("text")) for part in parts if isinstance(part, dict))


def texts_listed(exchange: Exchange) -> list[str]:
    """The texts of a page of items."""
    return [_text(each) for each in _items(exchange)]


def call_ids(reply: Any) -> tuple[str, ...]:
    """The ids of the calls of functions in a response."""
    output = reply.get("output") if isinstance(reply, dict) else None
    items = [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []
    return tuple(str(item.get("call_id")) for item in items if item.get("type") == "function_call")
