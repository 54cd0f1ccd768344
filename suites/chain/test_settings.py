"""Only items are carried over to the next turn: no setting of a response is."""

from dataclasses import dataclass
from typing import Any

from antiphon.suite import Api, Transcript, assume, requirement, scenario
from antiphon.suite.controls import token_counts
from antiphon.suite.shown_settings import value_of

weighed = token_counts.weighed

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
    """What the first turn sends, and the field that shows it."""

    id: str
    requirement: str
    capability: str
    sent: Any
    field: str


SETTINGS = (
    Setting("temperature", "chain.temperature-not-inherited", "chaining", {"temperature": 0.3}, "temperature"),
    Setting(
        "tools", "chain.tools-not-inherited", "tools", {"tools": [FUNCTION], "tool_choice": "none"}, "tools"
    ),
    Setting(
        "tool-choice", "chain.tool-choice-not-inherited", "tools", {"tools": [FUNCTION], "tool_choice": "none"},
        "tool_choice",
    ),
    Setting(
        "text", "chain.text-not-inherited", "structured-output",
        {"text": {"format": {"type": "json_schema", "name": "answer", "schema": SCHEMA, "strict": True}}},
        "text",
    ),
)  # fmt: skip


@scenario(each=SETTINGS, needs=lambda setting: {"chaining", setting.capability})
async def set_once(api: Api, setting: Setting) -> None:
    """A response with a setting is continued without it."""
    first = await api.create(input="Answer yes.", store=True, max_output_tokens=64, **setting.sent)
    await api.create(input="Answer again.", previous_response_id=first.id, max_output_tokens=64)


@requirement("{case.requirement}")
def test_a_setting_is_not_carried_over(set_once: Transcript, weighed: Transcript) -> None:
    """A continued response does not show what only the first one was sent with."""
    first, second = set_once
    assume(second.is_success and weighed[0].is_success, "the response was not continued")
    unset, shown, then = (value_of(set_once.case.field, each) for each in (weighed[0], first, second))
    assume(shown is not None, "the first reply does not show the setting")
    assume(shown != unset, f"a reply to a create without the setting shows the same: {unset}")

    assert then != shown
