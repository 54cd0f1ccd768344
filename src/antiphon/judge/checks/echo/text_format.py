"""The text format, as a reply repeats it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from antiphon.contract.schemas.schema_error import shown
from antiphon.judge.checks.echo.request_fields import E, asked, has, known_request
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import ResponseObject
from antiphon.judge.values import MISSING, a_dict, broken, same


def _same_kind(sent: Any, got: Any) -> bool:
    """Whether a value is repeated, as far as the reply has a value of its kind at all."""
    return same(sent, got) or (got is not None and type(got) is not type(sent))


def _format(value: Any) -> dict[str, Any]:
    return a_dict(a_dict(value).get("format"))


@check(
    E + "text-format",
    on=ResponseObject,
    when=lambda response: (
        known_request(response) and bool(_format(asked(response, "text"))) and bool(_format(response.body.get("text")))
    ),
)
def text_format(response: ResponseObject) -> Iterator[Violation]:
    """A reply repeats type, name, schema and strict of the text format that was sent."""
    sent, got = _format(response.sent["text"]), _format(response.body["text"])
    for name in ("type", "name", "schema", "strict"):
        comparable = name in got or name == "strict"
        if sent.get(name) is not None and comparable and not _same_kind(sent[name], got.get(name)):
            expected = f"{shown(sent[name])}, as was sent" if name != "schema" else "the schema that was sent"
            yield broken(response.at(f"/text/format/{name}"), expected, got.get(name, MISSING))


@check(
    E + "format-default",
    on=ResponseObject,
    when=lambda response: (
        known_request(response)
        and not _format(asked(response, "text"))
        and not has(response, "prompt")
        and bool(_format(response.body.get("text")))
    ),
)
def format_default(response: ResponseObject) -> Iterator[Violation]:
    """The text format of a reply is text when none was sent."""
    if _format(response.body["text"]).get("type") != "text":
        yield broken(response.at("/text/format/type"), "'text'", _format(response.body["text"]).get("type", MISSING))
