"""One request and its reply, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from antiphon.recording.fast_json import read_json
from antiphon.recording.frames import Frames, read_frames
from antiphon.recording.intent import Intent

Pairs = tuple[tuple[str, str], ...]
UNOPENED = "unopened"
"""Kind of the failure of a message for whose connection there was no answer: it was never sent."""
ITEM_DONE = "response.output_item.done"
SOCKET_METHOD = "WS"
"""The method of a message that was sent over an open WebSocket."""
SOCKET_MESSAGES = "application/x-websocket-messages"
"""The media type of what came back for such a message: one chunk is one message."""
INBOUND = "inbound"
"""Note of an exchange in which the server sent the request and we answered: a webhook."""
RETURNED = "secret-returned"
"""The note of an exchange whose reply held a credential of the tools in its request, before it was redacted."""
RETRIED = "retried"
"""Note of an attempt that was refused temporarily, after which the same call was repeated."""
PASTED = "pasted"
"""Note of a stream or body out of pasted text: line ends, and whether the last line was blank, are the paste's."""
RECODED = "recoded"
"""Note of a text that was saved in another encoding than UTF-8: of letters that are no ASCII it shows nothing."""
EXCERPT = "excerpt"
"""Note of a stream of which only some events are there."""
REFUSAL = "refusal"
"""Note of a body without a recorded status that is the reason of a refusal and no object of the API."""
SECOND_KEY = "second-key"
"""Note of a request that was made with the key of a second tenant."""
CLEAN_UP = "clean-up"
"""The note of a call that deletes what a run stored; it is no part of what is judged."""


class Chunk(NamedTuple):
    """Bytes of a body and the seconds after the request at which they arrived."""

    at: float
    data: bytes


@dataclass(frozen=True)
class Request:
    """Request as sent. `path` is relative to the target's base URL and begins with a slash."""

    method: str
    path: str
    query: Pairs = ()
    headers: Pairs = ()
    body: Any = None
    content: bytes | None = None
    """The bytes of a body that is not JSON, else None."""


