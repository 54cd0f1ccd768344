"""What checks look at: views of one exchange, made once for all checks.

A subject knows the exchange that it belongs to and the place in it, so a violation can name both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from antiphon.contract.model import Edition
from antiphon.judge.fold import Snapshot, fold
from antiphon.transcript.exchange import Exchange

TERMINAL = frozenset({"completed", "failed", "incomplete", "cancelled"})
ITEM_EVENTS = {"response.output_item.added": "added", "response.output_item.done": "done"}
ENDINGS = frozenset({"response.completed", "response.failed", "response.incomplete"})
REPEATING = ("response.queued", "response.in_progress")
"""Events whose response mostly is that of the event before it, word for word; then it is judged once."""


@dataclass(frozen=True)
class Call:
    """An exchange with the operation that its request names under an edition."""

    exchange: Exchange
    operation: str
    edition: Edition

    @property
    def sent(self) -> Mapping[str, Any]:
        """The request's JSON object; empty when there is none."""
        body = self.exchange.sent
        return body if isinstance(body, dict) else {}

    @cached_property
    def memo(self) -> dict[str, Any]:
        """Where checks of this subject keep what they have worked out once."""
        return {}


@dataclass(frozen=True)
class Reply(Call):
    """A call that was answered at all: a status came back."""


@dataclass(frozen=True)
class ErrorReply(Call):
    """A reply with a status of 400 or more."""

    @property
    def body(self) -> Any:
        return self.exchange.body


@dataclass(frozen=True)
class Success(Call):
    """A reply with a status from 200 to 299 (or an unrecorded one), that is not an event stream."""

    @property
    def body(self) -> Any:
        return self.exchange.body


