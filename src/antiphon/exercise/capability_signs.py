"""What shows that a server has a capability: operations that succeed, parameters with an effect, items, deliveries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from antiphon.recording.exchange import Exchange

Sent = Mapping[str, Any]
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Signs:
    """Any of them will do; a parameter whose lever shows no effect makes the capability ignored."""

    operations: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    """Operations that are answered with an event stream."""
    parameters: tuple[str, ...] = ()
    """Parameters as OPERATION:NAME."""
    rests_on: Callable[[Sent], bool] | None = None
    """Whether a create makes use of the capability."""
    surface: str = "create"
    alone: frozenset[str] = NOTHING
    """Parameters of a create that makes use of the capability and of nothing else."""

    def uses(self, operation: str, sent: Any) -> bool:
        """A create makes use of the capability."""
        return operation == self.surface and self.rests_on is not None and self.rests_on(_object(sent))

    @property
    def needs_effect(self) -> bool:
        """That a parameter is taken does not show the capability: it has to have an effect."""
        return bool(self.parameters) and not self.operations


def _object(value: Any) -> Sent:
    return value if isinstance(value, dict) else {}


def _has_format(sent: Sent) -> bool:
    kind = _object(_object(sent.get("text")).get("format")).get("type")
    return kind not in (None, "text")


def _sends(name: str) -> Callable[[Sent], bool]:
    return lambda sent: bool(sent.get(name))


def mode_of(exchange: Exchange) -> str:
    """How a create is answered: plain, streamed, in the background or over a WebSocket."""
    sent = _object(exchange.sent)
    if exchange.is_socket:
        return "over a WebSocket"
    if sent.get("background") is True:
        return "in the background"
    return "streamed" if sent.get("stream") is True else "plain"


SIGNS: Mapping[str, Signs] = MappingProxyType(
    {
        "core": Signs(operations=("create",)),
        "streaming": Signs(
            parameters=("create:stream",), rests_on=_sends("stream"), alone=frozenset({"stream"})
        ),
        "store": Signs(operations=("retrieve",)),
        "chaining": Signs(
            parameters=("create:previous_response_id",), rests_on=_sends("previous_response_id"),
            alone=frozenset({"previous_response_id"}),
        ),
        "input-items": Signs(operations=("input_items",)),
        "background": Signs(
            parameters=("create:background",), rests_on=_sends("background"), alone=frozenset({"background"})
        ),
        "cancel": Signs(operations=("cancel",)),
        "resume": Signs(streams=("retrieve",)),
        "tools": Signs(
            parameters=("create:tool_choice",), rests_on=_sends("tools"), alone=frozenset({"tools", "tool_choice"})
        ),
        "structured-output": Signs(parameters=("create:text",), rests_on=_has_format, alone=frozenset({"text"})),
        "reasoning": Signs(),
        "compact": Signs(operations=("compact",)),
        "input-tokens": Signs(operations=("input_tokens",)),
        "conversations": Signs(
            operations=("conversations.create",), parameters=("create:conversation",), rests_on=_sends("conversation"),
            alone=frozenset({"conversation"}),
        ),
        "websocket": Signs(operations=("websocket",)),
        "webhooks": Signs(),
        "chat": Signs(operations=("chat.create",)),
        "chat-stored": Signs(
            parameters=("chat.create:store",), rests_on=_sends("store"), surface="chat.create",
            alone=frozenset({"messages", "max_completion_tokens"}),
        ),
    }
)  # fmt: skip
"""By capability of `spec/capabilities.yaml`."""
