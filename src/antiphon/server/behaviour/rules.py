"""Switches of pages, Chat Completions, conversations, sockets and webhooks, as `policy.py` has them for responses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class PageRules:
    """Pages of a list."""

    default_order: str = "desc"
    default_limit: int = 20
    obeys_order: bool = True
    obeys_limit: bool = True
    after_inclusive: bool = False


@dataclass(frozen=True, slots=True)
class ChatRules:
    """Switches of Chat Completions."""

    model: Mapping[str, Any] = field(default_factory=dict)
    """Switches of `ServerPolicy` that hold for the model of chat only."""
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
    keeps_unstored: bool = False
    """A completion of `store: false` is stored like any other."""
    keeps_streams: bool = True
    deletes: bool = True
    updates: bool = True
    lists: bool = True
    filters: bool = True
    pages: PageRules = PageRules(default_order="asc")


@dataclass(frozen=True, slots=True)
class ConversationRules:
    """Switches of conversations."""

    most_items: int = 20
    """Items that one request may bring."""
    keeps_items: bool = True
    """Items that come with the conversation are kept."""
    keeps_metadata: bool = True
    checks_metadata: bool = True
    refuses_unknown: bool = True
    """A response on an unknown conversation is refused."""
    updates: bool = True
    deletes: bool = True
    deletes_items: bool = True
    items_outlive: bool = False
    """The items of a deleted conversation can still be listed by its id."""
    lists_unknown: bool = False
    """The list of an unknown conversation is empty."""
    appends: bool = True
    appends_streams: bool = True
    """What a streamed response reads and says is appended too."""
    in_context: bool = True
    takes_object: bool = True
    when_busy: str = "refused"
    """`refused`, `crashes`, or `overwritten`: the later response forgets what the earlier one appended."""
    pages: PageRules = PageRules()


@dataclass(frozen=True, slots=True)
class SocketRules:
    """Switches of WebSocket mode."""

    opens: bool = True
    needs_key: bool = True
    unread: frozenset[str] = frozenset()
    """Fields at the top of a create that are not read."""
    takes_any_model: bool = False
    sends_binary: bool = False
    sends_done: bool = False
    ends_parts: bool = True
    """The event that ends a part is sent."""
    remembers: bool = True
    """An unstored response can be continued on its connection."""
    memory_is_shared: bool = False
    """What one connection remembers the others know too."""
    forgets_after_failure: bool = True
    queues: bool = True
    """A create that comes while another runs waits for it."""
    echoes_lane: bool = True
    warms_up: bool = True
    stays_open: bool = True
    """A refusal leaves the connection open."""
    repeats_errors: bool = False
    """The next create is answered with the last refusal first."""
    error_form: str = "nested"
    """`nested`, or `flat`: code, message and param beside the status."""
    error_codes: Mapping[str, str] = field(default_factory=dict)
    """Codes of refusals that go out by another name."""
    takes: frozenset[str] = frozenset()
    """Of `unknown-message` and `broken-json`, what is answered as if it were a create."""


@dataclass(frozen=True, slots=True)
class WebhookRules:
    """Switches of webhooks."""

    hides_headers: frozenset[str] = frozenset()
    timestamp_unit: int = 1
    """Units of the timestamp in a second."""
    signature_prefix: str = "v1,"
    signs_body: bool = True
    """False: the body is not part of what is signed."""
    body_without: frozenset[str] = frozenset()
    type_prefix: str = "response."
    tells_foreground: bool = False
    retries: bool = True
    keeps_id: bool = True
    """A delivery that is sent again has the same id."""
    follows_redirects: bool = False
