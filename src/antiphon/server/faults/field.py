"""Defects as they were reported of real servers, where no other fault has their form."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping

from antiphon.server.faults.base import Events, Fault, Reply, one
from antiphon.server.faults.shaping import ENDINGS, Edit, edit, edit_item, in_item, without
from antiphon.server.faults.store_reach import DELETE, LIST, at, refuse
from antiphon.server.store import Event


def streamed(name: str, says: str, breaks: str, by: Callable[[Events], Events], implies: str = "") -> Fault:
    return Fault(name=name, says=says, breaks=one(*breaks.split()), implies=one(*implies.split()), events=by)


def answered(name: str, says: str, breaks: str, by: Callable[[Reply], Reply], implies: str = "") -> Fault:
    return Fault(name=name, says=says, breaks=one(*breaks.split()), implies=one(*implies.split()), reply=by)


def final(by: Edit) -> Callable[[Events], Events]:
    """Change the terminal event."""
    return edit(*ENDINGS, by=by)


def beside(event: Event) -> Event:
    response = event["response"]
    return {**event, "output": response["output"], "response": without(response, "output")}


def without_lists(event: Event) -> Event:
    return {**event, "item": without(event["item"], "content", "summary")}


def counted_on(events: Events) -> AsyncIterator[Event]:
    """One counter of parts for all items of a stream."""

    async def rewrite() -> AsyncIterator[Event]:
        parts = -1
        async for event in events:
            parts += event["type"] in ("response.content_part.added", "response.output_item.done")
            yield {**event, "content_index": max(parts, 0)} if "content_index" in event else event

    return rewrite()


def unrouted(reply: Reply) -> None:
    """What a common web framework answers where it takes none of the route's parameters."""
    reply.status = 422
    reply.body = {"detail": "Method Not Allowed"}


def empty_page(reply: Reply) -> None:
    if reply.status == 404:
        reply.status = 200
        reply.body = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}


def broken_delete(reply: Reply) -> None:
    if reply.status == 404:
        refuse(reply, "Connection to the provider failed: 404.", status=500, code="500")


def refused_for(param: str, by: Callable[[Reply], None]) -> Callable[[Reply], Reply]:
    """Change the refusals that name a param."""

    def hook(reply: Reply) -> Reply:
        error = reply.body.get("error") if isinstance(reply.body, Mapping) else None
        if reply.status >= 400 and isinstance(error, dict) and error.get("param") == param:
            by(reply)
        return reply

    return hook


def forget_place(reply: Reply) -> None:
    reply.body = {"error": {**reply.body["error"], "param": None, "code": None}}


def crash(reply: Reply) -> None:
    refuse(reply, "The server had an error while it called a tool server.", status=500, code="server_error")


def busy(reply: Reply) -> None:
    refuse(reply, "Too many requests.", status=429, code="rate_limit_exceeded")
    reply.body["error"]["type"] = "rate_limit_error"
    for name in [each for each in reply.headers if each.startswith(("retry-after", "x-ratelimit-"))]:
        del reply.headers[name]


