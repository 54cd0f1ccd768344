"""Small builders of the hooks that faults are made of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from antiphon.server.faults.base import Events, Frames, Reply
from antiphon.server.store import Event, Json

ENDINGS = ("response.completed", "response.failed", "response.incomplete")
EARLY = ("response.created", "response.queued", "response.in_progress")
Edit = Callable[[Json], Json]
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
    """Change every event of these types."""

    async def rewrite(events: Events) -> AsyncIterator[Event]:
        async for event in events:
            yield by(event) if event["type"] in types else event

    return rewrite


def edit_response(*types: str, **changes: Any) -> Rewrite:
    """Change the response inside these lifecycle events."""
    return edit(*types, by=lambda event: {**event, "response": {**event["response"], **changes}})


def edit_item(*types: str, of: str, **changes: Any) -> Rewrite:
    """Change the item inside these events, where it is of one type."""

    def by(event: Event) -> Event:
        item = event["item"]
        return {**event, "item": {**item, **changes}} if item["type"] == of else event

    return edit(*types, by=by)


def told_by(event: Event, type: str, **members: Any) -> Event:
    """An event at the place of another."""
    place: Json = {name: event[name] for name in ("item_id", "output_index") if name in event}
    return {"type": type, **place, **members}


def without(value: Json, *names: str) -> Json:
    """An object without these members."""
    return {name: inner for name, inner in value.items() if name not in names}


def in_item(of: str, by: Edit) -> Edit:
    """A change of the items of one type only."""
    return lambda item: by(item) if item["type"] == of else item


def in_parts(by: Edit, of: str = "output_text") -> Edit:
    """A change of the parts of one type in every message."""

    def change(item: Json) -> Json:
        if item["type"] != "message" or not isinstance(item["content"], list):
            return item
        return {**item, "content": [by(part) if part["type"] == of else part for part in item["content"]]}

    return change


def each_frame(by: Callable[[bytes], bytes]) -> Callable[[Frames], Frames]:
    """Change every frame of a stream."""

    async def rewrite(frames: Frames) -> AsyncIterator[bytes]:
        async for frame in frames:
            yield by(frame)

    return rewrite


def refusals(by: Callable[[Json], Any]) -> Callable[[Reply], Reply]:
    """Change the body of every refusal."""

    def change(reply: Reply) -> Reply:
        if reply.status >= 400 and isinstance(reply.body, dict) and "error" in reply.body:
            reply.body = by(reply.body)
        return reply

    return change


def header(name: str, value: str | None) -> Callable[[Reply], Reply]:
    """Set a header on every reply, or lose it."""

    def change(reply: Reply) -> Reply:
        reply.headers.pop(name, None)
        if value is not None:
            reply.headers[name] = value
        return reply

    return change
