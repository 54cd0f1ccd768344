"""Library of recorded exchanges: the one that answers a request, by method, path, query and body."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from antiphon.credential_names import REDACTED
from antiphon.server.differences import first_difference
from antiphon.server.errors import ApiError, shorten
from antiphon.server.recorded_exchange import RecordedExchange, RecordedResponse

LONGEST = 20_000
"""Characters of a body by which its nearness is judged."""


@dataclass(slots=True, eq=False)
class LibraryEntry:
    """Recorded exchange, and how often it has been given."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    response: RecordedResponse
    number: int
    given: int = 0

    def fits(self, query: Mapping[str, str]) -> bool:
        """Whether a query is that of the exchange, but for what was redacted."""
        return self.query.keys() == query.keys() and all(
            value in (REDACTED, query[name]) for name, value in self.query.items()
        )


class ReplayLibrary:
    """Exchanges in the order of their recording. What was asked several times is answered in turn, then as at last."""

    def __init__(self, exchanges: Iterable[RecordedExchange], *, near: bool = False) -> None:
        self._near = near
        self._entries = [*_entries(exchanges)]
        if not self._entries:
            raise ValueError("The recording holds no exchange with a request and a status, so nothing can be replayed.")

    def find(self, method: str, path: str, query: Mapping[str, str], body: Any) -> RecordedResponse:
        """The reply to a request. Raises ApiError where none was recorded."""
        path = below_version(path)
        candidates = [entry for entry in self._entries if (entry.method, entry.path) == (method, path)]
        equal = [entry for entry in candidates if entry.body == body and entry.fits(query)]
        if not equal:  # what a recorder did not keep is no other body
            equal = [entry for entry in candidates if entry.body is None and entry.fits(query)]
        if not equal and self._near and candidates:
            equal = _nearest(candidates, body)
        if not equal:
            raise _miss(method, path, candidates, body)
        entry = next((entry for entry in equal if not entry.given), equal[-1])
        entry.given += 1
        return entry.response


def _entries(exchanges: Iterable[RecordedExchange]) -> Iterable[LibraryEntry]:
    for number, exchange in enumerate(exchanges, 1):
        request, response = exchange.request, exchange.response
        if request and response and response.status is not None and 200 <= response.status < 600:
            path = below_version(request.path)
            yield LibraryEntry(request.method, path, dict(request.query), request.body, response, number)


def below_version(path: str) -> str:
    """A path without what stands before the operations of the API."""
    return path.rpartition("/v1/")[2].strip("/")


def _nearest(candidates: list[LibraryEntry], body: Any) -> list[LibraryEntry]:
    """Those of the candidates whose body is as near as any."""
    scores = [(_likeness(entry.body, body), entry) for entry in candidates]
    best = max(score for score, _ in scores)
    return [entry for score, entry in scores if score == best]


def _likeness(one: Any, other: Any) -> float:
    """From 0 to 2: how many members of two objects are equal, then how much of their text."""
    equal = 0.0
    if isinstance(one, dict) and isinstance(other, dict):
        names = one.keys() | other.keys()
        equal = sum(one.get(name) == other.get(name) for name in names) / max(1, len(names))
    text, other_text = (json.dumps(value, sort_keys=True)[:LONGEST] for value in (one, other))
    return equal + float(SequenceMatcher(None, text, other_text, autojunk=False).quick_ratio())


def _miss(method: str, path: str, candidates: list[LibraryEntry], body: Any) -> ApiError:
    place = shorten(f"{method} /{path}", quote=False)
    if not candidates:
        return ApiError(f"The recording has no {place}.", status=404, code="not_recorded")
    nearest = _nearest(candidates, body)[0]
    difference = first_difference(nearest.body, body, "body") or first_difference(body, nearest.body, "recorded body")
    told = f"exchange {nearest.number}: {difference or 'the query differs'}"
    message = f"The recording has no {place} with this body. The nearest is {told}. With --near it would be given."
    return ApiError(message, status=404, code="not_recorded")
