"""Triggers from `spec/errors.yaml`: requests that must be refused, and the refusals to expect."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from antiphon.contract.evidence import evidence_of
from antiphon.contract.model import Evidence, Level, Requirement
from antiphon.contract.paths import spec_dir
from antiphon.contract.spec_files import read_validated

ABSENT = "(absent)"
PREFIX = "errors.trigger."
SUFFIX = ".detail"


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
    evidence: tuple[Evidence, ...]
    note: str

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


def placeholders(value: Any) -> set[str]:
    """The names of the placeholders in a value."""
    match value:
        case str():
            return {value[1:]} if value.startswith("$") else set()
        case dict():
            return set().union(*(placeholders(each) for each in value.values()))
        case list():
            return set().union(*(placeholders(each) for each in value))
    return set()


def _nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}, "required": ["a"], "additionalProperties": False}
    return schema


def made_ids(entry: Mapping[str, Any]) -> tuple[str, str]:
    """The ids of the two requirements of a trigger: that it is refused, and how; the second is empty where it has none.

    They are `errors.trigger.ID` and `errors.trigger.ID.detail`, unless the entry names one of `spec/requirements/`.
    """
    own = PREFIX + entry["id"]
    detail = own + SUFFIX if "detail_level" in entry else ""
    return entry.get("requirement", own), entry.get("detail", detail)


def source_trigger(requirement: str) -> str:
    """The id of the trigger that a requirement is made of; empty for one that is written in `spec/requirements/`."""
    return requirement.removeprefix(PREFIX).removesuffix(SUFFIX) if requirement.startswith(PREFIX) else ""


def requirements_of_triggers() -> Iterator[Requirement]:
    """The requirements that are made of triggers, in the order of the file. Raises SpecError."""
    value = _file()
    for entry, trigger in zip(value["triggers"], triggers(), strict=True):
        capability = entry.get("capability", value["operations"][trigger.operation]["capability"])
        for key, id, level in _made(entry, trigger):
            excluded = value["excluded"] if key in entry.get("excluded", ()) else ""
            first = key == "requirement"
            yield Requirement(
                id=id,
                says=_sentence(entry["says"]) if first else _sentence_of_detail(entry["says"], trigger.expected),
                level=Level(level),
                area="errors",
                capability=capability,
                evidence=trigger.evidence,
                judged="" if excluded else "suite",
                defects=tuple(entry.get("defects" if first else "detail_defects", ())),
                note=trigger.note if first else "",
                excluded=excluded,
            )


def _made(entry: Mapping[str, Any], trigger: Trigger) -> Iterator[tuple[str, str, str]]:
    """Which of the two it is, its id and its level, for each requirement that is made of a trigger."""
    if "level" in entry:
        yield "requirement", trigger.requirement, entry["level"]
    if "detail_level" in entry:
        yield "detail", trigger.detail, entry["detail_level"]


def _sentence(says: str) -> str:
    return f"{says[0].upper()}{says[1:]} is refused."


def _sentence_of_detail(says: str, expected: Mapping[str, Any]) -> str:
    first, *rest = [f"{key} {expected[key]}" for key in ("status", "param", "code") if expected.get(key)]
    shown = f"{', '.join([first, *rest[:-1]])} and {rest[-1]}" if rest else first
    return f"The refusal of {says} has {shown}."


@cache
def _file() -> Any:
    return read_validated(spec_dir() / "errors.yaml", "errors")


@cache
def triggers() -> tuple[Trigger, ...]:
    """Every trigger, in the order of the file. Raises SpecError."""
    value = _file()
    return tuple(_trigger(each, value["operations"][each["operation"]]) for each in value["triggers"])


def _trigger(entry: Mapping[str, Any], operation: Mapping[str, Any]) -> Trigger:
    requirement, detail = made_ids(entry)
    return Trigger(
        id=entry["id"],
        operation=entry["operation"],
        setup=entry.get("given", ""),
        request=entry["request"],
        base=operation.get("base", {}),
        expected=entry["expected"],
        accept=tuple(entry.get("accept", ("4xx",))),
        portable=entry.get("portable", True),
        requirement=requirement,
        detail=detail,
        evidence=evidence_of(entry["evidence"], operation.get("where", entry["operation"])),
        note=entry.get("note", ""),
    )
