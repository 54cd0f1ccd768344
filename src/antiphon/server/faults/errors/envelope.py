"""Refusals of a wrong form: envelope, type, status, media type."""

from __future__ import annotations

from collections.abc import Callable

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import without
from antiphon.server.faults.errors.details import UNKNOWN_MODEL, details_of
from antiphon.server.faults.replies import DELETE, LIST, at, edit_error, in_refusals, on_refusal, put_error, service_of
from antiphon.server.http.request_body import PLAIN_BODY, READ_BODY
from antiphon.server.json_values import Json, dumps


def answer_unrouted(reply: OutgoingReply) -> None:
    """What a common web framework answers where it takes none of the route's parameters."""
    reply.status = 422
    reply.body = {"detail": "Method Not Allowed"}


def lose_error(name: str) -> Callable[[OutgoingReply], OutgoingReply]:
    return in_refusals(lambda body: {"error": without(body["error"], name)})


def label_html(reply: OutgoingReply) -> OutgoingReply:
    if reply.status >= 400:
        reply.headers["content-type"] = "text/html"
    return reply


def answer_ok(reply: OutgoingReply) -> OutgoingReply:
    """200 with an error envelope for an unknown id."""
    if reply.status == 404 and reply.operation == "get-response":
        reply.status = 200
    return reply


def unwrap_error(body: Json) -> Json:
    return body["error"]  # type: ignore[no-any-return]


def param_of(reply: OutgoingReply) -> object:
    """What a refused create is refused for."""
    error = reply.body.get("error") if isinstance(reply.body, dict) else None
    return error["param"] if reply.operation == "create-response" and isinstance(error, dict) else None


def answer_teapot(reply: OutgoingReply) -> None:
    if param_of(reply) == "service_tier":
        reply.status = 418


def answer_busy(reply: OutgoingReply) -> None:
    """There are too many requests, in a form of its own."""
    if param_of(reply) == "service_tier":
        reply.status, reply.body = 429, {"detail": "Too many requests."}
        reply.headers["retry-after"] = "1"


def answer_busy_without_code(reply: OutgoingReply) -> None:
    """There are too many requests, and no code tells of which kind."""
    if param_of(reply) == "service_tier":
        reply.status = 429
        edit_error(reply, code=None)
        reply.headers["retry-after"] = "1"


def sent_bytes(reply: OutgoingReply) -> bytes:
    """The body that is answered."""
    scope = reply.request.scope if reply.request else {}
    return scope.get(PLAIN_BODY) or scope.get(READ_BODY) or b""


def repeat_request(reply: OutgoingReply) -> None:
    """A refusal of a large request has all of it in its message."""
    sent = sent_bytes(reply)
    if len(sent) > LARGE and param_of(reply):
        edit_error(reply, message=f"Invalid request: {sent.decode()}")


def answer_crash(reply: OutgoingReply) -> None:
    if param_of(reply) == "truncation":
        reply.status, reply.body = 500, {"detail": "Internal server error."}


def give_other_code(reply: OutgoingReply) -> None:
    """A code that belongs to another status."""
    if param_of(reply) == "service_tier":
        edit_error(reply, code="rate_limit_exceeded")


def param_as_sentence(body: Json) -> Json:
    error = body["error"]
    return {"error": {**error, "param": "the tier of the service"}} if error["param"] == "service_tier" else body


def find_unknown_route(reply: OutgoingReply) -> None:
    if reply.operation == "none":
        reply.status, reply.body = 200, {"object": "list", "data": [], "has_more": False}


def note_question(reply: OutgoingReply) -> None:
    """A refused create leaves its question in the conversation."""
    if param_of(reply) != "truncation":
        return
    sent = sent_bytes(reply)
    for kept in service_of(reply).store.conversations.all:
        if kept.id.encode() not in sent:
            continue
        part = {"type": "input_text", "text": "Say hi."}
        kept.append([{"id": "msg_left", "type": "message", "role": "user", "content": [part], "status": "completed"}])


def stream_refusal(reply: OutgoingReply) -> None:
    """The refusal of a stream is a stream of one event."""
    if param_of(reply) == "max_output_tokens":
        reply.headers["content-type"] = "text/event-stream"
        reply.body = b"event: error\ndata: " + dumps({"type": "error", "sequence_number": 0, **reply.body}) + b"\n\n"


