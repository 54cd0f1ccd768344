"""Refusals as they were reported of real servers, where no other fault has their form."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from antiphon.server.faults.base import Fault, Reply, breaking
from antiphon.server.faults.store_reach import DELETE, LIST, at, refuse


def answered(name: str, says: str, breaks: str, by: Callable[[Reply], Reply], implies: str = "") -> Fault:
    return breaking(name, says, breaks, implies, reply=by)


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