@dataclass(frozen=True)
class ResponseObject(Call):
    """A response object: a JSON body, or carried by a lifecycle event of a stream."""

    body: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""
    """Prefix of a place in it: empty for a body, `event 3 /response` for an event."""
    event: str | None = None
    """The type of the event that carries it; None for a body."""

    @property
    def status(self) -> str:
        """The status; empty where it is no string."""
        status = self.body.get("status")
        return status if isinstance(status, str) else ""

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL

    def at(self, pointer: str) -> str:
        """The place of a JSON pointer within this object."""
        return self.where + pointer

    @property
    def output(self) -> list[Mapping[str, Any]]:
        """The items of `output` that are objects."""
        output = self.body.get("output")
        return [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []


@dataclass(frozen=True)
class Item(Call):
    """An item of a response's output, of a list, or of an output_item event."""

    body: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""
    source: str = "output"
    """`output`, `added`, `done`, `list` or `compaction`."""

    @property
    def type(self) -> str:
        return str(self.body.get("type"))

    def at(self, pointer: str) -> str:
        return self.where + pointer


@dataclass(frozen=True)
class Stream(Call):
    """An event stream of the Responses API, with its events in order."""

    @property
    def events(self) -> list[dict[str, Any]]:
        return self.exchange.events

    @cached_property
    def snapshot(self) -> Snapshot:
        """What the events add up to."""
        return fold(self.events)

    @property
    def is_whole(self) -> bool:
        """Nobody cut the stream: the body came to its end, and the recorder lost nothing."""
        response = self.exchange.response
        return bool(response and response.complete) and "stream-cut" not in self.exchange.notes

    @property
    def is_resumed(self) -> bool:
        """The stream answers a GET: a replay, whose first number may be other than 0."""
        return self.operation == "retrieve"

    @cached_property
    def final(self) -> Mapping[str, Any] | None:
        """The response of the terminal event, if there is one."""
        for event in reversed(self.events):
            if event.get("type") in ENDINGS and isinstance(event.get("response"), dict):
                return dict(event["response"])
        return None


@dataclass(frozen=True)
class Turn(Stream):
    """A message that was sent over a WebSocket, and what came back for it."""

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """The events of the response; refusals, which are no events of one, are left out."""
        found: list[dict[str, Any]] = []
        running = False
        for event in self.exchange.events:
            refusal = event.get("type") == "error" and ("status" in event or not running)
            running = (running or event.get("type") == "response.created") and event.get("type") not in ENDINGS
            if not refusal:
                found.append(event)
        return found

    @property
    def refusals(self) -> list[tuple[int, dict[str, Any]]]:
        """The error messages, each with its place."""
        return [pair for pair in enumerate(self.exchange.events) if pair[1].get("type") == "error"]

    @property
    def messages(self) -> list[bytes]:
        """What came, message by message."""
        return [chunk.data for chunk in self.exchange.response.chunks] if self.exchange.response else []


@dataclass(frozen=True)
class ChatStream(Stream):
    """An event stream of Chat Completions."""


@dataclass(frozen=True)
class ChatCompletion(Call):
    """A completion of Chat Completions as a JSON body."""

    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def choices(self) -> list[tuple[int, Mapping[str, Any]]]:
        """The choices that are objects, each with its place."""
        choices = self.body.get("choices")
        listed = choices if isinstance(choices, list) else []
        return [(number, each) for number, each in enumerate(listed) if isinstance(each, dict)]


@dataclass(frozen=True)
class ListPage(Call):
    """A list object."""

    body: Mapping[str, Any] = field(default_factory=dict)


def subjects_of(exchange: Exchange, operation: str, edition: Edition) -> Iterator[Call]:
    """Every subject that one exchange holds."""
    common = (exchange, operation, edition)
    yield Call(*common)
    if exchange.response is None:
        return
    if exchange.status == 101:
        if exchange.is_socket:
            yield from _of_turn(*common)
        return
    yield Reply(*common)
    if exchange.status is not None and exchange.status >= 400:
        yield ErrorReply(*common)
    elif exchange.is_stream:
        yield from _of_stream(*common)
    else:
        yield from _of_body(*common)


def _of_turn(exchange: Exchange, operation: str, edition: Edition) -> Iterator[Call]:
    yield Turn(exchange, operation, edition)
    yield from _in_events(exchange, operation, edition)


def _of_stream(exchange: Exchange, operation: str, edition: Edition) -> Iterator[Call]:
    if operation.startswith("chat."):
        yield ChatStream(exchange, operation, edition)
        return
    yield Stream(exchange, operation, edition)
    yield from _in_events(exchange, operation, edition)


def _in_events(exchange: Exchange, operation: str, edition: Edition) -> Iterator[Call]:
    said = ""
    for number, event in enumerate(exchange.events):
        kind = event.get("type")
        if isinstance(event.get("response"), dict):
            before, said = said, _text(event["response"])
            if kind in REPEATING and said and said == before:
                continue
            where = f"event {number} /response"
            yield from _of_response(exchange, operation, edition, event["response"], where, str(kind))
        elif isinstance(kind, str) and kind in ITEM_EVENTS and isinstance(event.get("item"), dict):
            yield Item(exchange, operation, edition, event["item"], f"event {number} /item", ITEM_EVENTS[kind])


def _text(body: Mapping[str, Any]) -> str:
    """A value as a text that tells it from any other; empty where it is nested too deeply."""
    try:
        return repr(body)
    except RecursionError:
        return ""


def _of_response(
    exchange: Exchange, operation: str, edition: Edition, body: Mapping[str, Any], where: str, event: str | None
) -> Iterator[Call]:
    response = ResponseObject(exchange, operation, edition, body, where, event)
    yield response
    for number, item in enumerate(response.output):
        yield Item(exchange, operation, edition, item, f"{where}/output/{number}", "output")


def _of_body(exchange: Exchange, operation: str, edition: Edition) -> Iterator[Call]:
    body = exchange.body
    yield Success(exchange, operation, edition)
    if not isinstance(body, dict) or _is_refusal(body):
        return
    kind = body.get("object")
    if operation.endswith("delete"):
        return  # what a delete answers may call itself a response (D-17), and is none
    if operation.startswith("chat."):
        yield from _of_chat(exchange, operation, edition, body)
    elif operation == "create" or (kind == "response" and operation in ("retrieve", "cancel")):
        yield from _of_response(exchange, operation, edition, body, "", None)
    elif kind == "list" or operation.endswith(("input_items", ".list")):
        yield ListPage(exchange, operation, edition, body)
        yield from _items(exchange, operation, edition, body.get("data"), "/data", "list")
    elif operation == "compact":
        yield from _items(exchange, operation, edition, body.get("output"), "/output", "compaction")
    elif operation == "conversations.items.get":
        yield Item(exchange, operation, edition, body, "", "list")


def _of_chat(exchange: Exchange, operation: str, edition: Edition, body: Mapping[str, Any]) -> Iterator[Call]:
    if operation in ("chat.list", "chat.messages"):
        yield ListPage(exchange, operation, edition, body)
    elif operation != "chat.delete":
        yield ChatCompletion(exchange, operation, edition, body)


def _items(
    exchange: Exchange, operation: str, edition: Edition, values: Any, where: str, source: str
) -> Iterator[Call]:
    for number, item in enumerate(values if isinstance(values, list) else []):
        if isinstance(item, dict):
            yield Item(exchange, operation, edition, item, f"{where}/{number}", source)


def _is_refusal(body: Mapping[str, Any]) -> bool:
    """An error envelope in place of an object: a reply with a success status that says it failed."""
    return isinstance(body.get("error"), dict | str) and not {"id", "object", "output", "choices"} & body.keys()
