"""Metadata that comes back as it was sent."""

from __future__ import annotations

from collections.abc import Iterator

from antiphon.contract.schemas_explain import shown
from antiphon.judge.checks.response_echo import asked, has, known_request
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects import ENDINGS, ResponseObject
from antiphon.judge.values import MISSING, broken, same


def _shows(response: ResponseObject) -> bool:
    return known_request(response) and isinstance(response.body.get("metadata"), dict)


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
    when=lambda response: _shows(response) and has(response, "metadata") and response.event not in (None, *ENDINGS),
)
def in_stream(response: ResponseObject) -> Iterator[Violation]:
    """Every lifecycle event shows the metadata of the request."""
    if not same(response.body["metadata"], asked(response, "metadata")):
        yield broken(response.at("/metadata"), shown(asked(response, "metadata")), response.body["metadata"])


@check(
    "response.echo.metadata",
    on=ResponseObject,
    when=lambda response: _shows(response) and has(response, "metadata") and response.event in (None, *ENDINGS),
)
def echo(response: ResponseObject) -> Iterator[Violation]:
    """A reply repeats the metadata that were sent."""
    if not same(response.body["metadata"], asked(response, "metadata")):
        yield broken(response.at("/metadata"), shown(asked(response, "metadata")), response.body["metadata"])
