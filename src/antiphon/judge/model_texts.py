"""Texts of an output item that the model wrote, as opposed to what tools brought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.judge.values import a_dict, a_list, objects

PARTS = {"message": (("content", ("text", "refusal")),), "reasoning": (("summary", ("text",)), ("content", ("text",)))}
"""Lists of parts by the type of the item, with the texts of a part."""
MEMBERS = {
    "function_call": ("arguments",),
    "custom_tool_call": ("input",),
    "mcp_call": ("arguments",),
    "mcp_approval_request": ("arguments",),
    "code_interpreter_call": ("code",),
    "image_generation_call": ("revised_prompt",),
    "program": ("code",),
}


def model_texts(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Place and value of each text in an item that is the model's own."""
    kind = str(item.get("type"))
    for name, members in PARTS.get(kind, ()):
        for number, part in enumerate(a_list(item.get(name))):
            for member in members:
                if isinstance(a_dict(part).get(member), str):
                    yield f"/{name}/{number}/{member}", part[member]
    for name in MEMBERS.get(kind, ()):
        if isinstance(item.get(name), str):
            yield f"/{name}", item[name]
    yield from _of_actions(item, kind)


def _of_actions(item: Mapping[str, Any], kind: str) -> Iterator[tuple[str, str]]:
    if kind == "shell_call":
        for number, command in enumerate(a_list(a_dict(item.get("action")).get("commands"))):
            if isinstance(command, str):
                yield f"/action/commands/{number}", command
    diff = a_dict(item.get("operation")).get("diff") if kind == "apply_patch_call" else None
    if isinstance(diff, str):
        yield "/operation/diff", diff


def message_texts(item: Mapping[str, Any]) -> list[str]:
    """The answers in a message."""
    return [part["text"] for part in objects(item.get("content")) if isinstance(part.get("text"), str)]


def thought_texts(item: Mapping[str, Any]) -> list[str]:
    """The thoughts in a reasoning item: its summary, and its content where that is open."""
    return [text for _, text in model_texts(item)] if item.get("type") == "reasoning" else []
