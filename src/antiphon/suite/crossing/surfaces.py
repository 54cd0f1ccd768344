"""Surfaces whose creates are crossed: how a row is sent on each, and which requirements it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from antiphon.contract.crossing import CrossingRow, FactorValue, crossings
from antiphon.exercise.target import Target
from antiphon.recording.exchange import SOCKET_METHOD, Exchange

TEXT = "Say hi."
ROOM = 1024
"""Tokens that an answer may have where nothing is to be cut; a model that reasons needs some."""
MODES = ("mode", "context")
"""Factors whose values say how a create is sent, not what it asks for."""


@dataclass(frozen=True)
class CrossedSurface:
    """Surface of `spec/crossing.yaml`, with the names that its creates have for what both do."""

    name: str
    operation: str
    area: str
    """How its requirements begin."""
    turns: str
    """The field of what the model reads."""
    limits: tuple[str, ...]
    """The fields that limit the output, the usual one first."""
    routes: frozenset[tuple[str, str]]

    def is_create(self, exchange: Exchange) -> bool:
        """The exchange is a create of this surface."""
        request = exchange.request
        return request is not None and (request.method, request.path) in self.routes and isinstance(request.body, dict)

    def single_features(self) -> list[FactorValue]:
        """Every feature of a create, each of which is sent alone once."""
        chosen = [value for factor in crossings()[self.name].factors for value in factor.values]
        return [each for each in chosen if each.is_feature and each.factor not in (*MODES, "storing")]

    def contexts(self) -> list[FactorValue]:
        """The contexts that a plain create can be sent with."""
        return [value for value in crossings()[self.name].factors[1].values if value.before]

    def turns_of(self, features: Iterable[FactorValue], context: Iterable[Any] = ()) -> list[Any]:
        """What the model reads: what the features put first, the context, and the user's message."""
        chosen = list(features)
        return [*(each for value in chosen for each in value.before), *context, self.message_of(chosen)]

    def message_of(self, features: Iterable[FactorValue]) -> dict[str, Any]:
        """The user's message: the words that the last feature with some wants, and the parts of all."""
        chosen = list(features)
        text = next((value.text for value in reversed(chosen) if value.text), TEXT)
        parts = [part for value in chosen for part in value.content]
        if self.operation == "create":
            return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}, *parts]}
        return {"role": "user", "content": [{"type": "text", "text": text}, *parts] if parts else text}

    def fields_of(self, features: Iterable[FactorValue], target: Target) -> dict[str, Any]:
        """The fields that the features send, and the model that they take."""
        chosen = list(features)
        limited = any(name in value.fields for value in chosen for name in self.limits)
        fields: dict[str, Any] = {} if limited else {self.limits[0]: ROOM}
        for value in chosen:
            fields |= value.fields
            if value.reasons and target.reasoning_model:
                fields["model"] = target.reasoning_model
        return fields

    def sends(self, value: FactorValue, sent: Mapping[str, Any]) -> bool:
        """A request has what a value sends."""
        turns = [each for each in sent.get(self.turns) or () if isinstance(each, dict)]
        contents = [each["content"] for each in turns if isinstance(each.get("content"), list)]
        return (
            all(sent.get(name) == each for name, each in value.fields.items() if name != "metadata")
            and all(any(part in content for content in contents) for part in value.content)
            and all(each in turns for each in value.before)
        )


RESPONSES = CrossedSurface(
    "responses", "create", "modes.", "input", ("max_output_tokens",),
    frozenset({("POST", "/responses"), (SOCKET_METHOD, "/responses")}),
)  # fmt: skip
CHAT = CrossedSurface(
    "chat", "chat.create", "chat.modes.", "messages", ("max_completion_tokens", "max_tokens"),
    frozenset({("POST", "/chat/completions")}),
)  # fmt: skip
SURFACES = {each.name: each for each in (RESPONSES, CHAT)}
STORY = RESPONSES.contexts()[0].before[0]
"""The earlier turn of every context of Responses that has one."""


def features_of(row: CrossingRow, target: Target) -> list[FactorValue]:
    """The values of a row that ask for something, those apart that the target is said to lack."""
    return [value for value in row.values if value.factor not in MODES and is_usable(value, target)]


def is_usable(value: FactorValue, target: Target) -> bool:
    """The value asks for something, and nobody said that the target lacks it."""
    return value.is_feature and target.capabilities.get(value.capability) is not False
