"""Single changes to a legal stream."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

from tests.judge.legal_streams import Event, numbered

INDICES = ("output_index", "content_index", "summary_index", "annotation_index", "command_index", "partial_image_index")
TEXTS = ("delta", "text", "refusal", "arguments", "input", "code", "command", "diff")
PARTS = ("text", "refusal")


class Mutation(NamedTuple):
    """What was changed, the types of the events concerned, and the changed stream."""

    change: str
    events: tuple[str, ...]
    stream: list[Event]


def drop(stream: list[Event], random: Random) -> Mutation:
    """Leave out one event; the rest is numbered anew."""
    place = random.randrange(len(stream))
    return Mutation("drop", (stream[place]["type"],), numbered([*stream[:place], *stream[place + 1 :]]))


def duplicate(stream: list[Event], random: Random) -> Mutation:
    """Send one event twice; the rest is numbered anew."""
    place = random.randrange(len(stream))
    return Mutation("duplicate", (stream[place]["type"],), numbered([*stream[: place + 1], *stream[place:]]))


def swap(stream: list[Event], random: Random) -> Mutation | None:
    """Exchange two neighbours; the rest is numbered anew."""
    place = random.randrange(len(stream) - 1)
    one, other = stream[place], stream[place + 1]
    if one | {"sequence_number": 0} == other | {"sequence_number": 0}:
        return None
    changed = [*stream[:place], other, one, *stream[place + 2 :]]
    return Mutation("swap", (one["type"], other["type"]), numbered(changed))


def renumber(stream: list[Event], random: Random) -> Mutation:
    """Change one number, or leave it out."""
    place = random.randrange(len(stream))
    event = stream[place] | {"sequence_number": random.choice([place + 1, place - 1, place + 10, None, str(place)])}
    return Mutation("renumber", (event["type"],), [*stream[:place], event, *stream[place + 1 :]])


def unnumber(stream: list[Event], random: Random) -> Mutation:
    """Drop one event without numbering the rest anew."""
    place = random.randrange(len(stream) - 1)
    return Mutation("unnumber", (stream[place]["type"],), [*stream[:place], *stream[place + 1 :]])


def truncate(stream: list[Event], random: Random) -> Mutation:
    """End the stream too early."""
    place = random.randrange(len(stream))
    return Mutation("truncate", tuple(event["type"] for event in stream[place:]), stream[:place])


def rename(stream: list[Event], random: Random) -> Mutation | None:
    """Give one event another id: of its item or of its response."""
    place = random.randrange(len(stream))
    event = copy.deepcopy(stream[place])
    holder = event if "item_id" in event else event.get("item", event.get("response"))
    if holder is None:
        return None
    holder["item_id" if holder is event else "id"] = "other_1"
    return Mutation("rename", (event["type"],), [*stream[:place], event, *stream[place + 1 :]])


def move(stream: list[Event], random: Random) -> Mutation | None:
    """Change one index of one event."""
    places = [(place, key) for place, event in enumerate(stream) for key in INDICES if key in event]
    if not places:
        return None
    place, key = random.choice(places)
    event = stream[place] | {key: stream[place][key] + random.choice([1, 2, 7])}
    return Mutation(f"move {key}", (event["type"],), [*stream[:place], event, *stream[place + 1 :]])


def reword(stream: list[Event], random: Random) -> Mutation | None:
    """Change one text: of a delta, of what is done, of a part or of an item."""
    places = [(place, path) for place, event in enumerate(stream) for path in _texts(event)]
    if not places:
        return None
    place, path = random.choice(places)
    event = copy.deepcopy(stream[place])
    holder: Any = event
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] += "?"
    change = f"reword {'/'.join(map(str, path))}"
    return Mutation(change, (event["type"],), [*stream[:place], event, *stream[place + 1 :]])


def _texts(event: Event) -> Iterator[tuple[str | int, ...]]:
    for key in TEXTS:
        if isinstance(event.get(key), str) and not event["type"].endswith(".added"):
            yield (key,)
    if event["type"].endswith("part.done"):
        yield from (("part", key) for key in PARTS if key in event["part"])
    if event["type"] == "response.output_item.done":
        yield from (("item", *path) for path in _item_texts(event["item"]))
    if event["type"] == "response.completed":
        for place, item in enumerate(event["response"]["output"]):
            yield from (("response", "output", place, *path) for path in _item_texts(item))


def _item_texts(item: Event) -> Iterator[tuple[str | int, ...]]:
    yield from ((key,) for key in ("arguments", "input", "code", "call_id", "name", "status") if item.get(key))
    for group in ("content", "summary"):
        parts = item.get(group)
        for place, part in enumerate(parts if isinstance(parts, list) else []):
            yield from ((group, place, key) for key in PARTS if key in part)
    if item["type"] == "shell_call":
        yield from (("action", "commands", place) for place in range(len(item["action"]["commands"])))
    if item["type"] == "apply_patch_call":
        yield ("operation", "diff")


Mutator = Callable[[list[Event], Random], Mutation | None]
MUTATORS: tuple[Mutator, ...] = (drop, duplicate, swap, renumber, unnumber, truncate, rename, move, reword)
