"""Responses inside the lifecycle events of a stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon.judge.stream_analysis import events_of_types
from antiphon.judge.subjects.responses import ENDINGS, Stream

EARLY = frozenset({"response.created", "response.queued", "response.in_progress"})
LIFECYCLE = EARLY | ENDINGS
LifecycleResponses = list[tuple[int, str, dict[str, Any]]]


def lifecycle_responses(stream: Stream) -> LifecycleResponses:
    """Place, type and response of each lifecycle event that has one."""
    known = stream.__dict__.get("_carried")
    if known is None:
        known = [
            (number, event["type"], event["response"])
            for number, event in events_of_types(stream, LIFECYCLE)
            if isinstance(event.get("response"), dict)
        ]
        stream.__dict__["_carried"] = known
    found: LifecycleResponses = known
    return found


def early_responses(stream: Stream) -> LifecycleResponses:
    """The lifecycle events before the terminal one."""
    return _of_kind(stream, "_early", EARLY)


def terminal_responses(stream: Stream) -> LifecycleResponses:
    """The terminal events."""
    return _of_kind(stream, "_late", ENDINGS)


def _of_kind(stream: Stream, name: str, kinds: frozenset[str]) -> LifecycleResponses:
    if name not in stream.__dict__:
        stream.__dict__[name] = [each for each in lifecycle_responses(stream) if each[1] in kinds]
    found: LifecycleResponses = stream.__dict__[name]
    return found


def has_early(stream: Stream) -> bool:
    return bool(early_responses(stream))


def ends_with(*kinds: str) -> Callable[[Stream], bool]:
    """Whether a stream has a terminal event of one of some types."""
    return lambda stream: any(kind in kinds for _, kind, _ in terminal_responses(stream))
