"""Rules of the state machine: each is one call on an object that an earlier call created."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.strategies import booleans, fixed_dictionaries, integers, just, sampled_from

from antiphon.generated.walker import Walker

PLACE = integers(0, 7)
COUNT = integers(1, 5)
ORDER = sampled_from(("asc", "desc"))
LIMIT = sampled_from((None, 1, 2, 4))
MODES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "plain": ("", {}),
    "streamed": ("streaming", {"stream": True}),
    "background": ("background", {"background": True}),
    "background-streamed": ("background streaming", {"background": True, "stream": True}),
    "websocket": ("websocket", {}),
}
"""Mode of a create → the capabilities that it rests on, and its fields."""
MODE = sampled_from(sorted(MODES))
OTHER = sampled_from(("streamed", "background-streamed", "websocket"))
"""Modes in which the response has come when the create is over."""
RESTS_ON = {"tools": "tools", "previous_response_id": "chaining"}
"""Field of a create → the capability that it rests on."""
_OBJECT: Any = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
TOOLS = [
    {"type": "function", "name": name, "parameters": _OBJECT, "strict": True} for name in ("wash_floor", "paint_wall")
]
BOTH = {"role": "user", "content": "Call each of the two tools."}
CHOICE = sampled_from(("required", "wash_floor", "paint_wall"))
_FORMAT: Any = {"type": "object", "properties": {"answer": {"type": "string", "enum": ["yes"]}}}
FORMAT = {
    "format": {
        "type": "json_schema", "name": "answer", "strict": True,
        "schema": {**_FORMAT, "required": ["answer"], "additionalProperties": False},
    }
}  # fmt: skip
RULES = " ".join(f"Rule {number}: write plain words and be brief." for number in range(1, 7))
SETTINGS = fixed_dictionaries(
    {},
    optional={
        "instructions": just(RULES), "metadata": just({"walk": "twin"}), "temperature": just(0.5), "top_p": just(0.9),
        "truncation": just("auto"), "max_tool_calls": just(3), "text": just(FORMAT),
        "tool_choice": sampled_from(("none", "auto", "required", "wash_floor")), "parallel_tool_calls": booleans(),
    },
)  # fmt: skip
"""Settings of a create that is sent plain and streamed."""


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

    @rule(count=COUNT, mode=MODE)
    def create(self, count: int, mode: str) -> None:
        self._create(mode, input=self._messages(count))

    @rule(choice=CHOICE, mode=MODE, parallel=booleans())
    def create_call(self, choice: str, mode: str, parallel: bool) -> None:
        given = {"tools": TOOLS, "tool_choice": _choice(choice), "parallel_tool_calls": parallel}
        made = self._create(mode, "tools", input=[*self._messages(1), BOTH], **given)
        if made:
            self.walker.call("retrieve", response_id=made)

    @rule(first=MODE, second=MODE, third=MODE, choice=CHOICE, count=COUNT)
    def talk(self, first: str, second: str, third: str, choice: str, count: int) -> None:
        """Several turns: calls are made, answered and gone on from, each in a mode of its own and listed."""
        given = {"tools": TOOLS, "tool_choice": _choice(choice), "instructions": RULES}
        made = self._create(first, "tools", input=[*self._messages(count), BOTH], **given)
        for mode in (second, third):
            body = self._after(made) if made else None
            if body is None:
                return
            made = self._create(mode, "chaining", **body)
            if made:
                self.walker.call("input_items", "input-items", response_id=made, query=_page("asc", None))
        if made:
            self.walker.call("retrieve", response_id=made)

    @rule(place=PLACE, mode=MODE)
    def chain(self, place: int, mode: str) -> None:
        """Continue a response; where it calls functions, with their outputs alone."""
        if body := self._continuing(place):
            self._create(mode, "chaining", **body)

    @rule(count=COUNT, place=PLACE, chained=booleans(), settings=SETTINGS, mode=OTHER, limit=LIMIT)
    def create_twice(
        self, count: int, place: int, chained: bool, settings: dict[str, Any], mode: str, limit: int | None
    ) -> None:
        """A create is sent plain and then in another mode: what the one does the other does, and lists."""
        body = {"input": self._messages(count), **((self._continuing(place) or {}) if chained else {}), **settings}
        if "tool_choice" in body:
            body |= {"tools": TOOLS, "tool_choice": _choice(body["tool_choice"])}
        elif "tools" not in body:
            body.pop("parallel_tool_calls", None)
        needs = " ".join(name for field, name in RESTS_ON.items() if field in body)
        if all(map(self.walker.can, f"{needs} {MODES[mode][0]}".split())):
            for each in ("plain", mode):
                made = self._create(each, needs, **body)
                if made:
                    self.walker.call("input_items", "input-items", response_id=made, query=_page("asc", limit))

    @rule(place=PLACE)
    def read_as_stream(self, place: int) -> None:
        """A response whose stream ran in the background is read as a stream again."""
        if self.responses and self.walker.is_resumable(self.responses[place % len(self.responses)]):
            self._on_response("retrieve", place, "resume", query={"stream": True})

    @rule(place=PLACE)
    def get(self, place: int) -> None:
        self._on_response("retrieve", place)

    @rule(place=PLACE)
    def cancel(self, place: int) -> None:
        """A response of the foreground is cancelled once in a walk: each says the same."""
        if self.responses and self.walker.may_cancel(self.responses[place % len(self.responses)]):
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

    @rule(place=PLACE, mode=MODE)
    @precondition(lambda self: self.conversations)
    def respond_in_conversation(self, place: int, mode: str) -> None:
        """The response is waited for, so that its turn is over before the next."""
        mode = "background-streamed" if mode == "background" else mode
        self._create(mode, "conversations", input=self._messages(1), conversation=self._conversation(place))

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

    def _create(self, mode: str = "plain", needs: str = "", **body: Any) -> str | None:
        """The id of what was made, if anything was."""
        own, fields = MODES[mode]
        operation = "websocket" if mode == "websocket" else "create"
        made = self.walker.call(operation, f"{needs} {own}", body={**body, **fields, "store": True})
        return _remember_id(made, self.responses)

    def _continuing(self, place: int) -> dict[str, Any] | None:
        """What continues a response that has ended: the outputs of what it calls, or a message."""
        return self._after(self.responses[place % len(self.responses)]) if self.responses else None

    def _after(self, parent: str) -> dict[str, Any] | None:
        """The same for the response of this id; None where it runs, or cannot be continued."""
        if not self.walker.can("chaining") or not self.walker.is_over(parent):
            return None
        outputs = [
            {"type": "function_call_output", "call_id": call, "output": f"Done {number}."}
            for number, call in enumerate(self.walker.calls_of(parent))
        ]
        body: dict[str, Any] = {"input": outputs or self._messages(1), "previous_response_id": parent}
        return {**body, "tools": TOOLS} if outputs else body

    def _on_response(self, operation: str, place: int, needs: str = "", **given: Any) -> None:
        if self.responses:
            self.walker.call(operation, needs, response_id=self.responses[place % len(self.responses)], **given)

    def _on_conversation(self, operation: str, place: int, **given: Any) -> None:
        self.walker.call(operation, "conversations", conversation_id=self._conversation(place), **given)

    def _conversation(self, place: int) -> str:
        return self.conversations[place % len(self.conversations)]

    def _messages(self, count: int) -> list[dict[str, Any]]:
        """Messages whose texts were not sent before in this walk; every third one has two parts."""
        first, self.texts = self.texts + 1, self.texts + count
        return [{"role": "user", "content": _content(number)} for number in range(first, self.texts + 1)]


def _page(order: str, limit: int | None) -> dict[str, Any]:
    return {"order": order} | ({"limit": limit} if limit else {})


def _content(number: int) -> Any:
    if number % 3:
        return f"Note {number}."
    return [{"type": "input_text", "text": text} for text in (f"Note {number}, ", "in two parts.")]


def _choice(name: str) -> Any:
    """A choice of tools: one of the modes, or the name of a function."""
    return name if name in ("none", "auto", "required") else {"type": "function", "name": name}


def _remember_id(exchange: Any, ids: list[str]) -> str | None:
    """Remember the id of the created object, if there is one, and return it."""
    reply = exchange.reply if exchange is not None and (exchange.is_success or exchange.is_socket) else None
    if isinstance(reply, dict) and isinstance(reply.get("id"), str):
        ids.append(reply["id"])
        return ids[-1]
    return None
