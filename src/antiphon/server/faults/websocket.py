"""Faults of WebSocket mode: its opening, turns, lanes and memory."""

from __future__ import annotations

from antiphon.server.behaviour.rules import SocketRules
from antiphon.server.faults.base import fault

FAULTS = (
    fault(
        "socket-shut",
        "No WebSocket opens: each is refused with 409.",
        "websocket.upgrade",
        policy={"sockets": SocketRules(opens=False)},
        implies="websocket.create websocket.json-text-messages websocket.no-done-marker websocket.same-grammar "
        "websocket.chain-unstored websocket.reconnect-refused websocket.failed-turn-clears websocket.sequential "
        "websocket.lane-echo websocket.warm-up websocket.error-keeps-open websocket.error-shape "
        "websocket.errors-belong websocket.stream-field errors.trigger.websocket-broken-json "
        "errors.trigger.websocket-unknown-message errors.trigger.websocket-unknown-model "
        "errors.trigger.websocket-stream-limit errors.trigger.websocket-steer-unknown websocket.lane-limits "
        "errors.trigger.websocket-unknown-model.detail errors.trigger.websocket-stream-id.detail "
        "errors.trigger.websocket-stream-limit.detail errors.trigger.websocket-steer-unknown.detail "
        "websocket.reconnect-code websocket.key-required",
    ),
    fault(
        "socket-drops-metadata",
        "The metadata at the top of a create are not read.",
        "websocket.create",
        policy={"sockets": SocketRules(unread=frozenset({"metadata"}))},
        implies="modes.settings-shown",
    ),
    fault(
        "socket-binary",
        "Events come as binary messages.",
        "websocket.json-text-messages",
        policy={"sockets": SocketRules(sends_binary=True)},
    ),
    fault(
        "socket-done-marker",
        "Each turn ends with [DONE].",
        "websocket.no-done-marker",
        policy={"sockets": SocketRules(sends_done=True)},
    ),
    fault(
        "socket-parts-unfinished",
        "The event that ends a part is not sent over a WebSocket.",
        "websocket.same-grammar",
        policy={"sockets": SocketRules(ends_parts=False)},
    ),
    fault(
        "socket-forgets",
        "A response that is not stored cannot be continued on its connection.",
        "websocket.chain-unstored",
        policy={"sockets": SocketRules(remembers=False)},
        implies="websocket.failed-turn-clears",
    ),
    fault(
        "socket-memory-shared",
        "A response that is not stored can be continued on any connection.",
        "websocket.reconnect-refused",
        policy={"sockets": SocketRules(memory_is_shared=True)},
        implies="modes.store-off websocket.failed-turn-clears",
    ),
    fault(
        "socket-previous-code",
        "An unknown previous response is refused with the code not_found.",
        "websocket.reconnect-code",
        policy={"sockets": SocketRules(error_codes={"previous_response_not_found": "not_found"})},
    ),
    fault(
        "socket-keeps-after-failure",
        "A turn that failed leaves the response that it followed in memory.",
        "websocket.failed-turn-clears",
        policy={"sockets": SocketRules(forgets_after_failure=False)},
    ),
    fault(
        "socket-busy",
        "A create that comes while another runs is refused.",
        "websocket.sequential",
        policy={"sockets": SocketRules(queues=False)},
    ),
    fault(
        "socket-lane-silent",
        "The stream_id does not come back.",
        "websocket.lane-echo",
        policy={"sockets": SocketRules(echoes_lane=False)},
    ),
    fault(
        "socket-warm-up-answers",
        "A warm-up makes an answer.",
        "websocket.warm-up",
        policy={"sockets": SocketRules(warms_up=False)},
    ),
    fault(
        "socket-closes-on-error",
        "A refusal ends the connection.",
        "websocket.error-keeps-open",
        policy={"sockets": SocketRules(stays_open=False)},
        implies="websocket.errors-belong websocket.failed-turn-clears",
    ),
    fault(
        "socket-error-flat",
        "An error message has code and message beside its status.",
        "websocket.error-shape",
        policy={"sockets": SocketRules(error_form="flat")},
        implies="errors.trigger.websocket-unknown-model.detail errors.trigger.websocket-stream-id.detail "
        "errors.trigger.websocket-stream-limit.detail errors.trigger.websocket-steer-unknown.detail "
        "websocket.reconnect-code",
    ),
    fault(
        "socket-errors-linger",
        "The next create is answered with the last refusal first.",
        "websocket.errors-belong",
        policy={"sockets": SocketRules(repeats_errors=True)},
    ),
    fault(
        "socket-without-key",
        "A WebSocket opens without a key.",
        "websocket.key-required",
        policy={"sockets": SocketRules(needs_key=False)},
    ),
)
