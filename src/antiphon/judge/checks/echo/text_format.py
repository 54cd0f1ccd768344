"""The text format, as a reply repeats it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from antiphon.contract.schemas.schema_error import format_value
from antiphon.judge.checks.echo.request_fields import E, has, has_json_request, requested_value
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import ResponseObject
from antiphon.judge.values import MISSING, a_dict, same, violation_at


def _same_kind(sent: Any, got: Any) -> bool:
    """Whether a value is repeated, as far as the reply has a value of its kind at all."""
    return same(sent, got) or (got is not None and type(got) is not type(sent))


def _without_dialect(schema: Any) -> Any:
    """A schema without its `$schema`, which the service does not repeat (12 of 12 recordings with one)."""
    return {key: value for key, value in schema.items() if key != "$schema"} if isinstance(schema, dict) else schema


def _format(value: Any) -> dict[str, Any]:
    return a_dict(a_dict(value).get("format"))


def _changed(response: ResponseObject) -> list[str]:
    """The members of the text format that come back otherwise than they were sent."""
    sent, got = _format(response.sent["text"]), _format(response.body["text"])
    return [
        name
        for name in ("type", "name", "schema", "strict")
        if sent.get(name) is not None
        and (name in got or name == "strict")
        and not _same_kind(_without_dialect(sent[name]), _without_dialect(got.get(name)))
    ]


def _compares_format(response: ResponseObject) -> bool:
    """The reply has all members of the format that was sent, or some of them are others."""
    if not has_json_request(response):
        return False
    sent, got = _format(requested_value(response, "text")), _format(response.body.get("text"))
    due = {name for name in ("type", "name", "schema") if sent.get(name) is not None}
    return bool(sent) and bool(got) and (due <= got.keys() or bool(_changed(response)))


@check(E + "text-format", subject=ResponseObject, applies=_compares_format)
def text_format(response: ResponseObject) -> Iterator[Violation]:
    """A reply repeats type, name, schema and strict of the text format that was sent."""
    sent, got = _format(response.sent["text"]), _format(response.body["text"])
    for name in _changed(response):
        expected = f"{format_value(sent[name])}, as was sent" if name != "schema" else "the schema that was sent"
        yield violation_at(response.at(f"/text/format/{name}"), expected, got.get(name, MISSING))


@check(
    E + "format-default",
    subject=ResponseObject,
    applies=lambda response: (
        has_json_request(response)
        and not _format(requested_value(response, "text"))
        and not has(response, "prompt")
        and bool(_format(response.body.get("text")))
    ),
)
def format_default(response: ResponseObject) -> Iterator[Violation]:
    """The text format of a reply is text when none was sent."""
    if _format(response.body["text"]).get("type") != "text":
        yield violation_at(
            response.at("/text/format/type"), "'text'", _format(response.body["text"]).get("type", MISSING)
        )
