"""Examples of requirements about fields: the smallest good value, and the same value with one mistake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from antiphon.contract.schemas.validation import Schemas
from antiphon.explain.example import Example
from antiphon.explain.smallest_value import smallest

WRONG: tuple[Any, ...] = ([], 7, "x", {}, None)
"""Values of types that a field hardly ever has."""
SHARED = ("type", "sequence_number", "output_index", "item_id", "content_index", "delta")
"""Fields of many events, which have requirements of their own."""
ECHO: dict[str, Any] = {
    "background": True, "instructions": "Be brief.", "max-output-tokens": 64, "max-tool-calls": 2,
    "parallel-tool-calls": False, "previous-response-id": "resp_1", "prompt-cache-key": "k", "safety-identifier": "u",
    "service-tier": "default", "store": False, "temperature": 0.5, "top-logprobs": 2,
    "top-p": 0.5, "truncation": "auto",
}  # fmt: skip


def schema_example(requirement: str) -> Example | None:
    """The example of a requirement about a field or an object; None for any other."""
    area, _, rest = requirement.partition(".")
    if requirement.startswith("response.field."):
        return _field(requirement.removeprefix("response.field.").replace("-", "_"))
    if requirement.startswith("response.echo."):
        return _echo(requirement.removeprefix("response.echo."))
    if requirement.startswith("stream.schema."):
        return _event(requirement.removeprefix("stream.schema."))
    if area == "item" and rest.startswith("schema."):
        return _item(rest.removeprefix("schema."))
    return None


def _echo(name: str) -> Example | None:
    if name not in ECHO:
        return None
    field, value = name.replace("-", "_"), ECHO[name]
    other = None if isinstance(value, str) else not value if isinstance(value, bool) else value + 1
    request = {"request": {field: value}}
    return Example({**request, "reply": {field: value}}, {**request, "reply": {field: other}}, "made")


def _field(name: str) -> Example | None:
    schemas = Schemas()
    whole = smallest(schemas, "response")
    known = {each.name for each in schemas.describe("response").fields}
    if name not in known or schemas.validate("response", whole):
        return None
    required = name in whole
    good = {name: whole[name]} if required else {}
    for wrong in WRONG:
        if schemas.validate("response", {**whole, name: wrong}):
            return Example(good or f"({name} may be absent)", {name: wrong}, "made")
    return Example(good, f"({name} is absent)", "made") if required else None


def _event(family: str) -> Example | None:
    from antiphon.judge.event_families import family_of

    schemas = Schemas("open-responses-2026-04-24" if family == "reasoning" else "openai-2026-08")
    types = [name for name in schemas.event_types() if family_of(name) == family]
    return next(_of_types(schemas, "event", types), None)


def _item(name: str) -> Example | None:
    place, _, type = name.rpartition(".")
    schemas = Schemas()
    type = type.replace("-", "_")
    kinds = {"": ("item.output", "item.listed"), "part": ("part",), "annotation": ("annotation",), "tool": ("tool",)}
    if type in ("hosted", "input"):
        type = {"hosted": "web_search", "input": "input_text"}[type]
    for kind in kinds.get(place, ()):
        if type in schemas.types(kind):
            return next(_of_types(schemas, kind, [type]), None)
    return None


def _of_types(schemas: Schemas, kind: str, types: list[str]) -> Iterator[Example]:
    """A good value of a type, and the same without its last required field."""
    for type in types:
        good = smallest(schemas, kind, type)
        if schemas.validate(kind, good):
            continue
        own = [each for each in good if each not in SHARED]
        for name in (*reversed(own), *(each for each in good if each in SHARED and each != "type")):
            bad: dict[str, Any] = {key: value for key, value in good.items() if key != name}
            if schemas.validate(kind, bad):
                yield Example(good, bad, "made")
                break
