"""Call pairs: a call and its output, reasoning and the item that follows it; and seals, which must be whole."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from antiphon.server.errors import ApiError, shorten
from antiphon.server.json_values import Json
from antiphon.server.state.sealed_content import unseal

ANSWERS = {
    "function_call": "function_call_output",
    "custom_tool_call": "custom_tool_call_output",
    "local_shell_call": "local_shell_call_output",
    "shell_call": "shell_call_output",
    "apply_patch_call": "apply_patch_call_output",
    "computer_call": "computer_call_output",
}
ALONE = frozenset({"message"})


def check_sealed(items: Iterable[Json]) -> None:
    """Encrypted content comes back as it was given out."""
    for item in items:
        if item.get("encrypted_content") not in (None, True):
            unseal(item["encrypted_content"])


def check_pairs(history: list[Json], given: list[Json]) -> None:
    """Every call has its output and every output its call, whatever the order; reasoning leads to something."""
    items = [*history, *given]
    if {item["type"] for item in items} <= ALONE:
        return
    calls = {(ANSWERS[item["type"]], item["call_id"]) for item in items if item["type"] in ANSWERS}
    answers = {(item["type"], item.get("call_id")) for item in items if item["type"] in ANSWERS.values()}
    for item in items:
        kind, call = item["type"], item.get("call_id")
        name = kind.removesuffix("_output").replace("_", " ")
        if kind in ANSWERS.values() and call and (kind, call) not in calls:
            message = f"No tool call found for {name} output with call_id {shorten(call, quote=False)}."
            raise ApiError(message, param="input")
        if kind in ANSWERS and (ANSWERS[kind], call) not in answers:
            raise ApiError(f"No tool output found for {name} {shorten(call, quote=False)}.", param="input")
    for item, following in zip_longest(given, given[1:]):
        lost = following is None or (following["type"] == "message" and following["role"] != "assistant")
        if item["type"] == "reasoning" and lost and "encrypted_content" not in item:
            message = f"Item '{item['id']}' of type 'reasoning' was provided without its required following item."
            raise ApiError(message, param="input")
