"""Store of chat completions that were made with `store: true`. Bounded: the oldest go first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from antiphon.server.errors import ApiError, shorten
from antiphon.server.json_values import Json

MOST_COMPLETIONS = 2_000


@dataclass(slots=True, eq=False)
class StoredCompletion:
    """Completion with the messages that it answers."""

    completion: Json
    messages: list[Json]


class CompletionStore:
    """Completions by their id, in the order of their creation."""

    def __init__(self, most: int = MOST_COMPLETIONS) -> None:
        self._most = most
        self._kept: OrderedDict[str, StoredCompletion] = OrderedDict()

    def add(self, stored: StoredCompletion) -> None:
        """Store a completion; the oldest goes where there are too many."""
        self._kept[stored.completion["id"]] = stored
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def all(self) -> list[StoredCompletion]:
        """Every completion, the oldest first."""
        return list(self._kept.values())

    def find(self, id: str) -> StoredCompletion:
        """The completion of that id; a refusal where there is none."""
        found = self._kept.get(id)
        if found is None:
            message = f"Completion with id '{shorten(id, quote=False)}' not found. Only stored ones can be read."
            raise ApiError(message, status=404, param="completion_id", code="not_found")
        return found

    def delete(self, id: str) -> None:
        """Forget a completion."""
        del self._kept[id]


def messages_to_store(completion_id: str, messages: list[Json]) -> list[Json]:
    """The messages of a request as they are listed: each with an id, and its parts apart from its text."""
    return [_stored_message(f"{completion_id}-{place}", message) for place, message in enumerate(messages)]


def _stored_message(id: str, message: Json) -> Json:
    content = message.get("content")
    parts = content if isinstance(content, list) else None
    return {**message, "id": id, "content": None if parts is not None else content, "content_parts": parts}
