"""Fault: one way to be wrong, and the reply that it may change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

from starlette.requests import Request

from antiphon.server.behaviour.policy import HTTP_ONLY
from antiphon.server.json_values import Event, Json

Events = AsyncIterator[Event]
Frames = AsyncIterator[bytes]


@dataclass(slots=True)
class OutgoingReply:
    """One answer on its way out. `body` is None when a stream follows."""

    operation: str
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    request: Request | None = None
    """What is answered; the service is in its `app.state`."""


@dataclass(slots=True)
class ModelInput:
    """What the model reads of one create. The settings are those of its response; what is shown does not change."""

    body: Json
    settings: Json
    history: list[Json]
    input: list[Json]


class Hooks(TypedDict, total=False):
    """What a fault does, as keywords of `fault`: `Fault` says what each means."""

    together: bool
    policy: Mapping[str, object]
    request: Callable[[str, Json], Json]
    model_input: Callable[[ModelInput], ModelInput]
    item: Callable[[Json], Json]
    response: Callable[[Json], Json]
    events: Callable[[Events], Events]
    numbered: Callable[[Events], Events]
    delivery: Callable[[Events], Events]
    frames: Callable[[Frames], Frames]
    completion: Callable[[Json], Json]
    chunks: Callable[[Events], Events]
    chat_frames: Callable[[Frames], Frames]
    reply: Callable[[OutgoingReply], OutgoingReply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to be wrong. Every hook is optional; the right server has none of them."""

    name: str
    says: str
    """What the server does, in one sentence."""
    breaks: frozenset[str]
    """The requirements that this misbehaviour breaks."""
    implies: frozenset[str] = frozenset()
    """Further requirements that cannot hold when those are broken: a decision, written beside the fault."""
    hides: frozenset[str] = frozenset()
    """Requirements that nothing shows any more while it is on: measured, and kept in `spec/faults.yaml`."""
    needs: frozenset[str] = frozenset()
    """The editions in which it can be shown; all when empty."""
    together: bool = False
    """What it does to one request depends on others, so that none by itself shows what it does."""
    policy: Mapping[str, object] = field(default_factory=dict)
    """Switches of `ServerPolicy` to turn."""
    request: Callable[[str, Json], Json] | None = None
    """Changes the JSON that is sent to a path below /v1, or refuses it, before it is looked at."""
    model_input: Callable[[ModelInput], ModelInput] | None = None
    """Changes what the model reads of a create over HTTP, and nothing that is shown of it."""
    item: Callable[[Json], Json] | None = None
    """Changes every output item wherever it is shown."""
    response: Callable[[Json], Json] | None = None
    """Changes every response object wherever it is shown."""
    events: Callable[[Events], Events] | None = None
    """Changes a stream before its events are numbered."""
    numbered: Callable[[Events], Events] | None = None
    """Changes a stream after that."""
    delivery: Callable[[Events], Events] | None = None
    """Changes the stream that answers a create, on its way out: what is stored, and can be resumed, stays right."""
    frames: Callable[[Frames], Frames] | None = None
    """Changes the bytes of a stream, one piece for each event."""
    completion: Callable[[Json], Json] | None = None
    """Changes every chat completion wherever it is shown."""
    chunks: Callable[[Events], Events] | None = None
    """Changes the chunks of a chat stream."""
    chat_frames: Callable[[Frames], Frames] | None = None
    """Changes the bytes of a chat stream, one piece for each chunk."""
    reply: Callable[[OutgoingReply], OutgoingReply] | None = None
    """Changes status, headers and body of an answer."""

    @property
    def reaches_sockets(self) -> bool:
        """It changes something of a turn over a WebSocket, where there are no replies of HTTP and no frames."""
        hooks = (self.request, self.item, self.response, self.events, self.numbered, self.delivery)
        return any(hooks) or not HTTP_ONLY.issuperset(self.policy)
