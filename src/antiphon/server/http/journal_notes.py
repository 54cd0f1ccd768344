"""What the journal of a server notes of a request over HTTP, or of a message over a WebSocket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.requests import HTTPConnection, Request

from antiphon.credential_names import REDACTED, is_credential, is_credential_key, redacted_credential
from antiphon.server.http.request_body import read_bytes
from antiphon.server.state.journal import Journal, JournalEntry

MADE = "antiphon.made"
"""Key of a scope: the id of the response or completion that its request makes."""


async def note_request(journal: Journal, request: Request) -> JournalEntry:
    """Write down a request with its whole body. Raises ApiError for a body that is too large."""
    entry = entry_of(request, request.method)
    try:
        entry.content = await read_bytes(request)
    finally:
        journal.add(entry)
    return entry


def entry_of(connection: HTTPConnection, method: str, content: bytes = b"") -> JournalEntry:
    """The entry of a request, without the secrets that its head carries."""
    return JournalEntry(
        method=method,
        path=connection.url.path,
        query={name: REDACTED if is_credential_key(name) else value for name, value in connection.query_params.items()},
        headers=_headers(connection.headers.items()),
        content=content,
    )


def note_reply(entry: JournalEntry, request: Request, status: int, headers: Mapping[str, str]) -> None:
    """Add to an entry how its request is answered."""
    entry.request_id = headers.get("x-request-id")
    named = request.path_params.get("response_id") or request.path_params.get("completion_id")
    entry.response_id = request.scope.get(MADE) or named
    entry.status = status


def _headers(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in pairs:
        shown = redacted_credential(value) if is_credential(name) else value
        headers[name] = f"{headers[name]}, {shown}" if name in headers else shown
    return headers
