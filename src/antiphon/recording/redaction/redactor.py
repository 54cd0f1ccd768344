"""Takes secrets out of what is about to be written.

In headers and addresses a secret gives way to `[redacted]`. In bodies it is covered by as many X, so that lengths,
offsets and the cuts between chunks stay true. What a request carries as credentials is a secret in its reply, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from typing import Any, Final
from urllib.parse import unquote

from antiphon.credential_names import REDACTED, is_credential, is_credential_key, redacted_credential
from antiphon.recording.exchange import RETURNED, Chunk, Exchange, Failure, Pairs, Request, Response
from antiphon.recording.fast_json import plain_json, read_json
from antiphon.recording.records import Header, Record, ScenarioEnd
from antiphon.recording.redaction.credentials import (
    comes_back,
    cookies,
    cover_secrets,
    credentials,
)
from antiphon.recording.redaction.mask import SHORTEST, masker

_USERINFO = re.compile(r"(?<=://)[^/?#@\s]+@")
MOST_INSIDE: Final = 300
"""Objects and lists inside a value that is copied at once, so that it is not nested too deeply to be walked."""
MCP: Final = b'"mcp"'
"""Stands in a value that has an MCP tool."""
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
            case ScenarioEnd():
                return replace(record, reason=self.text(record.reason), exchange=self.text(record.exchange))
            case Header(data):
                return Header({key: self.json(value) for key, value in data.items()})

    def exchange(self, exchange: Exchange) -> Exchange:
        """An exchange without secrets; the note `redacted` says that the body of the reply was changed.

        The note `secret-returned` says that a credential of a tool in the request was in it.
        """
        request, response, failure = exchange.request, exchange.response, exchange.failure
        within = self.with_credentials_of(request, response)
        chunks = within._chunks(response.chunks) if response else ()
        notes = {
            "redacted": response is not None and chunks is not response.chunks,
            RETURNED: request is not None and response is not None and comes_back(request, response),
        }
        return replace(
            exchange,
            id=self.text(exchange.id),
            request=within._request(request) if request else None,
            response=replace(response, headers=within.headers(response.headers), chunks=chunks) if response else None,
            failure=Failure(failure.kind, within.text(failure.message)) if failure else None,
            notes=exchange.notes | {note for note, holds in notes.items() if holds},
        )

    def with_credentials_of(self, request: Request | None, response: Response | None = None) -> Redactor:
        """A redactor that also covers what `request` carries as credentials, and the cookies of both."""
        learnt = frozenset(credentials(request)) if request else frozenset()
        learnt |= frozenset(cookies(request, response))
        return Redactor((*self._secrets, *learnt)) if learnt else self

    def text(self, text: str) -> str:
        """A text with every secret covered."""
        return self._mask.text(text)

    def mask(self, data: bytes) -> bytes:
        """Bytes with every secret covered, as long as before; JSON stays JSON."""
        return self._mask(data)

    def headers(self, headers: Pairs) -> Pairs:
        """Headers with the values that are credentials by their name replaced; the scheme of a credential stays.

        A secret is covered in a name, too: a server may make one of what it was sent.
        """
        joined = "\n".join(chain.from_iterable(headers))
        lowered = joined.lower() if self._secrets else ""
        if self._mask.is_clean(joined.encode("utf-8", "surrogatepass")) and not any(
            secret.lower() in lowered for secret in self._secrets
        ):
            return tuple(
                (name, redacted_credential(value) if is_credential(name) else value) for name, value in headers
            )
        return tuple(
            (self._header_name(name), redacted_credential(value) if is_credential(name) else self.text(value))
            for name, value in headers
        )

    def _header_name(self, name: str) -> str:
        """The case of a name does not count, and on its way it may have been changed."""
        covered = self.text(name)
        for secret in self._secrets:
            if len(secret) >= SHORTEST and secret.lower() in covered.lower():
                covered = re.sub(re.escape(secret), "X" * len(secret), covered, flags=re.IGNORECASE)
        return covered

    def query(self, query: Pairs) -> Pairs:
        """Query pairs with the values that are credentials by their key replaced."""
        return tuple((self.text(key), REDACTED if is_credential_key(key) else self.text(value)) for key, value in query)

    def url(self, url: str) -> str:
        """An address without user, password and credentials in its query."""
        url = _USERINFO.sub(REDACTED + "@", url)
        url = _PARAMETER.sub(lambda m: f"{m[1]}={REDACTED}" if is_credential_key(unquote(m[1])) else m[0], url)
        return self.text(url)

    def json(self, value: Any) -> Any:
        """A JSON value with every secret covered, and the credentials of its MCP tools."""
        try:
            return self._json(value) if (copy := self._clean_copy(value)) is None else copy
        except RecursionError:
            return "[nested too deeply]"

    def _clean_copy(self, value: Any) -> Any:
        """A copy of an object or a list without secrets; None where that takes a look at each of its texts."""
        written = plain_json(value) if isinstance(value, dict | list) else None
        if written is None or MCP in written or not self._mask.is_clean(written):
            return None
        if written.count(b"{") + written.count(b"[") > MOST_INSIDE:
            return None
        copy = read_json(written, json.loads)
        return copy if copy == value else None  # of what JSON cannot hold, a copy differs

    def _json(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case dict():
                return {self.text(str(key)): self._json(each) for key, each in cover_secrets(value).items()}
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
