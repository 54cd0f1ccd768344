"""Creates that are refused though they are valid."""

from __future__ import annotations

from antiphon.server.faults.base import fault
from antiphon.server.faults.requests import input_items, input_parts, is_long, offered_tools, refuse_when, sends_only
from antiphon.server.json_values import Json


def has_untyped_item(body: Json) -> bool:
    users = [each for each in input_items(body, "message") if each.get("role") == "user"]
    return any("type" not in each for each in users)


def says_in_text(body: Json) -> bool:
    return any(
        each.get("role") == "assistant" and "type" in each and isinstance(each["content"], str)
        for each in input_items(body, "message")
    )


def instructs(body: Json) -> bool:
    return any(each.get("role") in ("system", "developer") and "type" in each for each in input_items(body, "message"))


def replays(body: Json) -> bool:
    """Something that this server said is sent back with the id that it had."""
    said = [each for each in input_items(body, "message") if each.get("role") == "assistant"]
    return any(is_long(each.get("id"), 30) for each in (*said, *input_items(body, "function_call")))


def lacks_members(body: Json) -> bool:
    return any("logprobs" not in part or "annotations" not in part for part in input_parts(body, "output_text"))


def is_sparse(tool: Json) -> bool:
    return "strict" not in tool or "parameters" not in tool


FAULTS = (
    fault(
        "text-alone-refused",
        "A text with nothing set beside it is refused.",
        "create.text-input",
        request=refuse_when(lambda body: sends_only(body, str)),
        implies="create.string-is-user-message input-tokens.equals-usage response.created-at.near-now",
    ),
    fault(
        "messages-alone-refused",
        "Messages with nothing set beside them are refused.",
        "create.item-input",
        request=refuse_when(lambda body: sends_only(body, list)),
        implies="create.string-is-user-message errors.trigger.encrypted-content-tampered.detail "
        "errors.trigger.output-without-call.detail errors.trigger.unknown-item-reference.detail",
    ),
    fault(
        "nulls-refused",
        "A field that is null is refused.",
        "create.null-is-absent create.accepts.rare-nulls",
        request=refuse_when(
            lambda body: any((value is None for name, value in body.items() if name not in ("model", "input")))
        ),
    ),
    fault(
        "easy-message-refused",
        "A message of the user without a type is refused.",
        "create.easy-message",
        request=refuse_when(has_untyped_item),
        implies="chain.context-included chain.context-matches-replay chain.grows chain.instructions-not-inherited "
        "chain.instructions-null chain.metadata-not-inherited chain.fork-succeeds chain.fork-separate "
        "input-items.lists-input input-items.text-as-sent input-items.default-order input-items.order-ascending "
        "input-items.order-matches-input input-items.default-limit input-items.limit-respected "
        "input-items.limit-maximum input-items.has-more input-items.after-exclusive input-items.pages-complete "
        "input-items.no-output input-items.empty-page-ids errors.trigger.call-without-output.detail "
        "errors.trigger.encrypted-content-tampered.detail",
    ),
    fault(
        "easy-assistant-message-refused",
        "A typed message of the assistant whose content is a text is refused.",
        "create.easy-assistant-message",
        request=refuse_when(says_in_text),
        implies="chain.context-matches-replay chain.instructions-not-inherited",
    ),
    fault(
        "developer-message-refused",
        "Typed messages of the system and the developer are refused.",
        "create.developer-message",
        request=refuse_when(instructs),
        implies="input-items.lists-input input-items.text-as-sent input-items.default-order "
        "input-items.order-ascending input-items.order-matches-input input-items.default-limit "
        "input-items.limit-respected input-items.limit-maximum input-items.has-more input-items.after-exclusive "
        "input-items.pages-complete input-items.no-output input-items.empty-page-ids",
    ),
    fault(
        "output-refused",
        "What the server said is refused as input.",
        "create.replay-output",
        request=refuse_when(replays),
        implies="create.replay-rich create.replay-cut "
        "reasoning.encrypted-replay reasoning.summary-only-replay chain.context-matches-replay "
        "chain.instructions-not-inherited",
    ),
    fault(
        "call-without-id-refused",
        "A call without an id is refused as input.",
        "create.replay-without-ids",
        request=refuse_when(lambda body: any(not each.get("id") for each in input_items(body, "function_call"))),
        implies="errors.trigger.call-without-output.detail",
    ),
    fault(
        "text-without-logprobs-refused",
        "An output text without logprobs or annotations is refused as input.",
        "create.replay-without-logprobs",
        request=refuse_when(lacks_members),
    ),
    fault(
        "image-without-detail-refused",
        "An image without a detail is refused.",
        "create.image-without-detail",
        request=refuse_when(lambda body: any("detail" not in part for part in input_parts(body, "input_image"))),
    ),
    fault(
        "no-tools-refused",
        "An empty list of tools is refused.",
        "create.tools-empty",
        request=refuse_when(lambda body: body.get("tools") == []),
    ),
    fault(
        "no-include-refused",
        "An empty list of what to include is refused.",
        "create.include-empty",
        request=refuse_when(lambda body: body.get("include") == []),
    ),
    fault(
        "empty-text-refused",
        "An empty object of text options is refused.",
        "create.text-empty",
        request=refuse_when(lambda body: body.get("text") == {}),
    ),
    fault(
        "tool-type-refused",
        "A type of tool is refused without its place.",
        "create.unknown-tool-types",
        request=refuse_when(lambda body: any(offered_tools(body, "web_search_preview"))),
        implies="tools.hosted-refused-or-run",
    ),
    fault(
        "sparse-function-refused",
        "A function without strict or parameters is refused.",
        "create.tool-without-strict",
        request=refuse_when(lambda body: any(is_sparse(tool) for tool in offered_tools(body))),
    ),
)
