"""The statuses with which a server says that it has no such operation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NO_METHOD = frozenset({405, 501})
"""404 is left out where it may be said of the object in the path."""
NO_ROUTE = NO_METHOD | {404}

STATUSES: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        "create": NO_ROUTE,
        "retrieve": NO_METHOD,
        "delete": NO_METHOD,
        "input_items": NO_METHOD,
        "cancel": NO_METHOD,
        "compact": NO_ROUTE,
        "input_tokens": NO_ROUTE,
        "conversations.create": NO_ROUTE,
        "websocket": NO_ROUTE | {400, 403, 426},
        "chat.create": NO_ROUTE,
        "chat.list": NO_ROUTE,
        "chat.get": NO_METHOD,
    }
)
"""By operation; one that is not here cannot be told from a refusal."""


def is_missing(operation: str, status: int | None) -> bool:
    """Whether the status declines the operation as a whole."""
    return status in STATUSES.get(operation, ())
