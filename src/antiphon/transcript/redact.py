"""Takes secrets out of what is about to be written.

In headers and addresses a secret gives way to `[redacted]`. In bodies it is covered by as many X, so that lengths,
offsets and the cuts between chunks stay true. What a request carries as credentials is a secret in its reply, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import unquote

from antiphon.transcript.exchange import RETURNED, Chunk, Exchange, Failure, Pairs, Request, Response
from antiphon.transcript.lines import Ending, Header, Record
from antiphon.transcript.mask import BASED_KEYS, SHORTEST, masker

REDACTED: Final = "[redacted]"

_HEADER = re.compile(
    r"(?:proxy-)?authorization|(?:set-)?cookie|openai-(?:organization|project)"
    r"|(?:.*[-_])?(?:token|secret|password|api[-_]?key|subscription-key)",
    re.IGNORECASE,
)
_QUERY = re.compile(
    r"(?:api|subscription)?[-_]?key|(?:access[-_])?token|sig|signature|code|client_secret|password", re.IGNORECASE
)
_HARMLESS = frozenset({"accept", "content-type", "user-agent", "accept-language", "accept-encoding"})
_BASED = re.compile(r"([A-Za-z0-9+/]{256,})(={0,2})")
_COOKIE = re.compile(r"[^=;,\s]+=\"?([^;,\s\"]{16,})")
_PLACEHOLDER = re.compile(r"[<\[{(].*[>\]})]|[Xx*]*")
_USERINFO = re.compile(r"(?<=://)[^/?#@\s]+@")
_PARAMETER = re.compile(r"(?<=[?&;])([^=&#;\s]+)=([^&#\s]*)")


class Redactor:
    """Takes `secrets`, and what is a credential by its place or its look, out of records."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = tuple(sorted({secret for secret in secrets if secret}))
        self._mask = masker(self._secrets)

    def record(self, record: Record) -> Record:
        """A record of any kind without secrets."""
        match record:
            case Exchange():
                return self.exchange(record)
            case Ending():
                return replace(record, reason=self.text(record.reason), exchange=self.text(record.exchange))
            case Header(data):
                return Header({key: self.json(value) for key, value in data.items()})

    def exchange(self, exchange: Exchange) -> Exchange:
        """An exchange without secrets; the note `redacted` says that the body of the reply was changed.

        The note `secret-returned` says that a credential of a tool in the request was in it.
        """
        request, response, failure = exchange.request, exchange.response, exchange.failure
        within = self.knowing(request, response)
        chunks = within._chunks(response.chunks) if response else ()
        notes = {
            "redacted": response is not None and chunks is not response.chunks,
            RETURNED: request is not None and response is not None and _comes_back(request, response),
        }
        return replace(
            exchange,
            id=self.text(exchange.id),
            request=within._request(request) if request else None,
            response=replace(response, headers=within.headers(response.headers), chunks=chunks) if response else None,
            failure=Failure(failure.kind, within.text(failure.message)) if failure else None,
            notes=exchange.notes | {note for note, holds in notes.items() if holds},
        )

    def knowing(self, request: Request | None, response: Response | None = None) -> Redactor:
        """A redactor that also covers what `request` carries as credentials, and the cookies of both."""
        learnt = frozenset(_credentials(request)) if request else frozenset()
        learnt |= frozenset(_cookies(request, response))
        return Redactor((*self._secrets, *learnt)) if learnt else self

    def text(self, text: str) -> str:
        """A text with every secret covered."""
        return self._mask.text(text)

    def mask(self, data: bytes) -> bytes:
        """Bytes with every secret covered, as long as before; JSON stays JSON."""
        return self._mask(data)

    def headers(self, headers: Pairs) -> Pairs:
        """Headers with the values that are credentials by their name replaced; the scheme of a credential stays."""
        return tuple((name, _header(value) if is_credential(name) else self.text(value)) for name, value in headers)

    def query(self, query: Pairs) -> Pairs:
        """Query pairs with the values that are credentials by their key replaced."""
        return tuple((key, REDACTED if _QUERY.fullmatch(key) else self.text(value)) for key, value in query)

    def url(self, url: str) -> str:
        """An address without user, password and credentials in its query."""
        url = _USERINFO.sub(REDACTED + "@", url)
        url = _PARAMETER.sub(lambda m: f"{m[1]}={REDACTED}" if _QUERY.fullmatch(unquote(m[1])) else m[0], url)
        return self.text(url)

    def json(self, value: Any) -> Any:
        """A JSON value with every secret covered, and the credentials of its MCP tools."""
        try:
            return self._json(value)
        except RecursionError:
            return "[nested too deeply]"

    def _json(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case dict():
                return {self.text(str(key)): self._json(each) for key, each in _masked(value).items()}
            case list() | tuple():
                return [self._json(each) for each in value]
            case bool() | None:
                return value
            case int() | float():
                return self._number(value)
        return value

    def _number(self, value: float) -> Any:
        text = json.dumps(value)
        masked = self.text(text)
        try:
            return value if masked == text else json.loads(masked)
        except ValueError:
            return masked

    def _request(self, request: Request) -> Request:
        return replace(
            request,
            path=self.url(request.path),
            query=self.query(request.query),
            headers=self.headers(request.headers),
            body=self.json(request.body),
            content=None if request.content is None else self.mask(request.content),
        )

    def _chunks(self, chunks: tuple[Chunk, ...]) -> tuple[Chunk, ...]:
        whole = b"".join(chunk.data for chunk in chunks)
        masked = self.mask(whole)
        if masked is whole:
            return chunks
        cut, start = [], 0
        for chunk in chunks:
            cut.append(Chunk(chunk.at, masked[start : start + len(chunk.data)]))
            start += len(chunk.data)
        return tuple(cut)


def is_credential(header: str) -> bool:
    """The value of a header of that name is a secret."""
    return _HEADER.fullmatch(header) is not None


def _header(value: str) -> str:
    scheme, space, rest = value.partition(" ")
    return f"{scheme} {REDACTED}" if space and rest and scheme.lower() in ("bearer", "basic", "digest") else REDACTED


def _masked(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object without what its keys tell is a secret or a file."""
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


def _cookies(*messages: Request | Response | None) -> Iterator[str]:
    """The values of cookies, as far as they are long enough to be no word."""
    for message in messages:
        for name, value in message.headers if message else ():
            if name.lower() in ("cookie", "set-cookie"):
                yield from _COOKIE.findall(value)


def _credentials(request: Request) -> Iterator[str]:
    """What a request carries as credentials, as far as it is long enough to be told from a word."""
    found: list[Any] = [
        value for name, value in request.headers if is_credential(name) and "cookie" not in name.lower()
    ]
    found += [value for key, value in request.query if _QUERY.fullmatch(key)]
    yield from _told(found)
    yield from _tool_credentials(request)


def _comes_back(request: Request, response: Response) -> bool:
    secrets = tuple(sorted(set(_tool_credentials(request))))
    return bool(secrets) and masker(secrets).knows(b"".join(chunk.data for chunk in response.chunks))


def _tool_credentials(request: Request) -> Iterator[str]:
    """What a request gives to its MCP tools as credentials."""
    found: list[Any] = []
    tools = request.body.get("tools") if isinstance(request.body, dict) else None
    for tool in tools if isinstance(tools, list) else ():
        if isinstance(tool, dict) and tool.get("type") == "mcp":
            found.append(tool.get("authorization"))
            headers = tool.get("headers")
            for name, value in headers.items() if isinstance(headers, dict) else ():
                if str(name).lower() not in _HARMLESS:
                    found.append(value)
    return _told(found)


def _told(found: Iterable[Any]) -> Iterator[str]:
    """The credentials that are long enough to be told from a word, without their scheme."""
    for value in found:
        secret = value.strip().rpartition(" ")[2] if isinstance(value, str) else ""
        if len(secret) >= SHORTEST and not _PLACEHOLDER.fullmatch(secret):
            yield secret
