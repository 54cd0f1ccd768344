"""Responses inside the lifecycle events of a stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon.judge.memo import memoize
from antiphon.judge.stream_analysis import events_of_types
from antiphon.judge.subjects.responses import ENDINGS, Stream

EARLY = frozenset({"response.created", "response.queued", "response.in_progress"})
LIFECYCLE = EARLY | ENDINGS
LifecycleResponses = list[tuple[int, str, dict[str, Any]]]


@memoize
def lifecycle_responses(stream: Stream) -> LifecycleResponses:
    """Place, type and response of each lifecycle event that has one."""
    return [
        (number, event["type"], event["response"])
        for number, event in events_of_types(stream, LIFECYCLE)
        if isinstance(event.get("response"), dict)
    ]


@memoize
def early_responses(stream: Stream) -> LifecycleResponses:
    """The lifecycle events before the terminal one."""
    return [each for each in lifecycle_responses(stream) if each[1] in EARLY]


@memoize
def terminal_responses(stream: Stream) -> LifecycleResponses:
    """The terminal events."""
    return [each for each in lifecycle_responses(stream) if each[1] in ENDINGS]


def has_early(stream: Stream) -> bool:
    """The stream has a response in an event before its end."""
    return bool(early_responses(stream))


def ends_with(*kinds: str) -> Callable[[Stream], bool]:
    """Whether a stream has a terminal event of one of some types."""
    return lambda stream: any(kind in kinds for _, kind, _ in terminal_responses(stream))
