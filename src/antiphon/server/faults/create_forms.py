"""Forms of input that clients send and that are refused."""

from __future__ import annotations

from antiphon.server.faults.create_asking import items, long, parts, refusing, tools
from antiphon.server.store import Json


def untyped(body: Json) -> bool:
    given = body.get("input")
    return isinstance(given, list) and any(isinstance(each, dict) and "type" not in each for each in given)


def says_in_text(body: Json) -> bool:
    return any(each.get("role") == "assistant" and isinstance(each["content"], str) for each in items(body, "message"))


def instructs(body: Json) -> bool:
    return any(each.get("role") in ("system", "developer") for each in items(body, "message"))


def replays(body: Json) -> bool:
    """Something that this server said is sent back with the id that it had."""
    said = [each for each in items(body, "message") if each.get("role") == "assistant"]
    return any(long(each.get("id"), 30) for each in (*said, *items(body, "function_call")))


def lacks_members(body: Json) -> bool:
    return any("logprobs" not in part or "annotations" not in part for part in parts(body, "output_text"))


def sparse(tool: Json) -> bool:
    return "strict" not in tool or "parameters" not in tool


UNCHAINED = (
    "chain.context-included chain.context-matches-replay chain.grows chain.instructions-not-inherited "
    "chain.instructions-null chain.metadata-not-inherited chain.fork-succeeds chain.fork-separate"
)
UNLISTED = (
    "input-items.lists-input input-items.text-as-sent input-items.default-order input-items.order-ascending "
    "input-items.order-matches-input input-items.default-limit input-items.limit-respected input-items.limit-maximum "
    "input-items.has-more input-items.after-exclusive input-items.pages-complete input-items.no-output "
    "input-items.empty-page-ids"
)
FAULTS = (
    refusing("easy-message-refused", "A message without a type is refused.", "create.easy-message", untyped,
             f"{UNCHAINED} {UNLISTED} errors.trigger.call-without-output.detail "
             "errors.trigger.encrypted-content-tampered.detail"),
    refusing(
        "easy-assistant-message-refused", "A message of the assistant whose content is a text is refused.",
        "create.easy-assistant-message", says_in_text,
        "chain.context-matches-replay chain.instructions-not-inherited",
    ),
    refusing(
        "developer-message-refused", "Messages of the system and the developer are refused.",
        "create.developer-message", instructs, UNLISTED,
    ),
    refusing("output-refused", "What the server said is refused as input.", "create.replay-output", replays,
             "reasoning.encrypted-replay reasoning.summary-only-replay chain.context-matches-replay "
             "chain.instructions-not-inherited"),
    refusing(
        "call-without-id-refused", "A call without an id is refused as input.", "create.replay-without-ids",
        lambda body: any(not each.get("id") for each in items(body, "function_call")),
        "errors.trigger.call-without-output.detail",
    ),
    refusing(
        "text-without-logprobs-refused", "An output text without logprobs or annotations is refused as input.",
        "create.replay-without-logprobs", lacks_members,
    ),
    refusing(
        "image-without-detail-refused", "An image without a detail is refused.", "create.image-without-detail",
        lambda body: any("detail" not in part for part in parts(body, "input_image")),
    ),
    refusing("no-tools-refused", "An empty list of tools is refused.", "create.tools-empty",
             lambda body: body.get("tools") == []),
    refusing("no-include-refused", "An empty list of what to include is refused.", "create.include-empty",
             lambda body: body.get("include") == []),
    refusing("empty-text-refused", "An empty object of text options is refused.", "create.text-empty",
             lambda body: body.get("text") == {}),
    refusing(
        "sparse-function-refused", "A function without strict or parameters is refused.", "create.tool-without-strict",
        lambda body: any(sparse(tool) for tool in tools(body)),
    ),
)  # fmt: skip