LARGE = 9_000
TYPE_DETAILS = f"{UNKNOWN_MODEL} {details_of('type', but='conversation-locked')}"
FAULTS = (
    fault(
        "payload-repeated",
        "A refusal repeats what was sent.",
        "errors.no-payload",
        reply=on_refusal(repeat_request),
    ),
    fault(
        "delete-unrouted",
        "DELETE of any response is refused, without an error object.",
        "errors.envelope.object",
        reply=at(DELETE, answer_unrouted),
        implies="background.delete-running errors.trigger.unknown-response-delete.detail store.delete-body "
        "store.delete-keeps-children store.delete-succeeds store.delete-then-chain store.delete-then-get "
        "store.delete-then-get-404 store.delete-then-input-items store.delete-twice store.off-not-deletable "
        "store.readable-at-once store.unknown-id-delete",
    ),
    fault(
        "list-unrouted",
        "Listing the input items of any response is refused, without an error object.",
        "errors.envelope.object",
        reply=at(LIST, answer_unrouted),
        implies="concurrency.inputs-not-mixed create.replay-order create.text-survives "
        "errors.trigger.unknown-response-input-items.detail input-items.after-exclusive input-items.bad-limit "
        "input-items.content-parts input-items.default-limit input-items.default-order input-items.empty-page-ids "
        "input-items.first-last-ids input-items.has-more input-items.item-ids input-items.item-ids-unique "
        "input-items.limit-maximum input-items.limit-respected input-items.list-shape input-items.lists-input "
        "input-items.no-output input-items.order-ascending input-items.order-matches-input "
        "input-items.pages-complete input-items.text-as-sent input-items.unknown-after input-items.unknown-order "
        "input-items.unknown-response item.schema.function-call-output store.delete-then-input-items "
        "store.off-no-input-items",
    ),
    fault(
        "error-is-text",
        "The error of a refusal is a string.",
        "errors.envelope.object",
        reply=in_refusals(lambda body: {"error": body["error"]["message"]}),
        implies="errors.envelope.message errors.envelope.type errors.envelope.param errors.envelope.code "
        "compact.declined-cleanly errors.unknown-route errors.trigger.conversation-locked.detail "
        "input-tokens.declined-cleanly limits.context-too-long",
    ),
    fault(
        "error-unwrapped",
        "A refusal has no key error.",
        "errors.envelope.object",
        reply=in_refusals(unwrap_error),
        implies="errors.envelope.message errors.envelope.type errors.envelope.param errors.envelope.code "
        "compact.declined-cleanly errors.unknown-route errors.trigger.conversation-locked.detail "
        "input-tokens.declined-cleanly limits.context-too-long",
    ),
    fault(
        "error-message-missing",
        "A refusal has no message.",
        "errors.envelope.message",
        reply=lose_error("message"),
        implies="create.unsupported-feature-refused errors.unknown-route",
    ),
    fault(
        "error-type-missing",
        "A refusal has no type.",
        "errors.envelope.type",
        reply=lose_error("type"),
        implies=f"errors.type-known errors.type-fits-status {TYPE_DETAILS}",
    ),
    fault(
        "error-param-missing",
        "A refusal has no param.",
        "errors.envelope.param",
        reply=lose_error("param"),
        implies=f"{UNKNOWN_MODEL} {details_of('param')}",
    ),
    fault(
        "error-code-missing",
        "A refusal has no code.",
        "errors.envelope.code",
        reply=lose_error("code"),
        implies=f"create.unknown-fields limits.context-too-long {UNKNOWN_MODEL} {details_of('code')}",
    ),
    fault(
        "error-as-html",
        "A refusal is labelled text/html.",
        "errors.envelope.content-type",
        reply=label_html,
        implies="create.answer-is-json headers.content-type-json",
    ),
    fault(
        "refused-as-stream",
        "A refusal is a stream of one event.",
        "errors.envelope.stream",
        reply=on_refusal(stream_refusal),
        implies="stream.error.refused-before-start",
    ),
    fault(
        "error-type-unknown",
        "A refusal has a type that no source knows.",
        "errors.type-known",
        reply=put_error(type="oops"),
        implies=TYPE_DETAILS,
    ),
    fault(
        "error-type-server",
        "Every refusal blames the server.",
        "errors.type-fits-status",
        reply=put_error(type="server_error"),
        implies=TYPE_DETAILS,
    ),
    fault(
        "status-unheard-of",
        "A service_tier is refused with 418.",
        "errors.status-known",
        reply=on_refusal(answer_teapot),
        implies="errors.code-fits-status errors.trigger.service-tier-value.detail "
        "errors.trigger.service-tier-type.detail",
    ),
    fault(
        "code-of-another-status",
        "A 400 has the code of a 429.",
        "errors.code-fits-status",
        reply=on_refusal(give_other_code),
        implies="errors.trigger.service-tier-value.detail errors.trigger.service-tier-type.detail",
    ),
    fault(
        "param-is-a-sentence",
        "The param of a refusal is a sentence.",
        "errors.param-is-a-path",
        reply=in_refusals(param_as_sentence),
        implies="errors.trigger.service-tier-value.detail errors.trigger.service-tier-type.detail "
        "errors.trigger.compact-service-tier.detail",
    ),
    fault(
        "unknown-id-is-200",
        "Reading an unknown id is answered with 200 and an error.",
        "errors.not-in-success",
        reply=answer_ok,
        implies="modes.store-off store.get-object store.unknown-id-get store.delete-then-get "
        "store.off-not-readable store.off-is-404 "
        "background.delete-running compact.id-not-readable store.unknown-id-malformed store.foreign-ids-hidden",
    ),
    fault(
        "busy-without-envelope",
        "A 429 has a body of its own form.",
        "errors.envelope.object",
        reply=on_refusal(answer_busy),
        implies="answers.not-overloaded headers.retry-after-on-429 headers.retry-after-form",
    ),
    fault(
        "busy-without-code",
        "A 429 has no code.",
        "errors.rate-limit-envelope",
        reply=on_refusal(answer_busy_without_code),
        implies="answers.not-overloaded headers.retry-after-on-429 headers.retry-after-form",
    ),
    fault(
        "crash-without-envelope",
        "A 500 has a body of its own form.",
        "errors.server-error-envelope",
        reply=on_refusal(answer_crash),
        implies="create.never-500 errors.trigger.truncation-value errors.trigger.truncation-type",
    ),
    fault(
        "refused-create-noted-down",
        "A create that is refused is noted down in its conversation.",
        "errors.unchanged-after-refusal",
        reply=on_refusal(note_question),
    ),
    fault(
        "unknown-path-found",
        "An unknown path is answered with an empty list.",
        "errors.unknown-route",
        reply=on_refusal(find_unknown_route),
    ),
)
