"""Subjects of checks: views of one exchange, built once for all checks.

A subject knows the exchange that it belongs to and the place in it, so a violation can name both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from antiphon.contract.model import Edition
from antiphon.judge.rebuild import Snapshot, rebuild
from antiphon.judge.stream_break import StreamBreak, stream_break
from antiphon.recording.exchange import Exchange

TERMINAL = frozenset({"completed", "failed", "incomplete", "cancelled"})
ITEM_EVENTS = {"response.output_item.added": "added", "response.output_item.done": "done"}
ENDINGS = frozenset({"response.completed", "response.failed", "response.incomplete"})
BODY, END = "body", "end"
FINAL = (BODY, END)
WHOLE = frozenset({None, *ENDINGS})
"""The events whose response is whole, and none, for a body."""
"""The sorts of a response that is whole: a body, or the response at the end of a stream."""
REPEATING = ("response.queued", "response.in_progress")
"""Events whose response mostly is that of the event before it, word for word; then it is judged once."""


@dataclass(eq=False)
class Call:
    """An exchange with the operation that its request names under an edition."""

    exchange: Exchange
    operation: str
    edition: Edition
    memo: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    """Cache of the checks on this subject."""

    @property
    def sort(self) -> str:
        """Key by which checks are selected before they run."""
        return ""

    @cached_property
    def sent(self) -> Mapping[str, Any]:
        """The request's JSON object; empty when there is none."""
        body = self.exchange.sent
        return body if isinstance(body, dict) else {}

    @cached_property
    def is_known_create(self) -> bool:
        """It is a create whose request was recorded as JSON."""
        return self.operation == "create" and isinstance(self.exchange.sent, dict)


@dataclass(eq=False)
class Decision(Call):
    """Call that was taken or refused, whatever it was to be."""


@dataclass(eq=False)
class Reply(Call):
    """A whole reply: a good one to a request that may be taken, or a refusal."""


@dataclass(eq=False)
class ErrorReply(Call):
    """A reply with a status of 400 or more."""

    @property
    def body(self) -> Any:
        """The body of the reply."""
        return self.exchange.body


@dataclass(eq=False)
class Success(Call):
    """A reply with a status from 200 to 299 (or an unrecorded one), that is not an event stream."""

    @property
    def body(self) -> Any:
        """The body of the reply."""
        return self.exchange.body


@dataclass(eq=False)
class ResponseObject(Call):
    """A response object: a JSON body, or carried by a lifecycle event of a stream."""

    body: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""
    """Prefix of a place in it: empty for a body, `event 3 /response` for an event."""
    event: str | None = None
    """The type of the event that carries it; None for a body."""

    @cached_property
    def status(self) -> str:
        """The status; empty where it is no string."""
        status = self.body.get("status")
        return status if isinstance(status, str) else ""

    @property
    def sort(self) -> str:
        """`body`, or, for an event that carries it, `end` or `early`."""
        return BODY if self.event is None else END if self.event in ENDINGS else "early"

    @property
    def is_terminal(self) -> bool:
        """Its status is one at which a response stays."""
        return self.status in TERMINAL

    def at(self, pointer: str) -> str:
        """The place of a JSON pointer within this object."""
        return self.where + pointer

    @cached_property
    def output(self) -> list[Mapping[str, Any]]:
        """The items of `output` that are objects."""
        output = self.body.get("output")
        return [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []

    @property
    def is_emptied(self) -> bool:
        """It ends a stream and lists no item, whatever the stream had: that is a breach by itself."""
        return self.event is not None and not self.body.get("output")


@dataclass(eq=False)
class Item(Call):
    """An item of a response's output, of a list, or of an output_item event."""

    body: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""
    source: str = "output"
    """`output`, `added`, `done`, `list` or `compaction`."""

    @cached_property
    def type(self) -> str:
        """Its type, as text."""
        return str(self.body.get("type"))

    @property
    def sort(self) -> str:
        """The type."""
        return self.type

    def at(self, pointer: str) -> str:
        """A pointer into the reply, from one into the item."""
        return self.where + pointer


def _is_received_whole(exchange: Exchange) -> bool:
    response = exchange.response
    return bool(response and response.complete) and "stream-cut" not in exchange.notes


def is_whole_stream(exchange: Exchange) -> bool:
    """The stream of an exchange was not cut, and is that of one response."""
    return _is_received_whole(exchange) and stream_break(exchange) is None


@dataclass(eq=False)
class Stream(Call):
    """An event stream of the Responses API, with its events in order."""

    @cached_property
    def broken_at(self) -> StreamBreak | None:
        """Where it ceases to be the stream of one response."""
        return stream_break(self.exchange)

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """The events as JSON, up to where the stream ceases to be that of one response."""
        broken = self.broken_at
        return self.exchange.events if broken is None else self.exchange.events[: broken.event]

    @cached_property
    def snapshot(self) -> Snapshot:
        """The response rebuilt from the events."""
        return rebuild(self.events)

    @property
    def is_whole(self) -> bool:
        """The stream was not cut: the body is complete, the recorder lost nothing, and nothing else took its place."""
        return _is_received_whole(self.exchange) and self.broken_at is None

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


@dataclass(eq=False)
class Turn(Stream):
    """Message sent over a WebSocket, and the messages received for it."""

    @cached_property
    def broken_at(self) -> StreamBreak | None:
        """Nowhere: several responses may share a connection."""
        return None

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
        """The received messages, in order."""
        return [chunk.data for chunk in self.exchange.response.chunks] if self.exchange.response else []


@dataclass(eq=False)
class ListPage(Call):
    """A list object."""

    body: Mapping[str, Any] = field(default_factory=dict)
