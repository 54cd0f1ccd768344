"""What shows that a server has a capability: operations that succeed, parameters with an effect, items, deliveries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Signs:
    """Any of them will do. `stored`: a response that was to be stored and cannot be read makes it ignored."""

    operations: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    """Operations that are answered with an event stream."""
    parameters: tuple[str, ...] = ()
    """Parameters as OPERATION:NAME. One that was taken and had no effect makes the capability ignored."""
    items: tuple[str, ...] = ()
    """Types of items of an output."""
    inbound: bool = False
    """A webhook arrives."""
    stored: bool = False

    def seen_as(self) -> Iterator[str]:
        """The names under which what works is collected."""
        yield from self.operations
        yield from (f"stream {operation}" for operation in self.streams)
        yield from (f"item {kind}" for kind in self.items)
        if self.inbound:
            yield "inbound"

    def requested_as(self) -> Iterator[str]:
        """The names under which what was refused is collected."""
        yield from self.operations
        yield from self.streams
        yield from (name.replace(":", "/") for name in self.parameters)


SIGNS: Mapping[str, Signs] = MappingProxyType(
    {
        "core": Signs(operations=("create",)),
        "streaming": Signs(parameters=("create:stream",)),
        "store": Signs(operations=("retrieve",), stored=True),
        "chaining": Signs(parameters=("create:previous_response_id",)),
        "input-items": Signs(operations=("input_items",)),
        "background": Signs(parameters=("create:background",)),
        "cancel": Signs(operations=("cancel",)),
        "resume": Signs(streams=("retrieve",)),
        "tools": Signs(parameters=("create:tool_choice",)),
        "structured-output": Signs(parameters=("create:text",)),
        "reasoning": Signs(items=("reasoning",)),
        "compact": Signs(operations=("compact",)),
        "input-tokens": Signs(operations=("input_tokens",)),
        "conversations": Signs(operations=("conversations.create",), parameters=("create:conversation",)),
        "websocket": Signs(operations=("websocket",)),
        "webhooks": Signs(inbound=True),
        "chat": Signs(operations=("chat.create",)),
        "chat-stored": Signs(parameters=("chat.create:store",)),
    }
)
"""By capability of `spec/capabilities.yaml`."""
