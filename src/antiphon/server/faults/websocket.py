"""WebSocket mode that goes wrong: its opening, its turns, its memory."""

from __future__ import annotations

from antiphon.server.faults.base import Fault, breaking
from antiphon.server.rules import SocketRules

REFUSED = (
    "errors.trigger.websocket-broken-json errors.trigger.websocket-unknown-message "
    "errors.trigger.websocket-unknown-model errors.trigger.websocket-stream-limit "
    "errors.trigger.websocket-steer-unknown websocket.lane-limits"
)
DETAILS = (
    "errors.trigger.websocket-unknown-model.detail errors.trigger.websocket-stream-id.detail "
    "errors.trigger.websocket-stream-limit.detail errors.trigger.websocket-steer-unknown.detail "
    "websocket.reconnect-code"
)
TURNS = (
    "websocket.create websocket.json-text-messages websocket.no-done-marker websocket.same-grammar "
    "websocket.chain-unstored websocket.reconnect-refused websocket.failed-turn-clears websocket.sequential "
    "websocket.lane-echo websocket.warm-up websocket.error-keeps-open websocket.error-shape websocket.errors-belong "
    "websocket.stream-field"
)


def fault(name: str, says: str, breaks: str, implies: str = "", **rules: object) -> Fault:
    policy = {"sockets": SocketRules(**rules)}  # type: ignore[arg-type]
    return breaking(name, says, breaks, implies, policy=policy)


FAULTS = (
    fault(
        "socket-shut",
        "No WebSocket opens: each is refused with 409.",
        "websocket.upgrade",
        f"{TURNS} {REFUSED} {DETAILS} websocket.key-required",
        opens=False,
    ),
    fault("socket-without-key", "A WebSocket opens without a key.", "websocket.key-required", needs_key=False),
    fault(
        "socket-drops-metadata",
        "The metadata at the top of a create are not read.",
        "websocket.create",
        reads_metadata=False,
    ),
    fault("socket-binary", "Events come as binary messages.", "websocket.json-text-messages", sends_binary=True),
    fault("socket-done-marker", "Each turn ends with [DONE].", "websocket.no-done-marker", sends_done=True),
    fault(
        "socket-parts-unfinished",
        "The event that ends a part is not sent over a WebSocket.",
        "websocket.same-grammar",
        ends_parts=False,
    ),
    fault(
        "socket-forgets",
        "A response that is not stored cannot be continued on its connection.",
        "websocket.chain-unstored",
        "websocket.failed-turn-clears",
        remembers=False,
    ),
    fault(
        "socket-memory-shared",
        "A response that is not stored can be continued on any connection.",
        "websocket.reconnect-refused",
        "websocket.failed-turn-clears",
        memory_is_shared=True,
    ),
    fault(
        "socket-previous-code",
        "An unknown previous response is refused with the code not_found.",
        "websocket.reconnect-code",
        error_codes={"previous_response_not_found": "not_found"},
    ),
    fault(
        "socket-keeps-after-failure",
        "A turn that failed leaves the response that it followed in memory.",
        "websocket.failed-turn-clears",
        forgets_after_failure=False,
    ),
    fault(
        "socket-busy",
        "A create that comes while another runs is refused.",
        "websocket.sequential",
        queues=False,
    ),
    fault("socket-lane-silent", "The stream_id does not come back.", "websocket.lane-echo", echoes_lane=False),
    fault("socket-warm-up-answers", "A warm-up makes an answer.", "websocket.warm-up", warms_up=False),
    fault(
        "socket-closes-on-error",
        "A refusal ends the connection.",
        "websocket.error-keeps-open",
        "websocket.errors-belong websocket.failed-turn-clears",
        stays_open=False,
    ),
    fault(
        "socket-error-flat",
        "An error message has code and message beside its status.",
        "websocket.error-shape",
        DETAILS,
        error_form="flat",
    ),
    fault(
        "socket-errors-linger",
        "The next create is answered with the last refusal first.",
        "websocket.errors-belong",
        repeats_errors=True,
    ),
    fault(
        "socket-any-model",
        "Any model is taken over a WebSocket.",
        "errors.trigger.websocket-unknown-model",
        "errors.trigger.websocket-unknown-model.detail",
        takes_any_model=True,
    ),
    fault(
        "socket-model-code",
        "An unknown model is refused over a WebSocket with the code invalid_model.",
        "errors.trigger.websocket-unknown-model.detail",
        error_codes={"model_not_found": "invalid_model"},
    ),
    fault(
        "socket-lane-code",
        "A wrong stream_id is refused with the code invalid_value.",
        "errors.trigger.websocket-stream-id.detail",
        error_codes={"invalid_stream_id": "invalid_value"},
    ),
    fault(
        "socket-lane-limit-code",
        "The thirty-third lane is refused with the code too_many_streams.",
        "errors.trigger.websocket-stream-limit.detail",
        error_codes={"websocket_stream_limit_reached": "too_many_streams"},
    ),
    fault(
        "socket-ignores-unknown",
        "A message of an unknown type is not answered.",
        "errors.trigger.websocket-unknown-message",
        ignores=frozenset({"unknown-message"}),
    ),
    fault(
        "socket-ignores-broken",
        "A message that is not JSON is not answered.",
        "errors.trigger.websocket-broken-json",
        ignores=frozenset({"broken-json"}),
    ),
)
