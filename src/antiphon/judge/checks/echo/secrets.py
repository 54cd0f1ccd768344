"""Secrets of remote tools, which a reply does not repeat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.judge.checks.echo.request_fields import E, has_json_request
from antiphon.judge.checks.echo.tools import sent_tools
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import ResponseObject
from antiphon.judge.values import a_dict, is_text, objects
from antiphon.recording.exchange import RETURNED

COVER = frozenset("Xx*")
"""Characters that mask secrets."""


def _sent_secrets(response: ResponseObject) -> set[str]:
    found: set[str] = set()
    for tool in sent_tools(response):
        if tool.get("type") == "mcp":
            found |= {
                value for value in [tool.get("authorization"), *a_dict(tool.get("headers")).values()] if is_text(value)
            }
    return {secret for secret in found if len(secret) >= 8 and "redacted" not in secret.lower()}


def _secrets(response: ResponseObject) -> set[str]:
    """The secrets of the request's tools, as far as no recorder covered them."""
    return {secret for secret in _sent_secrets(response) if set(secret) - COVER}


def _is_noted(response: ResponseObject) -> bool:
    """The recorder masked the secrets of the request, and would have noted one in the reply."""
    covered = any(set(secret) == {"X"} for secret in _sent_secrets(response))
    return covered and (RETURNED in response.exchange.notes or not any(map(_covered, objects(response.body["tools"]))))


def _covered(tool: Mapping[str, Any]) -> bool:
    return any("XXXXXXXX" in value for value in _strings(tool))


@check(
    E + "secrets-redacted",
    subject=ResponseObject,
    applies=lambda response: (
        bool(_sent_secrets(response))
        and has_json_request(response)
        and "tools" in response.body
        and (bool(_secrets(response)) or _is_noted(response))
    ),
)
def secrets_redacted(response: ResponseObject) -> Iterator[Violation]:
    """Secrets of a remote tool do not come back in a reply."""
    for number, tool in enumerate(objects(response.body["tools"])):
        returned = RETURNED in response.exchange.notes and _covered(tool)
        if returned or _secrets(response) & set(_strings(tool)):
            yield Violation(response.at(f"/tools/{number}"), "no secret of the request", "a secret of the request")


def _strings(tool: Mapping[str, Any]) -> Iterator[str]:
    """The strings of a tool where a secret may stand: its fields, and its headers."""
    for value in [*tool.values(), *a_dict(tool.get("headers")).values()]:
        if isinstance(value, str):
            yield value
