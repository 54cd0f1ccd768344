"""Metadata of a request, and their repetition in the reply."""

from __future__ import annotations

from collections.abc import Iterator

from antiphon.contract.schemas.schema_error import format_value
from antiphon.judge.checks.echo.request_fields import has_json_request, requested_value
from antiphon.judge.checks.response.field_forms import is_strings
from antiphon.judge.json_pointer import escape_token
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import WHOLE, ResponseObject
from antiphon.judge.values import MISSING, same, violation_at

MOST_PAIRS = 16


def _shows(response: ResponseObject) -> bool:
    return has_json_request(response) and isinstance(response.body.get("metadata"), dict)


def is_lawful(response: ResponseObject) -> bool:
    """The metadata had to be accepted; no source states the reply to others."""
    sent = requested_value(response, "metadata")
    return is_strings(sent) and len(sent) <= MOST_PAIRS


def _unlike(response: ResponseObject) -> Iterator[Violation]:
    """One violation for each key whose value is not the one that was sent."""
    sent, got = requested_value(response, "metadata"), response.body["metadata"]
    for key in [*sent, *(key for key in got if key not in sent)]:
        if not same(sent.get(key, MISSING), got.get(key, MISSING)):
            expected = f"{format_value(sent[key])}, as was sent" if key in sent else "no such key, as none was sent"
            yield violation_at(response.at(f"/metadata/{escape_token(key)}"), expected, got.get(key, MISSING))


@check(
    "metadata.empty-by-default",
    subject=ResponseObject,
    applies=lambda response: _shows(response) and requested_value(response, "metadata") is MISSING,
)
def empty_by_default(response: ResponseObject) -> Iterator[Violation]:
    """Metadata is an empty object when none is sent."""
    if response.body["metadata"]:
        yield violation_at(response.at("/metadata"), "an empty object, as none was sent", response.body["metadata"])


@check(
    "metadata.in-stream",
    subject=ResponseObject,
    applies=lambda response: _shows(response) and is_lawful(response) and response.event not in WHOLE,
)
def in_stream(response: ResponseObject) -> Iterator[Violation]:
    """Every lifecycle event shows the metadata of the request."""
    yield from _unlike(response)


@check(
    "response.echo.metadata",
    subject=ResponseObject,
    applies=lambda response: _shows(response) and is_lawful(response) and response.event in WHOLE,
)
def echo(response: ResponseObject) -> Iterator[Violation]:
    """A reply repeats the metadata that were sent."""
    yield from _unlike(response)
