"""Families of breaches, those of objects and refusals first: the first that takes a breach has it."""

from __future__ import annotations

from antiphon.causes.behaviour_families import BEHAVIOUR
from antiphon.causes.cause import Breach
from antiphon.causes.family import Family, always, last_part
from antiphon.causes.stream_families import STREAMS


def _refused(breach: Breach) -> bool:
    expected = breach.first.expected if breach.first else ""
    return breach.got.startswith(("4", "5")) or expected.endswith("is taken")


def _taken(breach: Breach) -> bool:
    return not breach.got.startswith(("4", "5"))


def _broke(breach: Breach) -> bool:
    return breach.requirement in ("create.never-500", "errors.server-error-envelope") or breach.got.startswith("5")


def _lacks_whole(breach: Breach) -> bool:
    """A member of the response itself is missing, or what it should hold, and not a part of what was sent."""
    return (breach.lacks_member and breach.depth <= 1) or breach.requirement == "usage.details"


def _lacks(breach: Breach) -> bool:
    return breach.lacks_member


def _null(breach: Breach) -> bool:
    return breach.is_null


OBJECTS = (
    Family(
        "lean-responses", "Response objects lack members: {names}",
        ("response.field.*", "response.echo.*", "usage.details", "response.schema"), _lacks_whole,
    ),
    Family(
        "lean-responses", "Response objects lack members: {names}",
        ("stream.lifecycle.whole-response", "stream.final.same-keys-as-plain"), always, lambda _: [],
    ),
    Family(
        "unwanted-nulls", "Members are null where the contract has no null: {names}",
        ("response.field.*", "response.schema", "item.*", "input-items.*", "chat.*schema", "response.echo.tools-*",
         "usage.*", "stream.schema.*", "chat.message-*", "chat.call-shape"), _null,
    ),
    Family(
        "lean-items", "Items and their parts lack members: {names}",
        ("item.*", "stream.logprobs.list", "stream.schema.content-part", "stream.schema.output-item",
         "input-items.item-ids"), _lacks,
    ),
    Family(
        "lean-responses", "Members of response objects have another form: {names}",
        ("response.field.*", "response.schema"),
    ),
    Family("odd-items", "Items have another form: {names}", ("item.*",)),
    Family(
        "ids-and-times", "Ids and times are not those of the response: {names}",
        ("create.id-unique", "concurrency.ids-distinct", "response.created-at.*", "response.completed-at.*",
         "stream.lifecycle.constant-*"),
    ),
    Family(
        "lost-echoes", "What was sent does not come back in the response: {names}",
        ("response.echo.*", "metadata.in-stream", "metadata.kept-on-get", "store.echo-tells-truth",
         "background.says-background", "concurrency.stream-metadata", "chain.metadata-not-inherited"),
    ),
)  # fmt: skip

REFUSALS = (
    Family(
        "refusals", "A refusal cannot be read as an error of the API: {names}",
        ("errors.envelope.object", "errors.envelope.type", "errors.envelope.message", "errors.envelope.content-type",
         "errors.envelope.stream", "errors.rate-limit-envelope"),
        names=last_part,
    ),
    Family(
        "refusals", "Refusals are worded otherwise than those of the service: {names}",
        ("errors.trigger.*.detail", "errors.envelope.*", "errors.type-*", "errors.status-known", "errors.code-*",
         "errors.param-*", "errors.unknown-route", "store.*-404", "websocket.error-shape", "properties.status"),
        names=last_part,
    ),
    Family(
        "no-validation", "What must be refused is taken: {names}",
        ("errors.trigger.*", "*.unknown-refused", "*.unknown-id*", "cancel.foreground-refused",
         "resume.foreground-refused", "resume.malformed", "stream.error.refused-before-start",
         "create.include-refused-or-kept", "chain.unstored-refused",
         "create.unsupported-feature-refused", "structured.unsupported-refused", "structured.response-format-refused",
         "limits.*-range", "limits.*-values", "limits.minimum-output-tokens", "limits.prompt-cache-key-64",
         "limits.safety-identifier", "limits.call-id-64", "limits.schema-depth", "limits.context-too-long",
         "input-items.bad-limit", "input-items.unknown-*", "compact.model-required", "properties.invalid-refused"),
        _taken, last_part,
    ),
    Family(
        "server-error", "Requests end in an error of the server (5xx)",
        ("create.never-500", "errors.server-error-envelope", "errors.trigger.*"), _broke,
    ),
    Family(
        "core-create", "The smallest create fails",
        ("create.text-input", "create.status-200", "create.answer-is-json"),
    ),
    Family(
        "own-output-refused", "The server refuses as input what it gave out itself",
        ("create.replay-*", "compact.output-is-input", "reasoning.encrypted-replay"), _refused,
    ),
    Family(
        "refused-parts", "Documented parts of a request are refused: {names}",
        ("create.accepts.*", "create.null-is-absent", "create.tool-without-strict", "create.item-input",
         "create.*-message",
         "create.*-empty", "create.unknown-*", "create.client-metadata", "create.item-reference",
         "create.image-*", "create.gated-fields", "structured.format-taken", "stream.accepts-the-same",
         "metadata.maximum-accepted", "metadata.characters-not-bytes", "limits.tool-name-*", "limits.*-range",
         "limits.*-values", "modes.taken", "tools.output-*", "tools.namespace-tools", "tools.schema-keywords"),
        _refused, last_part,
    ),
)  # fmt: skip

FAMILIES = (*REFUSALS, *OBJECTS, *STREAMS, *BEHAVIOUR)
