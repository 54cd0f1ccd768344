"""References of a request to values of earlier replies, and what the same client would send back on another server.

`$0/output/1/id` is the id of the second output item of the first reply, as a right server gave it. Another server may
give fewer items, or in another order: an item that is sent back takes the place that an item of its type has there,
and a message or a reasoning item that never came is not sent back.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MODEL = "$model"
"""Stands for the model of the target."""
REFERENCE = re.compile(r"\$(\d+)(/.*)")
"""Stands for a text of an earlier reply: the place of its call, from 0, and a JSON pointer into what it answered."""
PATH_REFERENCE = re.compile(r"\{(\d+)(/[^}]*)\}")
OF_ITEM = re.compile(r"\$(\d+)/output/(\d+)/")
LEFT_OUT = ("message", "reasoning")
"""Types of items that a client sends back where they came, and does without where not."""
BY_ID = "item_reference"
"""Type of an input item that names an item of any type."""
Place = tuple[int, int]
"""Call and place of an output item in its reply."""


class ReplyLacksValue(Exception):
    """An earlier reply has nothing at the place from which a request takes a value."""

    def __init__(self, call: int, pointer: str) -> None:
        super().__init__(f"the reply to call {call + 1} has nothing at {pointer}, which the next call sends back")


def fill_path(path: str, replies: Sequence[Any]) -> str:
    """A path with the ids of earlier replies. Raises ReplyLacksValue."""
    return PATH_REFERENCE.sub(lambda found: _value(replies, int(found[1]), found[2]), path)


def fill(value: Any, replies: Sequence[Any], model: str) -> Any:
    """A value with the model and what earlier replies have. Raises ReplyLacksValue."""
    if isinstance(value, dict):
        return {key: fill(each, replies, model) for key, each in value.items()}
    if isinstance(value, list):
        return [fill(each, replies, model) for each in value]
    if value == MODEL:
        return model
    found = REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return _value(replies, int(found[1]), found[2]) if found else value


def align_items(items: Sequence[Any], replies: Sequence[Any]) -> list[Any]:
    """Input items whose references lead to the items that these replies have, without those that never came."""
    places = _places(items, replies)
    kept = (each for each in items if not any(places.get(of, ()) is None for of in _references(each)))
    moved = (_moved(each, places) for each in kept)
    return [_without_absent(each, replies) if _type(each) in LEFT_OUT else each for each in moved]


def _places(items: Sequence[Any], replies: Sequence[Any]) -> dict[Place, int | None]:
    """Where the items are that are sent back; None for one that never came and may be left out."""
    types = {of: _type(item) for item in reversed(items) for of in _references(item)}
    ranks: dict[tuple[int, str], int] = defaultdict(int)
    found: dict[Place, int | None] = {}
    for call, place in sorted(types):
        kind, output = types[call, place], _output_types(replies, call)
        there = [number for number, type in enumerate(output) if kind in (type, BY_ID)]
        rank = ranks[call, kind]
        ranks[call, kind] += 1
        if rank < len(there):
            found[call, place] = there[rank]
        elif kind in (*LEFT_OUT, BY_ID):
            found[call, place] = None
    return found


def _type(item: Any) -> str:
    """The type of the output item to which an input item refers: its own, or that of the call that it answers."""
    kind = item.get("type") if isinstance(item, Mapping) else None
    return str(kind).removesuffix("_output") if kind else "message"


def _output_types(replies: Sequence[Any], call: int) -> list[Any]:
    reply = replies[call] if call < len(replies) else None
    output = reply.get("output") if isinstance(reply, Mapping) else None
    return [each.get("type") if isinstance(each, Mapping) else None for each in output or ()]


def _references(value: Any) -> Iterator[Place]:
    """The output items to which texts refer."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _references(each)
    elif isinstance(value, str) and (found := OF_ITEM.match(value)):
        yield int(found[1]), int(found[2])


def _moved(value: Any, places: Mapping[Place, int | None]) -> Any:
    if isinstance(value, Mapping):
        return {key: _moved(each, places) for key, each in value.items()}
    if isinstance(value, list):
        return [_moved(each, places) for each in value]
    found = OF_ITEM.match(value) if isinstance(value, str) else None
    place = places.get((int(found[1]), int(found[2]))) if found else None
    return value if found is None or place is None else f"${found[1]}/output/{place}/{value[found.end() :]}"


def _without_absent(value: Any, replies: Sequence[Any]) -> Any:
    """An item without the fields that the item which came has not, and without parts that lack a field."""
    if isinstance(value, Mapping):
        return {
            key: _without_absent(each, replies) for key, each in value.items() if not _is_absent(each, replies)
        }  # fmt: skip
    if isinstance(value, list):
        parts = (each for each in value if not isinstance(each, Mapping) or not _lacks(each, replies))
        return [_without_absent(each, replies) for each in parts]
    return value


def _lacks(part: Mapping[str, Any], replies: Sequence[Any]) -> bool:
    return any(_is_absent(each, replies) for each in part.values())


def _is_absent(value: Any, replies: Sequence[Any]) -> bool:
    """It is a reference to an item's field that the item does not have."""
    if not isinstance(value, str) or not OF_ITEM.match(value):
        return False
    try:
        fill(value, replies, "")
    except ReplyLacksValue:
        return True
    return False


def _value(replies: Sequence[Any], call: int, pointer: str) -> str:
    value: Any = replies[call] if call < len(replies) else None
    for part in pointer.split("/")[1:]:
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, TypeError, ValueError):
            raise ReplyLacksValue(call, pointer) from None
    if not isinstance(value, str):
        raise ReplyLacksValue(call, pointer)
    return value
