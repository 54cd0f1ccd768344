"""Families of breaches about what a server does: forced tools, state, background, counts; and the rest of each area."""

from __future__ import annotations

from antiphon.causes.family import Family, last_part


def _area(id: str, title: str, *requirements: str) -> Family:
    return Family(id, f"{title}: {{names}}", requirements, names=last_part)


BEHAVIOUR = (
    Family(
        "tools-and-formats", "Tool choice and formats are taken and ignored: {names}",
        ("tools.none-no-call", "tools.required-calls", "tools.named-*", "tools.allowed-*", "tools.calls-obey-choice",
         "tools.parallel-off", "tools.strict-*", "structured.valid-json", "structured.*-held",
         "structured.streamed-valid", "modes.choice-holds", "modes.format-holds",
         "structured.json-object*", "chat.forced-call*", "chat.none-no-call", "chat.calls-obey-choice",
         "chat.json-schema", "chat.arguments-json"),
        names=last_part,
    ),
    Family(
        "background-ignored", "Background is taken and ignored",
        ("background.returns-at-once", "background.first-status-queued"),
        lambda breach: breach.got.strip("'\"") == "completed",
    ),
    _area(
        "state", "What was stored is not there, or not as it was stored",
        "store.*", "chain.context-*", "chain.grows", "chain.usable-after-stream", "chain.function-output-continues",
        "chain.fork-*", "concurrency.read-your-writes", "concurrency.stored-not-mixed", "concurrency.contexts-own",
        "metadata.*", "properties.existence", "properties.order",
    ),
    _area("limits", "Token limits are not kept", "limits.*", "modes.limit-holds"),
    _area(
        "usage", "Tokens are not counted as documented",
        "usage.*", "create.tools-read", "create.instructions-read", "input-tokens.*",
    ),
    _area("resume", "A stream cannot be taken up again", "resume.*"),
    _area("background", "Background responses and cancelling do not work as documented", "background.*", "cancel.*"),
    _area("item-lists", "Lists of items are not as documented", "input-items.*", "item.*"),
    _area("chain", "What a response inherits from the one before is not as documented", "chain.*"),
    _area("mixed-up", "Requests at the same time are mixed up", "concurrency.*"),
    _area("chat", "Chat completions are not as documented", "chat.*"),
    _area("headers", "Headers are missing or odd", "headers.*"),
    _area("refusals", "Refusals are not as documented", "errors.*"),
    _area("response-state", "Status, errors and reasons of a response do not fit each other", "response.*"),
    _area("create", "A create is not answered as documented", "create.*", "properties.*"),
    _area("structured", "Formats of the answer are not as documented", "structured.*"),
    _area("tools", "Tools are not as documented", "tools.*"),
    _area("reasoning", "Reasoning is not as documented", "reasoning.*"),
    _area("compact", "Compaction is not as documented", "compact.*"),
    _area("conversations", "Conversations are not as documented", "conversations.*"),
    _area("modes", "What holds of a plain create does not hold in another mode", "modes.*"),
    _area("webhooks", "Webhooks are not as documented", "webhooks.*"),
    _area("websocket", "The WebSocket is not as documented", "websocket.*"),
)  # fmt: skip
"""In the order in which they are asked; the last ones have the rest of each area."""