@dataclass(frozen=True)
class Response:
    """Response as received. `complete` is false when the body was cut by either side."""

    status: int | None
    headers: Pairs = ()
    chunks: tuple[Chunk, ...] = ()
    complete: bool = True

    @cached_property
    def content(self) -> bytes:
        """The bytes of the body."""
        return b"".join(chunk.data for chunk in self.chunks)

    @cached_property
    def _header(self) -> Mapping[str, str]:
        return {name.lower(): value for name, value in reversed(self.headers)}

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever the case of its name."""
        return self._header.get(name.lower())

    @cached_property
    def media_type(self) -> str:
        """The content type without parameters, in lower case; empty when none was sent."""
        return (self.header("content-type") or "").split(";")[0].strip().lower()


@dataclass(frozen=True)
class Failure:
    """Why an exchange did not come to its end.

    `kind`: connect, tls, timeout-connect, timeout-idle, timeout-total, too-large, too-many-events, protocol, decoding,
    unsendable (no request can hold what the server gave for it), budget (the call was not sent: the run has made all it
    may), closed (the proxy's client left before any reply).
    """

    kind: str
    message: str


class NotJSON:
    """The body of a reply that is not JSON. No key is in it, and it equals nothing."""

    def __init__(self, why: str) -> None:
        self.why = why

    def __repr__(self) -> str:
        return f"<not JSON: {self.why}>"

    def __bool__(self) -> bool:
        return False

    def get(self, _key: str, default: Any = None) -> Any:
        """The default: there are no members."""
        return default


@dataclass(frozen=True)
class Exchange:
    """One request with its reply, or the reason why there is none."""

    id: str
    request: Request | None
    response: Response | None
    scenario: str | None = None
    started_at: float = 0.0
    elapsed: float = 0.0
    """Seconds from the request, on the clock of the chunks, to the end of the reply or to where it was left."""
    failure: Failure | None = None
    notes: frozenset[str] = field(default=frozenset())
    """What is not verbatim in a recording (`body-only`, `framing-reconstructed`, …), or a remark of the exercise."""
    lag: float = 0.0
    """The most seconds by which the loop of the exercise woke too late meanwhile: times are as uncertain as that."""
    intent: Intent | None = None
    """What the request may expect; None where nobody said so (a foreign recording, an older transcript)."""

    def unread(self) -> Exchange:
        """The same exchange without all that has been read and worked out of it: a tenth of the memory."""
        return replace(self, response=replace(self.response) if self.response else None)

    @cached_property
    def memo(self) -> dict[str, Any]:
        """Where those who look at the exchange keep what they have worked out once."""
        return {}

    @property
    def status(self) -> int | None:
        """The HTTP status; None when nothing came back or it was not recorded."""
        return self.response.status if self.response else None

    @property
    def content(self) -> bytes:
        """The bytes of the reply's body; none where no reply came."""
        return self.response.content if self.response else b""

    @cached_property
    def body(self) -> Any:
        """The reply as JSON, or a `NotJSON` that says why it is none."""
        if self.response is None:
            return NotJSON("no reply")
        if self.is_stream:
            return NotJSON("an event stream")
        if self.is_socket:
            return NotJSON("messages of a socket")
        try:
            return read_json(self.content, json.loads)
        except RecursionError:
            return NotJSON("nested too deeply")
        except ValueError as error:
            return NotJSON(str(error) if self.content else "empty")

    @cached_property
    def is_stream(self) -> bool:
        """The reply is an event stream, by its media type or, where that is wrong, by its first line."""
        if self.response is None:
            return False
        if self.response.media_type == "text/event-stream":
            return True
        return self.content[:6] == b"event:" or self.content[:5] == b"data:"

    @cached_property
    def is_socket(self) -> bool:
        """The reply is messages of a WebSocket, one in each chunk."""
        return self.response is not None and self.response.media_type == SOCKET_MESSAGES

    @cached_property
    def frames(self) -> Frames:
        """The frames of an event stream, damaged ones included; empty for other replies."""
        return read_frames(self.response.chunks) if self.response and self.is_stream else Frames()

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """The JSON objects that the frames of an event stream, or the messages of a socket, carry, in order."""
        if self.is_socket and self.response:
            return [event for chunk in self.response.chunks if isinstance(event := _parsed(chunk.data), dict)]
        return self.frames.events

    @property
    def is_success(self) -> bool:
        """A status from 200 to 299."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_client_error(self) -> bool:
        """A status from 400 to 499."""
        return self.status is not None and 400 <= self.status < 500

    @property
    def is_our_delay(self) -> bool:
        """The reply was given up as too slow, and for most of that time our own loop stood still."""
        return self.failure is not None and self.failure.kind.startswith("timeout") and self.lag > self.elapsed / 2

    @property
    def is_unanswered(self) -> bool:
        """A call that was sent and got no answer at all; a message over a socket has none of its own."""
        if self.response is not None or self.failure is None or INBOUND in self.notes:
            return False
        is_message = self.request is not None and self.request.method == SOCKET_METHOD
        return not is_message and self.failure.kind not in ("budget", "closed")

    @cached_property
    def reply(self) -> Any:
        """The object that was answered: the JSON body, or the response of a stream's last lifecycle event.

        Where that lists no item and the stream had some, they are its output: that the list is empty is one finding.
        """
        if not self.is_stream and not self.is_socket:
            return self.body
        for event in reversed(self.events):
            response = event.get("response")
            if isinstance(response, dict):
                return response if response.get("output") else self._with_done_items(response)
        return NotJSON("no event with a response")

    def _with_done_items(self, response: dict[str, Any]) -> dict[str, Any]:
        done = [event["item"] for event in self.events if event.get("type") == ITEM_DONE and "item" in event]
        return {**response, "output": done} if done else response

    @property
    def sent(self) -> Any:
        """The JSON body of the request."""
        return self.request.body if self.request else None


def _parsed(message: bytes) -> Any:
    try:
        return read_json(message, json.loads)
    except (ValueError, RecursionError):
        return NotJSON("no JSON")
