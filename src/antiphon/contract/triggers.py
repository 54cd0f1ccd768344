"""Triggers from `spec/errors.yaml`: requests that must be refused, and the refusals to expect."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from antiphon.contract.load import read_validated
from antiphon.contract.paths import spec_dir

ABSENT = "(absent)"


@dataclass(frozen=True)
class Trigger:
    """One way to be refused. `status`, `type`, `param`, `code` are what the service answers; ABSENT is not compared."""

    id: str
    operation: str
    setup: str
    request: Mapping[str, Any]
    base: Mapping[str, Any]
    expected: Mapping[str, Any]
    accept: tuple[int | str, ...]
    portable: bool
    requirement: str
    detail: str

    @property
    def for_thinkers(self) -> bool:
        """It takes a model that reasons, which takes less than others do."""
        return bool(self.request.get("body", {}).get("model") == "$REASONING_MODEL")

    def accepts(self, status: int | None) -> bool:
        """A status keeps the requirement."""
        refused = status is not None and 400 <= status < 500
        return status in self.accept or ("4xx" in self.accept and refused)

    def body(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """The request's JSON, with the placeholders filled from `names`. Raises KeyError for one that is not there."""
        removed = set(self.request.get("remove", ()))
        merged = {key: value for key, value in self.base.items() if key not in removed}
        merged.update(self.request.get("body", {}))
        filled = fill_placeholders(merged, names)
        assert isinstance(filled, dict)
        return filled


def fill_placeholders(value: Any, names: Mapping[str, Any]) -> Any:
    """A value with its placeholders (`$MODEL`) and its short forms (`{$repeat: [text, n]}`) written out."""
    match value:
        case str() if value.startswith("$"):
            return copy.deepcopy(names[value[1:]])
        case {"$repeat": [text, number]}:
            return text * number
        case {"$pairs": number}:
            return {f"key{index}": "value" for index in range(number)}
        case {"$keys": keys}:
            return {str(fill_placeholders(key, names)): "v" for key in keys}
        case {"$messages": number}:
            return [{"role": "user", "content": f"message {index}"} for index in range(number)]
        case {"$nested": levels}:
            return _nested(levels)
        case dict():
            return {key: fill_placeholders(each, names) for key, each in value.items()}
        case list():
            return [fill_placeholders(each, names) for each in value]
    return value


def _nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}, "required": ["a"], "additionalProperties": False}
    return schema


@cache
def triggers() -> tuple[Trigger, ...]:
    """Every trigger, in the order of the file. Raises SpecError."""
    value = read_validated(spec_dir() / "errors.yaml", "errors")
    return tuple(
        Trigger(
            id=each["id"],
            operation=each["operation"],
            setup=each.get("given", ""),
            request=each["request"],
            base=value["base"].get(each["operation"], {}),
            expected=each["expected"],
            accept=tuple(each["accept"]),
            portable=each["portable"],
            requirement=each["requirement"],
            detail=each.get("detail", ""),
        )
        for each in value["triggers"]
    )
