"""Members of the response that no lifecycle event of a stream changes: id, time of creation, model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from antiphon.judge.grammar.problems import quote_value
from antiphon.judge.json_pointer import same
from antiphon.judge.lifecycle_responses import lifecycle_responses
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import Stream
from antiphon.judge.values import violation_at

SECOND = 1.0
"""The times of responses are in whole seconds."""


def _shown(stream: Stream, key: str) -> list[tuple[int, Any]]:
    """The values of a member in the lifecycle events that have it, each with the number of its event."""
    return [(number, response[key]) for number, _, response in lifecycle_responses(stream) if key in response]


def _constant(stream: Stream, key: str) -> Iterator[Violation]:
    values = _shown(stream, key)
    for number, value in values[1:]:
        if not same(value, values[0][1]):
            first = quote_value(values[0][1]) or "an empty text"
            yield violation_at(f"event {number} /response/{key}", f"{first}, as in event {values[0][0]}", value)


def _several(key: str) -> Callable[[Stream], bool]:
    return lambda stream: len(_shown(stream, key)) > 1


def _shows_seconds(stream: Stream) -> bool:
    """The time differs, or the stream lasted so long that one which is read from the clock each time would."""
    values = [value for _, value in _shown(stream, "created_at")]
    differ = any(not same(value, values[0]) for value in values)
    chunks = stream.exchange.response.chunks if stream.exchange.response else ()
    lasted = chunks[-1].at - chunks[0].at - stream.exchange.lag if chunks else 0.0
    return differ or (len(values) > 1 and lasted >= SECOND)


@check("stream.lifecycle.constant-id", subject=Stream, applies=_several("id"))
def constant_id(stream: Stream) -> Iterator[Violation]:
    """The id of the response does not change."""
    return _constant(stream, "id")


@check("stream.lifecycle.constant-created-at", subject=Stream, applies=_shows_seconds)
def constant_created_at(stream: Stream) -> Iterator[Violation]:
    """The time of the response's creation does not change."""
    return _constant(stream, "created_at")


@check("stream.lifecycle.constant-model", subject=Stream, applies=_several("model"))
def constant_model(stream: Stream) -> Iterator[Violation]:
    """The model of the response does not change."""
    return _constant(stream, "model")
