"""Metadata of a request, and their repetition in the reply."""

from __future__ import annotations

from collections.abc import Iterator

from antiphon.contract.schemas.schema_error import shown
from antiphon.judge.checks.echo.request_fields import asked, known_request
from antiphon.judge.checks.response.field_forms import is_strings
from antiphon.judge.json_pointer import escaped
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import ENDINGS, ResponseObject
from antiphon.judge.values import MISSING, broken, same

MOST_PAIRS = 16


def _shows(response: ResponseObject) -> bool:
    return known_request(response) and isinstance(response.body.get("metadata"), dict)


def _is_lawful(response: ResponseObject) -> bool:
    """The metadata had to be accepted; no source states the reply to others."""
    sent = asked(response, "metadata")
    return is_strings(sent) and len(sent) <= MOST_PAIRS


def _unlike(response: ResponseObject) -> Iterator[Violation]:
    """One violation for each key whose value is not the one that was sent."""
    sent, got = asked(response, "metadata"), response.body["metadata"]
    for key in [*sent, *(key for key in got if key not in sent)]:
        if not same(sent.get(key, MISSING), got.get(key, MISSING)):
            expected = f"{shown(sent[key])}, as was sent" if key in sent else "no such key, as none was sent"
            yield broken(response.at(f"/metadata/{escaped(key)}"), expected, got.get(key, MISSING))


@check(
    "metadata.empty-by-default",
    on=ResponseObject,
    when=lambda response: _shows(response) and asked(response, "metadata") is MISSING,
)
def empty_by_default(response: ResponseObject) -> Iterator[Violation]:
    """Metadata is an empty object when none is sent."""
    if response.body["metadata"]:
        yield broken(response.at("/metadata"), "an empty object, as none was sent", response.body["metadata"])


@check(
    "metadata.in-stream",
    on=ResponseObject,
    when=lambda response: _shows(response) and _is_lawful(response) and response.event not in (None, *ENDINGS),
)
def in_stream(response: ResponseObject) -> Iterator[Violation]:
    """Every lifecycle event shows the metadata of the request."""
    yield from _unlike(response)


@check(
    "response.echo.metadata",
    on=ResponseObject,
    when=lambda response: _shows(response) and _is_lawful(response) and response.event in (None, *ENDINGS),
)
def echo(response: ResponseObject) -> Iterator[Violation]:
    """A reply repeats the metadata that were sent."""
    yield from _unlike(response)
