"""Only items are carried over to the next turn: no setting of a response is."""

from dataclasses import dataclass
from typing import Any

from antiphon.suite import Api, Transcript, assume, requirement, scenario

FUNCTION = {
    "type": "function",
    "name": "note_it",
    "parameters": {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
    "strict": True,
}
SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string", "enum": ["yes"]}},
    "required": ["answer"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Setting:
    """What the first turn sends, the field that shows it, and what this field is without it."""

    id: str
    requirement: str
    capability: str
    sent: Any
    field: str
    default: Any


SETTINGS = (
    Setting("temperature", "chain.temperature-not-inherited", "chaining", {"temperature": 0.3}, "temperature", 1),
    Setting(
        "tools", "chain.tools-not-inherited", "tools", {"tools": [FUNCTION], "tool_choice": "none"}, "tools", []
    ),
    Setting(
        "tool-choice", "chain.tool-choice-not-inherited", "tools", {"tools": [FUNCTION], "tool_choice": "none"},
        "tool_choice", "auto",
    ),
    Setting(
        "text", "chain.text-not-inherited", "structured-output",
        {"text": {"format": {"type": "json_schema", "name": "answer", "schema": SCHEMA, "strict": True}}},
        "text", "text",
    ),
)  # fmt: skip


@scenario(each=SETTINGS, needs=lambda setting: {"chaining", setting.capability})
async def set_once(api: Api, setting: Setting) -> None:
    """A response with a setting is continued without it."""
    first = await api.create(input="Answer yes.", store=True, max_output_tokens=64, **setting.sent)
    await api.create(input="Answer again.", previous_response_id=first.id, max_output_tokens=64)


@requirement("{case.requirement}")
def test_a_setting_is_not_carried_over(set_once: Transcript) -> None:
    """A continued response does not show what only the first one was sent with."""
    first, second = set_once
    setting = set_once.case
    shown, then = first.body.get(setting.field), second.body.get(setting.field)
    if setting.field == "text":
        shown, then = (text.get("format", {}).get("type") for text in (shown or {}, then or {}))
    assume(second.is_success, "the response was not continued")
    assume(shown not in (setting.default, None), "the first reply does not show the setting")

    assert then != shown
