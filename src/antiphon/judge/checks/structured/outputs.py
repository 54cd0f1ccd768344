"""Texts that a request bound to a format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.judge.checks.echo.request_fields import has_json_request, requested_value
from antiphon.judge.checks.items.common import final
from antiphon.judge.registry import Violation, check
from antiphon.judge.request_schema import misfit
from antiphon.judge.subjects.responses import FINAL, ResponseObject
from antiphon.judge.values import MISSING, a_dict, objects, parse_json, violation_at


def _format(response: ResponseObject) -> dict[str, Any]:
    return (
        a_dict(a_dict(requested_value(response, "text")).get("format"))
        if has_json_request(response) and final(response)
        else {}
    )


def _parts(item: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    return [part for part in objects(item.get("content")) if part.get("type") == kind]


def _answers(response: ResponseObject) -> list[tuple[int, str]]:
    """Place and text of each message that is an answer: no refusal, no commentary, and not said to be cut."""
    found = []
    for number, item in enumerate(response.output):
        answer = item.get("type") == "message" and item.get("phase") != "commentary"
        if answer and item.get("status") in (None, "completed") and not _parts(item, "refusal"):
            texts = [part.get("text") for part in _parts(item, "output_text")]
            if texts and all(isinstance(text, str) for text in texts):
                found.append((number, "".join(map(str, texts))))
    return found


def _bound(response: ResponseObject, kind: str) -> bool:
    return _format(response).get("type") == kind and response.status == "completed" and bool(_answers(response))


def _is_strict(form: Mapping[str, Any]) -> bool:
    """The format is whole and strict; a request for one without a name must be refused, which is judged elsewhere."""
    return form.get("strict") is True and isinstance(form.get("name"), str) and isinstance(form.get("schema"), dict)


@check(
    "structured.valid-json",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: _bound(response, "json_schema") and _is_strict(_format(response)),
)
def valid_json(response: ResponseObject) -> Iterator[Violation]:
    """The text of a completed response with a strict schema is JSON that fits it."""
    for number, text in _answers(response):
        value = parse_json(text)
        if value is MISSING:
            yield violation_at(response.at(f"/output/{number}/content"), "a text of JSON", text)
        elif why := misfit(_format(response).get("schema"), value):
            yield Violation(response.at(f"/output/{number}/content"), "JSON that fits the schema that was sent", why)


@check(
    "structured.json-object",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: _bound(response, "json_object"),
)
def json_object(response: ResponseObject) -> Iterator[Violation]:
    """The text of a completed response with the format json_object is a JSON object."""
    for number, text in _answers(response):
        if not isinstance(parse_json(text), dict):
            yield violation_at(response.at(f"/output/{number}/content"), "the text of a JSON object", text)


@check(
    "structured.refusal-is-part",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: (
        _format(response).get("type") == "json_schema" and any(_parts(item, "refusal") for item in response.output)
    ),
)
def refusal_is_part(response: ResponseObject) -> Iterator[Violation]:
    """A refusal of a structured output is a refusal part and no text."""
    for number, item in enumerate(response.output):
        for part in _parts(item, "output_text") if _parts(item, "refusal") else ():
            if part.get("text"):
                yield violation_at(response.at(f"/output/{number}/content"), "a refusal part alone", part["text"])
