"""Rules of the state machine: each is one call on an object that an earlier call created."""

from __future__ import annotations

from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.strategies import booleans, integers, sampled_from

from antiphon.generated.walker import Walker

PLACE = integers(0, 7)
COUNT = integers(1, 5)
ORDER = sampled_from(("asc", "desc"))
LIMIT = sampled_from((None, 1, 2, 4))


class WalkMachine(RuleBasedStateMachine):
    """One walk. It knows the ids of created objects, deleted ones included; the model knows the rest."""

    def __init__(self, walker: Walker) -> None:
        super().__init__()
        self.walker = walker
        self.responses: list[str] = []
        self.conversations: list[str] = []
        self.texts = 0
        walker.start()

    @initialize(count=COUNT)
    def begin(self, count: int) -> None:
        self._create(input=self._messages(count))

    @rule(count=COUNT)
    def create(self, count: int) -> None:
        self._create(input=self._messages(count))

    @rule()
    def create_in_background(self) -> None:
        if self.walker.can("background"):
            self._create("background", input=self._messages(1), background=True)

    @rule(place=PLACE)
    def chain(self, place: int) -> None:
        if self.responses and self.walker.can("chaining"):
            parent = self.responses[place % len(self.responses)]
            if self.walker.is_over(parent):
                self._create("chaining", input=self._messages(1), previous_response_id=parent)

    @rule(place=PLACE)
    def get(self, place: int) -> None:
        self._on_response("retrieve", place)

    @rule(place=PLACE)
    def cancel(self, place: int) -> None:
        self._on_response("cancel", place, "cancel")

    @rule(place=PLACE)
    def delete(self, place: int) -> None:
        self._on_response("delete", place)

    @rule(place=PLACE, order=ORDER, limit=LIMIT)
    def list_input(self, place: int, order: str, limit: int | None) -> None:
        self._on_response("input_items", place, "input-items", query=_page(order, limit))

    @rule(count=integers(0, 3))
    def create_conversation(self, count: int) -> None:
        made = self.walker.call("conversations.create", "conversations", body={"items": self._messages(count)})
        _remember_id(made, self.conversations)

    @rule(place=PLACE)
    @precondition(lambda self: self.conversations)
    def respond_in_conversation(self, place: int) -> None:
        self._create("conversations", input=self._messages(1), conversation=self._conversation(place))

    @rule(place=PLACE)
    @precondition(lambda self: self.conversations)
    def get_conversation(self, place: int) -> None:
        self._on_conversation("conversations.get", place)

    @rule(place=PLACE, count=COUNT)
    @precondition(lambda self: self.conversations)
    def add_items(self, place: int, count: int) -> None:
        self._on_conversation("conversations.items.create", place, body={"items": self._messages(count)})

    @rule(place=PLACE, order=ORDER, limit=LIMIT)
    @precondition(lambda self: self.conversations)
    def list_items(self, place: int, order: str, limit: int | None) -> None:
        self._on_conversation("conversations.items.list", place, query=_page(order, limit))

    @rule(place=PLACE, item=PLACE)
    @precondition(lambda self: self.conversations)
    def delete_item(self, place: int, item: int) -> None:
        known = sorted(self.walker.items_of(self._conversation(place)))
        if known:
            self._on_conversation("conversations.items.delete", place, item_id=known[item % len(known)])

    @rule(place=PLACE, sure=booleans())
    @precondition(lambda self: self.conversations)
    def delete_conversation(self, place: int, sure: bool) -> None:
        if sure:
            self._on_conversation("conversations.delete", place)

    def _create(self, needs: str = "", **body: Any) -> None:
        _remember_id(self.walker.call("create", needs, body={**body, "store": True}), self.responses)

    def _on_response(self, operation: str, place: int, needs: str = "", **given: Any) -> None:
        if self.responses:
            self.walker.call(operation, needs, response_id=self.responses[place % len(self.responses)], **given)

    def _on_conversation(self, operation: str, place: int, **given: Any) -> None:
        self.walker.call(operation, "conversations", conversation_id=self._conversation(place), **given)

    def _conversation(self, place: int) -> str:
        return self.conversations[place % len(self.conversations)]

    def _messages(self, count: int) -> list[dict[str, str]]:
        """Messages whose texts were not sent before in this walk."""
        first, self.texts = self.texts + 1, self.texts + count
        return [{"role": "user", "content": f"Note {number}."} for number in range(first, self.texts + 1)]


def _page(order: str, limit: int | None) -> dict[str, Any]:
    return {"order": order} | ({"limit": limit} if limit else {})


def _remember_id(exchange: Any, ids: list[str]) -> None:
    """Remember the id of the created object, if there is one."""
    reply = exchange.reply if exchange is not None and exchange.is_success else None
    if isinstance(reply, dict) and isinstance(reply.get("id"), str):
        ids.append(reply["id"])
