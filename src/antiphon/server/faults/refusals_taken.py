"""What should be refused and is taken, by the place of what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from antiphon.server import run
from antiphon.server.faults.base import Fault, Reply, one
from antiphon.server.faults.create_asking import COMPACT, COUNT, changing
from antiphon.server.faults.store_reach import CREATE, service_of
from antiphon.server.settings import Settings
from antiphon.server.store import Json

MODEL = Settings().models[0]
GROUPS: Mapping[str, tuple[str, str]] = {
    "model": (
        "the model",
        "missing-model missing-model-and-input model-null model-number model-empty unknown-model",
    ),
    "input": (
        "the input",
        "missing-input input-null input-object input-number call-without-output duplicate-item-id json-word-missing "
        "output-without-call",
    ),
    "item": (
        "an input item",
        "item-type item-extra-member message-without-content message-role content-type content-chat-type content-role "
        "image-url-object phase-on-user call-id-prefix call-without-arguments",
    ),
    "tools": (
        "a tool",
        "tools-object tool-without-type tool-without-name tool-chat-shape tool-type tool-name-length "
        "tool-name-characters strict-function-schema mcp-without-server file-search-without-store",
    ),
    "tool_choice": (
        "the tool_choice",
        "tool-choice-without-name tool-choice-chat-shape tool-choice-absent-tool tool-choice-type tool-choice-value",
    ),
    "reasoning": ("the reasoning", "reasoning-effort-value reasoning-summary-value reasoning-type"),
    "context_management": (
        "the context_management",
        "context-management-type context-management-empty context-management-threshold",
    ),
    "instructions": ("the instructions", "instructions-type"),
    "store": ("store", "store-type"),
    "stream": ("stream", "stream-type"),
    "background": ("background", "background-type"),
    "parallel_tool_calls": ("parallel_tool_calls", "parallel-tool-calls-type"),
    "previous_response_id": ("the type of previous_response_id", "previous-response-id-type"),
    "max_tool_calls": ("max_tool_calls", "max-tool-calls-zero max-tool-calls-type"),
    "prompt_cache_key": ("the type of prompt_cache_key", "prompt-cache-key-type"),
    "prompt_cache_retention": ("prompt_cache_retention", "prompt-cache-retention-value"),
}
"""Where it is wrong, what is not looked at, and the triggers that are then pulled in vain."""


def place(param: object) -> str:
    """The field that a param begins with, an item of the input apart."""
    text = str(param)
    if text.startswith("input["):
        return "item"
    return text.split("[")[0].split(".")[0]


def take(reply: Reply) -> None:
    """Answer with an ordinary response to an ordinary request."""
    from antiphon.server.routes.responses import accept

    service = service_of(reply)
    record = accept(service, {"model": MODEL, "input": "hi"})
    run.complete(service, record)
    reply.status, reply.body = 200, service.show_response(record.response)


def taking(when: Callable[[Json], bool]) -> Callable[[Reply], Reply]:
    """Take the creates whose refusal says this."""

    def hook(reply: Reply) -> Reply:
        error = reply.body.get("error") if isinstance(reply.body, dict) and reply.status >= 400 else None
        if reply.operation == CREATE and isinstance(error, dict) and when(error):
            take(reply)
        return reply

    return hook


def at_place(name: str) -> Callable[[Json], bool]:
    wrong = {"previous_response_id": "invalid_type", "prompt_cache_key": "invalid_type"}.get(name)
    return lambda error: place(error["param"]) == name and (wrong is None or error["code"] == wrong)


def named(*triggers: str) -> frozenset[str]:
    return one(*(f"errors.trigger.{each}" for each in triggers))


def told(*triggers: str) -> frozenset[str]:
    return one(*(f"errors.trigger.{each}.detail" for each in triggers))


def says(*words: str) -> Callable[[Json], bool]:
    """The refusal names neither a field nor a code, and says one of these."""
    return lambda error: error["param"] is None and any(word in error["message"] for word in words)


def whole_compact(body: Json) -> Json:
    wrong = body.get("model") not in Settings().models or len(str(body.get("prompt_cache_key") or "")) > 64
    lost = str(body.get("previous_response_id") or "").endswith("0" * 20)
    return {"model": MODEL, "input": "hi"} if wrong or lost else body


def whole_count(body: Json) -> Json:
    lost = str(body.get("previous_response_id") or "").endswith("0" * 20)
    wrong = not isinstance(body.get("input"), str | list | None)
    return {"model": MODEL, "input": "hi"} if wrong or lost else body


FAULTS = (
    *(
        Fault(
            name=f"{field.replace('_', '-')}-taken-anyhow",
            says=f"Nobody looks at {what}: a create is answered as if it were right.",
            breaks=named(*ids.split()),
            hides=told(*ids.split()),
            reply=taking(at_place(field)),
        )
        for field, (what, ids) in GROUPS.items()
    ),
    Fault(
        name="empty-input-taken",
        says="A create without any input is answered.",
        breaks=named("input-empty-list", "input-empty-text"),
        hides=told("input-empty-list", "input-empty-text"),
        reply=taking(lambda error: error["param"] is None and error["code"] == "missing_required_parameter"),
    ),
    Fault(
        name="unknown-prompt-taken",
        says="A stored prompt that does not exist is taken as none.",
        breaks=named("unknown-prompt"),
        hides=told("unknown-prompt"),
        reply=taking(says("Prompt with id")),
    ),
    Fault(
        name="unknown-item-taken",
        says="A reference to an item that does not exist is left out.",
        breaks=named("unknown-item-reference"),
        hides=told("unknown-item-reference"),
        reply=taking(says("Item with id")),
    ),
    Fault(
        name="unreadable-image-taken",
        says="An image without a usable address is left out.",
        breaks=named("image-url"),
        hides=told("image-url"),
        reply=taking(lambda error: error["param"] == "url"),
    ),
    Fault(
        name="unreadable-body-taken",
        says="A body that is no JSON object is read as an ordinary request.",
        breaks=named("broken-json", "body-not-object", "wrong-content-type"),
        hides=told("broken-json", "body-not-object"),
        reply=taking(says("could not parse", "must be an object", "Unsupported content type")),
    ),
    Fault(
        name="any-key-taken",
        says="Nobody looks at the key.",
        breaks=named("no-key", "wrong-key"),
        hides=told("no-key", "wrong-key"),
        reply=taking(says("API key")),
    ),
    changing(
        "compact-mends",
        "What is wrong in a request to compact is left out.",
        " ".join(named("compact-unknown-model", "compact-cache-key-length", "compact-unknown-previous")),
        whole_compact,
        at=COMPACT,
    ),
    changing(
        "count-mends",
        "What is wrong in a request to count is left out.",
        " ".join(named("input-tokens-unknown-previous", "input-tokens-input-type")),
        whole_count,
        at=COUNT,
    ),
)
