"""Operations of the contract for generation, and whether a request to one fits it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema_rs

from antiphon.contract.load import edition, edition_ids
from antiphon.contract.openapi import bundle_document, document
from antiphon.recording.exchange import Request

_APART = ("websocket", "webhook")
_OPEN = ("requests.items.", "requests.tools.", "requests.tool_choice.")
_CLOSED = frozenset({"requests.items.item", "requests.tools.tool", "requests.tools.function", "requests.tools.custom"})
PLAIN_DIGITS = 10
"""From so many digits on, a number is not sure to be taken by everyone."""
MOST_DIGITS = 4_000
"""From so many on, none is to be taken."""
_NUMBER = re.compile(r"-?\d+", re.ASCII)


@dataclass(frozen=True)
class Operation:
    """One operation of an edition: its route, and what its requests may hold."""

    name: str
    method: str
    path: str
    parameters: Mapping[str, Mapping[str, Any]]
    """Query parameter → schema."""
    body: Mapping[str, Any] | None
    """The schema of its body; None where it takes none."""
    needs_body: bool

    @property
    def can_be_wrong(self) -> bool:
        """There is something in its requests that a schema can refuse."""
        return self.body is not None or bool(self.parameters)


@cache
def names() -> tuple[str, ...]:
    """Every operation over HTTP that some edition has."""
    found = {name for each in edition_ids() for name in edition(each).routes if name not in _APART}
    return tuple(sorted(found))


@cache
def wrong_names() -> tuple[str, ...]:
    """Operations to which an invalid request exists in some edition."""
    every = {name for each in edition_ids() for name, found in operations(each).items() if found.can_be_wrong}
    return tuple(sorted(every))


@cache
def operations(edition_id: str) -> Mapping[str, Operation]:
    """The operations of an edition by name."""
    paths, found = keyless_document(edition_id)["paths"], {}
    for name, route in edition(edition_id).routes.items():
        if name not in _APART:
            found[name] = _operation(name, route.method, route.path, paths[route.path])
    return found


@cache
def keyless_document(edition_id: str) -> dict[str, Any]:
    """The edition's document without authentication: every request has the key of the target."""
    whole = bundle_document(edition_id)
    whole.pop("security", None)
    return whole


def _operation(name: str, method: str, path: str, entry: Mapping[str, Any]) -> Operation:
    own = entry[method.lower()]
    listed = [_resolved(each) for each in (*entry.get("parameters", ()), *own.get("parameters", ()))]
    body = own.get("requestBody")
    return Operation(
        name,
        method,
        path,
        {each["name"]: each["schema"] for each in listed if each["in"] == "query"},
        body["content"]["application/json"]["schema"] if body else None,
        bool(body and body.get("required")),
    )


def _resolved(parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = parameter.get("$ref")
    if reference is None:
        return parameter
    found: Mapping[str, Any] = document()["components"]["parameters"][reference.rpartition("/")[2]]
    return found


@cache
def _validator(edition_id: str, name: str, strict: bool) -> Any:
    schema, components = operations(edition_id)[name].body, keyless_document(edition_id)["components"]
    if not strict:
        schemas = {key: _opened(value) if _is_open(key) else value for key, value in components["schemas"].items()}
        components = {**components, "schemas": schemas}
    return jsonschema_rs.Draft202012Validator({"allOf": [schema], "components": components})


def _is_open(component: str) -> bool:
    return component.startswith(_OPEN) and component not in _CLOSED


def _opened(schema: Any) -> Any:
    """What only the type is asked of: services take much that the published document does not let through there."""
    kind = schema.get("properties", {}).get("type") if isinstance(schema, dict) else None
    named = [name for name in schema.get("required", ()) if name == "type"] if kind else []
    return {"type": "object", "required": named, "properties": {"type": kind}} if kind else schema


def fits(edition_id: str, operation: Operation, request: Request, strict: bool = True) -> bool:
    """The contract lets a request to an operation through, whatever its ids name.

    Where it is not `strict`, nulls count as left out, and items and tools that servers define need their type alone:
    what does not fit even so must be refused.
    """
    if operation.body is not None and not _body_fits(edition_id, operation, request, strict):
        return False
    said: dict[str, list[str]] = {}
    for name, value in request.query:
        said.setdefault(name, []).append(value)
    return all(_parameter_fits(operation.parameters[name], values, strict) for name, values in said.items()
               if name in operation.parameters)  # fmt: skip


def _parameter_fits(schema: Mapping[str, Any], values: Sequence[str], strict: bool) -> bool:
    """What a query says of one parameter. Which counts of several values for one is not agreed on."""
    holds = [_query_fits(schema, each, strict) for each in values]
    return any(holds) if not strict and schema.get("type") != "array" else all(holds)


def _body_fits(edition_id: str, operation: Operation, request: Request, strict: bool) -> bool:
    if request.content is not None:
        return False
    if request.body is None:
        return not operation.needs_body
    holds = _validator(edition_id, operation.name, strict).is_valid
    return bool(holds(request.body) or (not strict and any(map(holds, _with_fewer_nulls(request.body)))))


def _with_fewer_nulls(body: Any) -> Iterator[Any]:
    """Without those that are members of members, and without any."""
    if isinstance(body, dict):
        yield {name: _without_nulls(each) for name, each in body.items()}
    yield _without_nulls(body)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _without_nulls(each) for name, each in value.items() if each is not None}


def _query_fits(schema: Mapping[str, Any], value: str, strict: bool) -> bool:
    """A value of a query, which is a text whatever it stands for."""
    if schema.get("type") == "array":
        return _query_fits(schema["items"], value, strict)
    if "enum" in schema:
        return value in schema["enum"]
    if schema.get("type") == "boolean":
        return value in ("true", "false")
    if schema.get("type") == "integer":
        most = PLAIN_DIGITS if strict else MOST_DIGITS
        number = int(value) if _NUMBER.fullmatch(value) and len(value) < most else None
        return number is not None and schema.get("minimum", number) <= number <= schema.get("maximum", number)
    return True
