"""Output of the model, or of a script in its place."""

from __future__ import annotations

from dataclasses import dataclass, field

from antiphon.server.json_values import Json


@dataclass(slots=True)
class ModelOutput:
    """Items of one response, and how it ends."""

    items: list[Json] = field(default_factory=list)
    status: str = "completed"
    reason: str | None = None
    output_tokens: int = 0
    reasoning_tokens: int = 0
    error: Json | None = None
    tells_error: bool = True
    """A stream has an event of its error before the last."""
    counted: int | None = None
    """The input tokens to tell; None for those that were counted."""
    cached: int = 0
    """Those of them that an earlier request began with."""
    pace: float | None = None
    """Seconds between two deltas; None for those of the server."""
    first: float = 0.0
    """Seconds before the first item."""
    events: list[Json] | None = None
    """What is streamed in place of the events of the items."""
