"""Store of conversations. Bounded: the oldest go first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from antiphon.server.behaviour.rules import ConversationRules
from antiphon.server.errors import ApiError, shorten
from antiphon.server.json_values import Json

MOST_CONVERSATIONS = 1_000
MOST_ITEMS = 2_000


@dataclass(slots=True, eq=False)
class Conversation:
    """Conversation: its metadata, and its items in the order in which they came."""

    id: str
    created_at: int
    metadata: Json
    items: list[Json] = field(default_factory=list)
    running: set[str] = field(default_factory=set)
    """The ids of the responses that are being made on it."""

    @property
    def as_json(self) -> Json:
        """The conversation object."""
        metadata = dict(self.metadata)
        return {"id": self.id, "object": "conversation", "created_at": self.created_at, "metadata": metadata}

    def append(self, items: list[Json]) -> None:
        """Add items at the end; one that is there already stays where it is."""
        known = {item.get("id") for item in self.items}
        self.items = [*self.items, *(item for item in items if item.get("id") not in known)][-MOST_ITEMS:]


class Conversations:
    """Conversations by their id."""

    def __init__(self, rules: ConversationRules | None = None) -> None:
        self.rules = rules or ConversationRules()
        self._kept: OrderedDict[str, Conversation] = OrderedDict()
        self._deleted: OrderedDict[str, Conversation] = OrderedDict()

    def under(self, rules: ConversationRules) -> Conversations:
        """The same conversations with other rules."""
        other = copy(self)
        other.rules = rules
        return other

    def add(self, conversation: Conversation) -> None:
        """Store a conversation; the oldest goes where there are too many."""
        self._kept[conversation.id] = conversation
        while len(self._kept) > MOST_CONVERSATIONS:
            self._kept.popitem(last=False)

    @property
    def all(self) -> list[Conversation]:
        """Those that are not deleted, the oldest first."""
        return list(self._kept.values())

    def find(self, id: str) -> Conversation:
        """The conversation of that id; a refusal where there is none."""
        found = self._kept.get(id)
        if found is None:
            raise ApiError(f"Conversation with id '{shorten(id, quote=False)}' not found.", status=404)
        return found

    def find_to_list(self, id: str) -> Conversation:
        """The conversation whose items are to be listed."""
        left = self._deleted.get(id)
        if left and self.rules.items_outlive:
            return left
        if self.rules.lists_unknown and id not in self._kept:
            return Conversation(id, 0, {})
        return self.find(id)

    def delete(self, conversation: Conversation) -> None:
        """Forget a conversation; its items can still be referred to."""
        del self._kept[conversation.id]
        self._deleted[conversation.id] = conversation
        while len(self._deleted) > MOST_CONVERSATIONS // 10:
            self._deleted.popitem(last=False)

    def lookup(self, given: Any) -> Conversation | None:
        """The conversation that the parameter of a create names."""
        if given is None:
            return None
        id = given if isinstance(given, str) else given["id"]
        return self.find(id) if self.rules.refuses_unknown else self._kept.get(id)

    def history(self, given: Any) -> list[Json]:
        """The items that come before the input of a create."""
        conversation = self.lookup(given)
        return list(conversation.items) if conversation and self.rules.in_context else []

    def check_free(self, given: Any) -> None:
        """No other response is being made on the conversation."""
        conversation = self.lookup(given)
        if conversation is None:
            return
        if isinstance(given, dict) and not self.rules.takes_object:
            raise ApiError("Invalid type for 'conversation': expected a string.", param="conversation")
        if not conversation.running or self.rules.when_busy == "overwritten":
            return
        if self.rules.when_busy == "crashes":
            raise ApiError("The server had an error.", status=500, type="server_error", code="server_error")
        message = f"Another response is being made on conversation '{conversation.id}'. Try again when it has ended."
        raise ApiError(message, param="conversation", code="conversation_locked")

    def lock(self, echo: Json | None, response_id: str) -> None:
        """A response begins its work."""
        if echo and echo["id"] in self._kept:
            self._kept[echo["id"]].running.add(response_id)

    def free(self, echo: Json | None, response_id: str) -> None:
        """A response has ended its work, however it ended."""
        if echo and echo["id"] in self._kept:
            self._kept[echo["id"]].running.discard(response_id)

    @contextmanager
    def hold(self, echo: Json | None, response_id: str) -> Iterator[None]:
        """No other response is made on the conversation meanwhile."""
        self.lock(echo, response_id)
        try:
            yield
        finally:
            self.free(echo, response_id)

    def append(self, echo: Json | None, items: list[Json], history: list[Json]) -> None:
        """What a finished response read and said becomes part of its conversation."""
        conversation = self._kept.get(echo["id"]) if echo else None
        if conversation is None or not self.rules.appends:
            return
        if self.rules.when_busy == "overwritten":
            conversation.items = list(history)
        conversation.append(items)
