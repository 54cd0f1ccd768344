"""Switches of Chat Completions and of conversations, as `policy.py` has them for responses. The defaults are right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list is cut into pages."""

    default_order: str = "desc"
    default_limit: int = 20
    obeys_order: bool = True
    obeys_limit: bool = True
    after_inclusive: bool = False


@dataclass(frozen=True, slots=True)
class ChatRules:
    """How Chat Completions behave where that is more than the shape of one reply."""

    model: Mapping[str, Any] = field(default_factory=dict)
    """Switches of `Policy` that hold for the pseudo-model of chat only."""
    unchecked: frozenset[str] = frozenset()
    """Names of request fields that are not checked."""
    refuses_empty: bool = False
    """Empty content is refused."""
    takes_tool_outputs: bool = True
    cuts_at_stop: bool = True
    stop_finish: str = "stop"
    """The reason of a choice that met a stop sequence."""
    length_finish: str = "length"
    call_finish: str = "tool_calls"
    counts_usage_unasked: bool = False
    """A stream ends with a chunk of usage though nobody asked."""
    stores_by_default: bool = False
    keeps: bool = True
    deletes: bool = True
    updates: bool = True
    lists: bool = True
    filters: bool = True
    pages: Paging = Paging(default_order="asc")


@dataclass(frozen=True, slots=True)
class ConversationRules:
    """How conversations behave where that is more than the shape of one reply."""

    most_items: int = 20
    """Items that one request may bring."""
    keeps_items: bool = True
    """Items that come with the conversation are kept."""
    keeps_metadata: bool = True
    updates: bool = True
    deletes: bool = True
    deletes_items: bool = True
    items_outlive: bool = False
    """The items of a deleted conversation can still be listed by its id."""
    lists_unknown: bool = False
    """The list of an unknown conversation is empty."""
    appends: bool = True
    in_context: bool = True
    takes_object: bool = True
    when_busy: str = "refused"
    """`refused`, `crashes`, or `overwritten`: the later response forgets what the earlier one appended."""
    pages: Paging = Paging()
