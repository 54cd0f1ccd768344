"""Expectation of a request, and what differs from it in those that came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antiphon.server.differences import as_text, first_difference
from antiphon.server.state.journal import JournalEntry

SHOWN = 20
"""Requests that a message lists."""


@dataclass(frozen=True, slots=True)
class RequestExpectation:
    """What a request is to be like; None and what is not named is anything."""

    method: str | None
    path: str | None
    headers: Mapping[str, Any]
    body: Mapping[str, Any]

    def difference(self, entry: JournalEntry) -> str:
        """The first that is not as expected; an empty text where all is."""
        if self.method is not None and entry.method != self.method.upper():
            return f"method: expected {self.method.upper()}, got {entry.method}"
        if self.path is not None and self.path not in (entry.path, entry.path.removeprefix("/v1")):
            return f"path: expected {self.path}, got {entry.path}"
        lowered = {name.lower(): value for name, value in self.headers.items()}
        return first_difference(lowered, entry.headers, "headers") or (
            first_difference(self.body, entry.body, "body") if self.body else ""
        )

    def complaint(self, entries: Sequence[JournalEntry], count: int, times: int | None) -> str:
        """What to say where not as many fit as there were to be."""
        wanted = " ".join(filter(None, [self.method, self.path])) or "request"
        more = {**({"headers": self.headers} if self.headers else {}), **self.body}
        wanted += f" with {as_text(more)}" if more else ""
        start = f"No {wanted} came" if not count else f"{wanted} came {count} times"
        start += f", but was to come {times} times" if times is not None else ""
        lines = [f"  {entry}\n     {self.difference(entry) or 'fits'}" for entry in entries[-SHOWN:]]
        return "\n".join([f"{start}; {_heading(len(entries), len(lines))}", *lines])


def list_requests(entries: Sequence[JournalEntry], total: int) -> str:
    """What came, a line each."""
    lines = [f"  {entry}" for entry in entries[-SHOWN:]]
    return "\n".join([_heading(total, len(lines)), *lines])


def _heading(total: int, shown: int) -> str:
    if not total:
        return "the server got no request at all."
    return f"the server got {total}" + (f", the last {shown} of them:" if shown < total else ":")
