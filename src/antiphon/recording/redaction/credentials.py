"""Credentials by their place: headers, query keys, cookies, and the secrets of MCP tools in a request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from antiphon.credential_names import is_credential, is_credential_key
from antiphon.recording.exchange import Request, Response
from antiphon.recording.redaction.mask import BASED_KEYS, SHORTEST, masker

_HARMLESS = frozenset({"accept", "content-type", "user-agent", "accept-language", "accept-encoding"})
_BASED = re.compile(r"([A-Za-z0-9+/]{256,})(={0,2})")
_COOKIE = re.compile(r"[^=;,\s]+=\"?([^;,\s\"]{16,})")
_PLACEHOLDER = re.compile(r"[<\[{(].*[>\]})]|[Xx*]*")


def cover_secrets(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object with the values of its secret keys and files masked."""
    masked = _mcp_masked(value)
    for key in BASED_KEYS & masked.keys():
        each = masked[key]
        if isinstance(each, str) and (found := _BASED.fullmatch(each)):
            masked = {**masked, key: "X" * len(found[1]) + found[2]}
    return masked


def _mcp_masked(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object; where it is an MCP tool, with its credentials covered."""
    if value.get("type") != "mcp":
        return value
    masked = dict(value)
    if isinstance(value.get("authorization"), str):
        masked["authorization"] = _cover(value["authorization"])
    if isinstance(value.get("headers"), dict):
        masked["headers"] = {
            name: each if each is None or str(name).lower() in _HARMLESS else _cover(str(each))
            for name, each in value["headers"].items()
        }
    return masked


def _cover(value: str) -> str:
    return value if _PLACEHOLDER.fullmatch(value) else "X" * len(value)


def cookies(*messages: Request | Response | None) -> Iterator[str]:
    """The values of cookies, as far as they are long enough to be no word."""
    for message in messages:
        for name, value in message.headers if message else ():
            if name.lower() in ("cookie", "set-cookie"):
                yield from _COOKIE.findall(value)


def credentials(request: Request) -> Iterator[str]:
    """Credentials of a request that are long enough to be separated from ordinary words."""
    found: list[Any] = [
        value for name, value in request.headers if is_credential(name) and "cookie" not in name.lower()
    ]
    found += [value for key, value in request.query if is_credential_key(key)]
    yield from _long_credentials(found)
    yield from _tool_credentials(request)


def comes_back(request: Request, response: Response) -> bool:
    """A credential that the request gives to a tool is in the reply."""
    secrets = tuple(sorted(set(_tool_credentials(request))))
    return bool(secrets) and masker(secrets).knows(b"".join(chunk.data for chunk in response.chunks))


def _tool_credentials(request: Request) -> Iterator[str]:
    """Credentials that a request passes to its MCP tools."""
    found: list[Any] = []
    tools = request.body.get("tools") if isinstance(request.body, dict) else None
    for tool in tools if isinstance(tools, list) else ():
        if isinstance(tool, dict) and tool.get("type") == "mcp":
            found.append(tool.get("authorization"))
            headers = tool.get("headers")
            for name, value in headers.items() if isinstance(headers, dict) else ():
                if str(name).lower() not in _HARMLESS:
                    found.append(value)
    return _long_credentials(found)


def _long_credentials(values: Iterable[Any]) -> Iterator[str]:
    """The credentials that are long enough to be separated from ordinary words, without their scheme."""
    for value in values:
        secret = value.strip().rpartition(" ")[2] if isinstance(value, str) else ""
        if len(secret) >= SHORTEST and not _PLACEHOLDER.fullmatch(secret):
            yield secret
