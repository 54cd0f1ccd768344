"""Intent of a request whose sender did not say it: a foreign recording, or an older transcript."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from antiphon.contract.schemas.validation import Schemas
from antiphon.contract.triggers import triggers
from antiphon.judge.schemas import errors_of, schemas_for
from antiphon.judge.subjects.responses import Call
from antiphon.recording.intent import LEGAL, Intent, must_refuse

_KINDS = {
    "create": "request.create",
    "compact": "request.compact",
    "input_tokens": "request.input-tokens",
    "chat.create": "request.chat.create",
}
"""Operations whose requests have a schema that says what is wrong."""
_OPEN = ("/input", "/tools", "/messages", "/functions", "/extra_body")
"""Parts of a request that grow with each model; what the schema does not know of them may well be legal."""
_BREACHES = frozenset(
    {"type", "enum", "const", "maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "maxLength", "minLength",
     "pattern", "maxItems", "maxProperties"}
)  # fmt: skip
"""Keywords of a schema that a value breaks. A field that is missing or not known says nothing: recordings leave fields
out, and servers have fields of their own. Nor does an empty list: services take `stop: []`."""

_FILLED: Mapping[str, Any] = {"model": "any", "input": "Any."}
_FILLED_CHAT: Mapping[str, Any] = {"model": "any", "messages": [{"role": "user", "content": "Any."}]}
"""What a request has to have; that something is missing does not count."""

_RESTS_ON_ABSENCE = frozenset({"json-word-missing", "stream-options-alone"})
"""Triggers whose values are legal beside others: they are wrong for what is not there."""


def inferred_intent(call: Call) -> Intent:
    """To be refused where the request breaks its schema or has the values of a trigger; else legal."""
    if not call.sent or call.operation not in _KINDS:
        return LEGAL
    sent, patterns = call.sent, _patterns(call.operation)
    for place in sorted(_candidates(call.operation, sent)):
        name, fields = patterns[place]
        if all(field in sent and _same(sent[field], value) for field, value in fields.items()):
            return must_refuse(name)
    return must_refuse("schema") if _has_breach(call, _KINDS[call.operation]) else LEGAL


def _has_breach(call: Call, kind: str) -> bool:
    """A value of a request breaks its schema, in a field that counts."""
    telling = _telling_fields(schemas_for(call), kind)
    reduced = {name: value for name, value in call.sent.items() if name in telling}
    filled = _FILLED_CHAT if kind == "request.chat.create" else _FILLED
    if telling and schemas_for(call).fits(kind, {**filled, **reduced}):
        return False  # to explain what is wrong with the others is slow, and they do not count
    errors = errors_of(call, kind, call.sent)
    return any(error.keyword in _BREACHES and not error.pointer.startswith(_OPEN) for error in errors)


@lru_cache(maxsize=1024)
def _telling_fields(schemas: Schemas, kind: str) -> frozenset[str]:
    """The fields of a request that count, where the schema speaks of each by itself."""
    return frozenset(name for name in schemas.separate_fields(kind) if not f"/{name}".startswith(_OPEN))


@cache
def _patterns(operation: str) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """The values by which the triggers of an operation are known: those that hold in any request."""
    found = []
    for trigger in triggers():
        fields = trigger.request.get("body")
        is_open = 200 in trigger.accept or not trigger.portable or trigger.id in _RESTS_ON_ABSENCE
        is_bare = not trigger.setup and not trigger.request.get("remove")
        if trigger.operation != operation or is_open or not is_bare:
            continue
        if isinstance(fields, Mapping) and fields and not any(_placeholders(fields)):
            found.append((trigger.id, fields))
    return tuple(found)


def _candidates(operation: str, sent: Mapping[str, Any]) -> set[int]:
    """The places of the patterns that a request may fit."""
    by_field = _by_field(operation)
    return {place for field in by_field.keys() & sent.keys() for place in by_field[field].get(_key(sent[field]), ())}


@cache
def _by_field(operation: str) -> Mapping[str, Mapping[Any, list[int]]]:
    """The places of the patterns, by one field of each, which a request that fits has to have, and by its value."""
    found: dict[str, dict[Any, list[int]]] = {}
    for place, (_, fields) in enumerate(_patterns(operation)):
        field, value = next(iter(fields.items()))
        found.setdefault(field, {}).setdefault(_key(value), []).append(place)
    return found


def _key(value: Any) -> Any:
    """What equal values share: the value with its type, of lists and objects the type alone."""
    return type(value) if isinstance(value, dict | list) else (type(value), value)


def _placeholders(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("$"):
        yield value
    elif isinstance(value, Mapping):
        yield from (name for name in value if name.startswith("$"))
        for each in value.values():
            yield from _placeholders(each)
    elif isinstance(value, list):
        for each in value:
            yield from _placeholders(each)


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return type(one) is type(other) and bool(one == other)
