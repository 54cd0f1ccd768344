"""Bodies of crossed creates: what the values of a row send together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from antiphon.contract.crossing import CrossingRow, FactorValue
from antiphon.exercise.target import Target

TEXT = "Say hi."
STORY: Mapping[str, Any] = {
    "type": "message", "role": "user", "content": [{"type": "input_text", "text": (
        "A baker, a carpenter and a teacher live in three houses by one river. The baker has a red door, the carpenter "
        "has a green door, and the teacher has a blue door. The house with the green door stands upstream of the other "
        "two. In summer the baker rises at three and the teacher at six; in winter both rise an hour later, and the "
        "carpenter, who has no stove, sleeps in the workshop among the boards. On market days they meet at the ferry, "
        "drink coffee from the same pot, and talk about the river, which took away two fences and one boat in spring. "
        "Say in one word whose door is green."
    )}],
}  # fmt: skip
"""The earlier turn of every context that has one."""
ROOM = 1024
"""Tokens that an answer may have where nothing is to be cut; a model that reasons needs some."""
MODES = ("mode", "context")
"""Factors whose values say how a create is sent, not what it asks for."""


def features_of(row: CrossingRow, target: Target) -> list[FactorValue]:
    """The values of a row that ask for something, those apart that the target is said to lack."""
    return [value for value in row.values if value.factor not in MODES and is_usable(value, target)]


def is_usable(value: FactorValue, target: Target) -> bool:
    """The value asks for something, and nobody said that the target lacks it."""
    return value.is_feature and target.capabilities.get(value.capability) is not False


def message_of(features: Iterable[FactorValue]) -> dict[str, Any]:
    """The user's message: the words that the features want, and their parts."""
    chosen = list(features)
    text = next((value.text for value in chosen if value.text), TEXT)
    parts = [part for value in chosen for part in value.content]
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}, *parts]}


def fields_of(features: Iterable[FactorValue], target: Target) -> dict[str, Any]:
    """The fields that the features send, and the model that they take."""
    fields: dict[str, Any] = {"max_output_tokens": ROOM}
    for value in features:
        fields |= value.fields
        if value.reasons and target.reasoning_model:
            fields["model"] = target.reasoning_model
    return fields


def sends(value: FactorValue, sent: Mapping[str, Any]) -> bool:
    """A request has what a value sends."""
    return all(sent.get(name) == each for name, each in value.fields.items() if name != "metadata") and all(
        part in _parts(sent.get("input")) for part in value.content
    )


def _parts(items: Any) -> Sequence[Any]:
    contents = [item.get("content") for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return [part for content in contents if isinstance(content, list) for part in content]
