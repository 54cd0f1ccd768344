"""Rewrites of streams: events that are dropped, moved, repeated or edited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from antiphon.server.behaviour.fault import Events, Frames
from antiphon.server.faults.edits import Edit, in_item, in_member, put
from antiphon.server.json_values import Event, Json
from antiphon.server.responses.wire import DONE as DONE_MARKER

ENDINGS = ("response.completed", "response.failed", "response.incomplete")
ADDED, DONE = "response.output_item.added", "response.output_item.done"
LANE_NUMBER = 5
"""A number where the name of a lane belongs."""
EARLY = ("response.created", "response.queued", "response.in_progress")
Rewrite = Callable[[Events], Events]


def swap(chosen: Callable[[Event], bool]) -> Rewrite:
    """Send each chosen event after the one that follows it."""

    async def rewrite(events: Events) -> AsyncIterator[Event]:
        held: Event | None = None
        async for event in events:
            if chosen(event):
                held = event
                continue
            yield event
            if held:
                yield held
                held = None

    return rewrite


def drop(*types: str) -> Rewrite:
    """Lose every event of these types."""

    async def rewrite(events: Events) -> AsyncIterator[Event]:
        async for event in events:
            if event["type"] not in types:
                yield event

    return rewrite


def drop_nth(type: str, place: int = 1) -> Rewrite:
    """Lose one event of this type out of each part or item that has more of them."""

    async def rewrite(events: Events) -> AsyncIterator[Event]:
        seen: dict[Any, int] = {}
        async for event in events:
            if event["type"] == type:
                key = (event.get("output_index"), event.get("content_index"), event.get("summary_index"))
                seen[key] = seen.get(key, -1) + 1
                if seen[key] == place:
                    continue
            yield event

    return rewrite


def edit(*types: str, by: Edit) -> Rewrite:
    """Change every event of these types, or all events."""

    async def rewrite(events: Events) -> AsyncIterator[Event]:
        async for event in events:
            yield by(event) if not types or event["type"] in types else event

    return rewrite


def edit_response(*types: str, by: Edit) -> Rewrite:
    """Change the response inside these lifecycle events."""
    return edit(*types, by=in_member("response", by))


def put_response(*types: str, **changes: Any) -> Rewrite:
    """Set members of the response inside these lifecycle events."""
    return edit_response(*types, by=put(**changes))


def edit_item(*types: str, by: Edit) -> Rewrite:
    """Change the item inside these events."""
    return edit(*types, by=in_member("item", by))


def put_item(*types: str, of: str, **changes: Any) -> Rewrite:
    """Set members of the item inside these events, where it is of one type."""
    return edit_item(*types, by=in_item(of, put(**changes)))


def event_at(event: Event, type: str, **members: Any) -> Event:
    """An event at the place of another."""
    place: Json = {name: event[name] for name in ("item_id", "output_index") if name in event}
    return {"type": type, **place, **members}


def edit_frames(by: Callable[[bytes], bytes]) -> Callable[[Frames], Frames]:
    """Change every frame of a stream."""

    async def rewrite(frames: Frames) -> AsyncIterator[bytes]:
        async for frame in frames:
            yield by(frame)

    return rewrite


async def lose_done(frames: Frames) -> AsyncIterator[bytes]:
    """Lose the marker at the end of a stream."""
    async for frame in frames:
        if frame != DONE_MARKER:
            yield frame


def insert_after(type: str, make: Callable[[Event], Iterable[Event]]) -> Rewrite:
    """Send more events after each event of a type."""

    async def rewrite(events: Events) -> AsyncIterator[Event]:
        async for event in events:
            yield event
            if event["type"] == type:
                for more in make(event):
                    yield more

    return rewrite


def number_lane(event: Event) -> Event:
    """The event with a number as the name of its lane."""
    return {**event, "stream_id": LANE_NUMBER}


def shift(name: str, by: int = 1) -> Edit:
    """Raise an index."""
    return lambda event: {**event, name: event[name] + by}


def in_text_part(by: Edit) -> Edit:
    """A change of the part inside an event where it is text."""
    return in_member("part", in_item("output_text", by))


def repeat_events(*types: str) -> Rewrite:
    """Send every event of these types twice."""

    async def rewrite(events: Events) -> AsyncIterator[Event]:
        async for event in events:
            yield event
            if event["type"] in types:
                yield event

    return rewrite
