"""From a request to the items that the model reads: history, references, and the pairing of calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from antiphon.server.errors import ApiError, previous_not_found, shorten
from antiphon.server.ids import Ids
from antiphon.server.pairs import check_pairs, check_sealed
from antiphon.server.policy import Policy
from antiphon.server.store import Json, Record, Store

PREFIXES = {
    "message": "msg_",
    "reasoning": "rs_",
    "function_call": "fc_",
    "function_call_output": "fc_",
    "custom_tool_call": "ctc_",
    "custom_tool_call_output": "ctco_",
    "web_search_call": "ws_",
    "file_search_call": "fs_",
    "code_interpreter_call": "ci_",
    "image_generation_call": "ig_",
    "mcp_call": "mcp_",
    "mcp_list_tools": "mcpl_",
    "mcp_approval_request": "mcpr_",
    "mcp_approval_response": "mcpr_",
    "shell_call": "sh_",
    "shell_call_output": "sho_",
    "apply_patch_call": "apc_",
    "apply_patch_call_output": "apco_",
    "local_shell_call": "lsh_",
    "local_shell_call_output": "lsh_",
    "computer_call": "cu_",
    "computer_call_output": "cuo_",
    "tool_search_call": "tsc_",
    "tool_search_output": "tso_",
    "compaction": "cmp_",
    "program": "cm_",
    "program_output": "cmo_",
}
WITHOUT_STATUS = frozenset(
    {
        "reasoning",
        "compaction",
        "compaction_trigger",
        "mcp_list_tools",
        "mcp_approval_request",
        "mcp_approval_response",
        "program",
        "additional_tools",
        "configuration_update",
    }
)


@dataclass(slots=True)
class Context:
    """What the model reads: the items of earlier turns, then those of the request."""

    history: list[Json]
    input: list[Json]
    parent: str | None = None

    @property
    def items(self) -> list[Json]:
        return [*self.history, *self.input]


def resolve(body: Mapping[str, Any], store: Store, ids: Ids, policy: Policy) -> Context:
    """The context of a request whose shape has been checked."""
    if body.get("prompt"):
        raise ApiError(f"Prompt with id '{shorten(body['prompt']['id'], quote=False)}' not found.", status=404)
    parent = previous(body.get("previous_response_id"), store, policy)
    history = past(parent, store, policy) if parent else store.conversations.past(body.get("conversation"))
    given = normalise(body.get("input"), store, ids, policy)
    context = Context(history, given, parent.id if parent else None)
    if policy.verifies_sealed:
        check_sealed(context.input)
    if policy.pairs_calls:
        check_pairs(context.history, context.input)
    return context


def previous(id: str | None, store: Store, policy: Policy) -> Record | None:
    """The response that a request continues."""
    if id is None:
        return None
    record = store.get(id, delay=policy.readable_after)
    if record is None and policy.deleted_chains:
        record = store.deleted.get(id)
    if record is None or not (record.response["store"] or policy.keeps_unstored):
        if policy.unknown_previous == "ignored":
            return None
        raise previous_not_found(id)
    return record


def past(record: Record, store: Store, policy: Policy) -> list[Json]:
    """The items that a next turn inherits from `record`."""
    if not policy.chains:
        return []
    history = list(record.history) if policy.chain_reaches_back else []
    if policy.chain_keeps_input:
        history += record.input
    if policy.chain_keeps_output:
        history += record.response["output"]
    if policy.forks_leak:
        for sibling in store.children(record.id):
            history += [item for item in sibling.input if item["type"] == "message"]
    return history


def normalise(given: Any, store: Store, ids: Ids, policy: Policy) -> list[Json]:
    """The input as stored items: with ids, and content as parts."""
    if not given:
        return []
    if isinstance(given, str):
        content = [{"type": "input_text", "text": given}]
        message = {"id": ids.new("msg_"), "type": "message", "role": "user", "content": content, "status": "completed"}
        return [message]
    return [normal_item(item, index, store, ids, policy) for index, item in enumerate(given)]


def normal_item(item: Json, index: int, store: Store, ids: Ids, policy: Policy) -> Json:
    kind = item.get("type") or ("message" if "role" in item else "item_reference")
    if kind == "item_reference":
        found = store.item(item["id"]) if policy.resolves_references else None
        if found is None:
            raise ApiError(
                f"Item with id '{shorten(item['id'], quote=False)}' not found. Only stored items can be referred to.",
                status=404,
            )
        return found
    made = {"id": item.get("id") or ids.new(PREFIXES.get(kind, "item_")), "type": kind}
    made |= {key: value for key, value in item.items() if key not in made and value is not None}
    if kind == "message":
        made["content"] = parts(item["role"], item["content"])
    if kind not in WITHOUT_STATUS:
        made.setdefault("status", "completed")
    return made | DEFAULTS[kind](made) if kind in DEFAULTS else made


DEFAULTS: Mapping[str, Callable[[Json], Json]] = {
    "shell_call": lambda item: {
        "action": {"timeout_ms": None, "max_output_length": None, **item["action"]},
        "environment": item.get("environment"),
    },
    "code_interpreter_call": lambda item: {"code": item.get("code"), "outputs": item.get("outputs")},
    "web_search_call": lambda item: {"action": item.get("action") or {"type": "search", "query": "", "queries": []}},
    "image_generation_call": lambda item: {"result": item.get("result")},
    "computer_call": lambda item: {"pending_safety_checks": item.get("pending_safety_checks", [])},
    "shell_call_output": lambda item: {"max_output_length": item.get("max_output_length")},
    "tool_search_call": lambda item: {
        "execution": item.get("execution", "server"),
        "call_id": item.get("call_id"),
    },
    "tool_search_output": lambda item: {
        "execution": item.get("execution", "server"),
        "call_id": item.get("call_id"),
    },
}
"""What an item of a kind is given where it was sent without it."""


def parts(role: str, content: Any) -> list[Json]:
    """Content as a list of parts, each with its defaults."""
    kind = "output_text" if role == "assistant" else "input_text"
    if isinstance(content, str):
        content = [{"type": kind, "text": content}]
    return [normal_part(part) for part in content]


def normal_part(part: Json) -> Json:
    made = {key: value for key, value in part.items() if value is not None}
    match part["type"]:
        case "output_text":
            made = {"type": "output_text", "annotations": [], "logprobs": []} | made
        case "input_image":
            made.setdefault("detail", "auto")
    return made
