"""Secrets of remote tools, which a reply does not repeat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.judge.checks.echo.request_fields import E, has_json_request
from antiphon.judge.checks.echo.tools import sent_tools
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import ErrorReply, ResponseObject
from antiphon.judge.values import a_dict, is_text, objects
from antiphon.recording.exchange import RETURNED

COVER = frozenset("Xx*")
"""Characters that mask secrets."""
LONG = 12
PLAIN = ("application/", "text/", "http")
"""Beginnings of header values that are no secrets."""


def _sent_secrets(response: ResponseObject) -> set[str]:
    return _of_tools(sent_tools(response))


def _of_tools(tools: Any) -> set[str]:
    """The credentials that remote tools are given."""
    found: set[str] = set()
    for tool in objects(tools):
        if tool.get("type") == "mcp":
            found |= {
                value for value in [tool.get("authorization"), *a_dict(tool.get("headers")).values()] if is_text(value)
            }
    return {secret for secret in found if len(secret) >= 8 and "redacted" not in secret.lower()}


def _secrets(response: ResponseObject) -> set[str]:
    """The secrets of the request's tools, as far as no recorder covered them."""
    return {secret for secret in _sent_secrets(response) if set(secret) - COVER}


def _shown(response: ResponseObject) -> list[tuple[str, Mapping[str, Any]]]:
    """Where a secret may come back: the tools, and the items that remote tools leave, with their places."""
    tools = enumerate(objects(response.body.get("tools")))
    remote = ((number, item) for number, item in enumerate(response.output) if str(item.get("type")).startswith("mcp_"))
    return [
        *((response.at(f"/tools/{number}"), tool) for number, tool in tools),
        *((response.at(f"/output/{number}"), item) for number, item in remote),
    ]


def _is_noted(response: ResponseObject) -> bool:
    """The recorder masked the secrets of the request, and would have noted one in the reply."""
    covered = any(set(secret) == {"X"} for secret in _sent_secrets(response))
    return covered and (
        RETURNED in response.exchange.notes or not any(_covered(value) for _, value in _shown(response))
    )


def _covered(value: Any) -> bool:
    return any("XXXXXXXX" in text for text in _strings(value))


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
    secrets = _secrets(response)
    for at, value in _shown(response):
        returned = RETURNED in response.exchange.notes and _covered(value)
        if returned or _holds(value, secrets):
            yield Violation(at, "no secret of the request", "a secret of the request")


@check(
    E + "secrets-redacted",
    subject=ErrorReply,
    applies=lambda reply: reply.operation == "create" and bool(_of_tools(reply.sent.get("tools"))),
)
def secrets_redacted_in_refusals(reply: ErrorReply) -> Iterator[Violation]:
    """Secrets of a remote tool do not come back in a refusal."""
    secrets = {secret for secret in _of_tools(reply.sent.get("tools")) if set(secret) - COVER}
    if (RETURNED in reply.exchange.notes and _covered(reply.body)) or _holds(reply.body, secrets):
        yield Violation("/error", "no secret of the request", "a secret of the request")


def _holds(value: Any, secrets: set[str]) -> bool:
    """A text in a value is a secret, or has one inside that is long enough not to stand there by chance."""
    return any(
        text == secret or (len(secret) >= LONG and not secret.startswith(PLAIN) and secret in text)
        for text in _strings(value)
        for secret in secrets
    )


def _strings(value: Any, depth: int = 12) -> Iterator[str]:
    """The strings in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list) and depth:
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each, depth - 1)
