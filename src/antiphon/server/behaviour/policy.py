"""Policy: the switches that a right server leaves alone and a fault may turn."""

from __future__ import annotations

from dataclasses import dataclass, field

from antiphon.server.behaviour.rules import ChatRules, ConversationRules, SocketRules, WebhookRules


@dataclass(frozen=True, slots=True)
class ServerPolicy:
    """Behaviour beyond the shape of one reply, as switches. The defaults are right."""

    answers_preflights: bool = True
    """A page from elsewhere may call the server."""

    # context and state
    stores: bool = True
    keeps_unstored: bool = False
    """A response of `store: false` can be fetched like any other."""
    keeps_unstored_streams: bool = False
    """A streamed response of `store: false` can be fetched like any other."""
    keeps_unstored_turns: bool = False
    """The same of one that continues another."""
    readable_after: float = 0.0
    """Seconds until a finished response can be fetched."""
    unknown_previous: str = "refused"
    """`refused`, or `ignored`: an unknown previous response is treated as none."""
    chains: bool = True
    """Earlier turns are part of the context."""
    chain_keeps_output: bool = True
    chain_keeps_input: bool = True
    chain_reaches_back: bool = True
    """Turns before the one that is continued count too."""
    inherits_instructions: bool = False
    inherits_tools: bool = False
    forks_leak: bool = False
    """A second branch also sees the first."""
    pairs_calls: bool = True
    """A call without an output, and an output without a call, are refused."""
    metadata_counts: bool = False
    deletes: bool = True
    deleted_chains: bool = False
    """A deleted response can still be continued."""
    deletes_once: bool = True
    """A second deletion is refused."""
    resolves_references: bool = True

    # background
    runs_background: bool = True
    blocks_background: bool = False
    """A background request is answered when the work is done."""
    cancel_is_final: bool = True
    cancel_works: bool = True
    cancels_foreground: bool = False
    cancel_is_idempotent: bool = True
    cancel_event: str = "response.failed"
    """The last event of a cancelled stream."""
    cancel_delay: float = 0.0
    survives_disconnect: bool = True
    """A background run goes on when its client leaves."""
    replay_inclusive: bool = False
    replay_renumbers: bool = False
    replay_from_start: bool = False
    replays_foreground: bool = False

    # model
    overruns_limit: int = 0
    """Tokens made beyond `max_output_tokens`."""
    cut_is_completed: bool = False
    cut_item_completed: bool = False
    obeys_choice: bool = True
    """A forced tool is called."""
    obeys_none: bool = True
    obeys_name: bool = True
    obeys_allowed: bool = True
    obeys_parallel: bool = True
    obeys_max_tool_calls: bool = True
    """Hosted tools are used no more often than `max_tool_calls` says."""
    obeys_format: bool = True
    obeys_parameters: bool = True
    seals_on_request: bool = True
    verifies_sealed: bool = True

    # validation, lists, counts
    unchecked: frozenset[str] = frozenset()
    """Names of request fields that are not checked."""
    page_default_order: str = "desc"
    page_after_inclusive: bool = False
    page_obeys_order: bool = True
    page_obeys_limit: bool = True
    page_default_limit: int = 20
    page_shows_output: bool = False
    count_extra: int = 0
    """Added to what POST /responses/input_tokens says."""
    count_ignores: frozenset[str] = frozenset()

    # other resources
    chat: ChatRules = field(default_factory=ChatRules)
    conversations: ConversationRules = field(default_factory=ConversationRules)
    sockets: SocketRules = field(default_factory=SocketRules)
    webhooks: WebhookRules = field(default_factory=WebhookRules)

    # wire
    obfuscates_always: bool = False


HTTP_ONLY = frozenset(
    {
        *("readable_after", "deletes", "deletes_once", "keeps_unstored", "chat", "obfuscates_always"),
        *("runs_background", "blocks_background", "survives_disconnect"),
        *(
            "cancel_is_final",
            "cancel_works",
            "cancels_foreground",
            "cancel_is_idempotent",
            "cancel_event",
            "cancel_delay",
        ),
        *("replay_inclusive", "replay_renumbers", "replay_from_start", "replays_foreground"),
        *("page_default_order", "page_after_inclusive", "page_obeys_order", "page_obeys_limit", "page_default_limit"),
        *("page_shows_output", "count_extra", "count_ignores"),
    }
)
"""Switches that no turn over a WebSocket reads."""