FAULTS = (
    streamed(
        "content-index-missing",
        "Text deltas do not say which part they belong to.",
        "stream.content-index.present",
        edit("response.output_text.delta", by=lambda event: without(event, "content_index")),
    ),
    streamed(
        "content-index-counts-on",
        "content_index counts parts and items of the whole response.",
        "stream.content-index.contiguous",
        counted_on,
    ),
    streamed(
        "added-without-lists",
        "Items are announced without their lists of content and summary.",
        "stream.added.message-empty stream.added.reasoning-empty",
        edit("response.output_item.added", by=without_lists),
    ),
    streamed(
        "output-beside-response",
        "The output stands next to the response in the terminal event, and not in it.",
        "stream.final.output-list",
        final(beside),
        implies="background.poll-equals compact.in-create create.same-with-stream store.get-equals-create "
        "stream.encrypted-content.in-done stream.final.equals-retrieved stream.final.output-equals-items "
        "stream.final.same-keys-as-plain stream.item-id.in-final stream.output-index.is-place "
        "structured.streamed-valid tools.hosted-refused-or-run tools.named-custom tools.parallel-off "
        "tools.required-calls",
    ),
    streamed(
        "final-output-null",
        "The output of the response in the terminal event is null.",
        "stream.final.output-list",
        final(lambda event: {**event, "response": {**event["response"], "output": None}}),
        implies="background.poll-equals compact.in-create create.same-with-stream store.get-equals-create "
        "stream.encrypted-content.in-done stream.final.equals-retrieved stream.final.output-equals-items "
        "stream.item-id.in-final stream.output-index.is-place structured.streamed-valid "
        "tools.hosted-refused-or-run tools.named-custom tools.parallel-off tools.required-calls",
    ),
    streamed(
        "call-name-lost",
        "A function call has no name when it is done.",
        "stream.item.same-call-id",
        edit_item("response.output_item.done", of="function_call", name=""),
        implies="tools.streamed-call-complete",
    ),
    Fault(
        name="function-status-null",
        says="The status of a function call is null.",
        breaks=one("item.status-known"),
        item=in_item("function_call", lambda item: {**item, "status": None}),
        implies=one("item.arguments-json", "tools.call-is-completed", "tools.strict-arguments"),
    ),
    answered(
        "delete-unrouted",
        "DELETE of any response is refused, without an error object.",
        "errors.envelope.object",
        at(DELETE, unrouted),
        implies="background.delete-running errors.trigger.unknown-response-delete.detail store.delete-body "
        "store.delete-keeps-children store.delete-succeeds store.delete-then-chain store.delete-then-get "
        "store.delete-then-get-404 store.delete-then-input-items store.delete-twice "
        "store.off-not-deletable store.readable-at-once store.unknown-id-delete",
    ),
    answered(
        "list-unrouted",
        "Listing the input items of any response is refused, without an error object.",
        "errors.envelope.object",
        at(LIST, unrouted),
        implies="concurrency.inputs-not-mixed create.replay-order create.text-survives "
        "errors.trigger.unknown-response-input-items.detail input-items.after-exclusive "
        "input-items.bad-limit input-items.content-parts input-items.default-limit "
        "input-items.default-order input-items.empty-page-ids input-items.first-last-ids "
        "input-items.has-more input-items.item-ids input-items.item-ids-unique input-items.limit-maximum "
        "input-items.limit-respected input-items.list-shape input-items.lists-input "
        "input-items.no-output input-items.order-ascending input-items.order-matches-input "
        "input-items.pages-complete input-items.text-as-sent input-items.unknown-after "
        "input-items.unknown-order input-items.unknown-response item.schema.function-call-output "
        "store.delete-then-input-items store.off-no-input-items",
    ),
    answered(
        "unknown-list-empty",
        "Listing the input of an unknown id gives an empty page.",
        "input-items.unknown-response",
        at(LIST, empty_page),
        implies="errors.trigger.unknown-response-input-items.detail store.delete-then-input-items "
        "store.off-no-input-items",
    ),
    answered(
        "unknown-delete-is-500",
        "Deleting an unknown id is answered with 500.",
        "create.never-500 store.unknown-id-delete",
        at(DELETE, broken_delete),
        implies="errors.server-error-envelope errors.trigger.unknown-response-delete.detail "
        "errors.type-fits-status store.delete-twice store.off-not-deletable",
    ),
    answered(
        "part-type-unlocated",
        "A wrong type of a content part is refused without saying where it stands.",
        "errors.trigger.content-chat-type.detail errors.trigger.content-type.detail",
        refused_for("input[0].content[0].type", forget_place),
    ),
    answered(
        "mcp-refused-as-broken",
        "A remote tool without a server is answered with 500.",
        "errors.trigger.mcp-without-server",
        refused_for("tools[0].server_url", crash),
        implies="create.never-500 errors.server-error-envelope errors.trigger.mcp-without-server.detail "
        "errors.type-fits-status",
    ),
    answered(
        "busy-without-wait",
        "A 429 does not say how long to wait.",
        "headers.retry-after-on-429",
        refused_for("model", busy),
        implies="compact.model-required errors.rate-limit-envelope errors.trigger.chat-missing-model.detail "
        "errors.trigger.compact-unknown-model.detail errors.trigger.compact-without-model.detail "
        "errors.trigger.missing-model-and-input.detail errors.trigger.missing-model.detail "
        "errors.trigger.model-empty.detail errors.trigger.model-null.detail "
        "errors.trigger.model-number.detail errors.trigger.unknown-model.detail",
    ),
)
