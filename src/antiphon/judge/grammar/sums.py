"""Sums of deltas: the done event, the closing part and the done item must agree with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from antiphon.contract.streams import SumRow, Tables
from antiphon.judge.grammar.problems import Problems
from antiphon.judge.grammar.stream_state import BlockState, ItemState, StreamText
from antiphon.judge.json_pointer import same
from antiphon.judge.values import MISSING
from antiphon.judge.walk_requirements import ANNOTATION_INDEX, ANNOTATIONS, CONTENT_IS_PLACE, HAS_DELTAS

PARTS = 64
"""Parts of one item that are searched for a part that stands in the wrong place."""


class _Level(NamedTuple):
    value: Any
    requirement: str
    event: int
    pointer: str


def settle(item: ItemState, tables: Tables, problems: Problems) -> None:
    """Compare the levels of each text of an item."""
    for heard in item.texts.values():
        value = _within(item.done, heard.row.item.place) if heard.row.item else MISSING
        place = "/".join(("", *heard.row.item.place)) if heard.row.item else ""
        _compare(item, heard, MISSING, 0, value, place, problems)
    for blocks in item.blocks.values():
        for block in blocks:
            _settle_block(item, block, problems)
    if isinstance(item.done, dict) and item.row and not item.partly and not item.ghost:
        for name in item.row.blocks:
            _unannounced(item, name, tables, problems)


def _settle_block(item: ItemState, block: BlockState, problems: Problems) -> None:
    moved = _moved(item, block, problems)
    for heard in block.texts.values():
        row = heard.row
        part = block.part.get(row.part.key, MISSING) if row.part and isinstance(block.part, dict) else MISSING
        place = tuple(str(block.number) if key == "#" else key for key in row.item.place) if row.item else ()
        value = MISSING if moved or not place else _within(item.done, place)
        _compare(item, heard, part, block.closed_at or 0, value, "/".join(("", *place)), problems)
    if not item.partly and not block.ghost:
        _settle_annotations(block, problems)


def _settle_annotations(block: BlockState, problems: Problems) -> None:
    told = block.part.get("annotations") if isinstance(block.part, dict) else None
    if not isinstance(told, list) or block.closed_at is None or same(told, block.annotations):
        return
    if ANNOTATION_INDEX in block.blamed:
        return
    expected = str(block.annotations)
    if len(told) != len(block.annotations):
        expected = f"the {len(block.annotations)} that were announced"
    problems.add(ANNOTATIONS, block.closed_at, expected, told, pointer="/part/annotations")


def _moved(item: ItemState, block: BlockState, problems: Problems) -> bool:
    """Report a content part that stands in another place of the done item than its index says."""
    content = _within(item.done, ("content",))
    if block.row.name != "content" or not isinstance(content, list) or not isinstance(block.part, dict):
        return False
    if item.done_at is None or item.partly or block.doubtful:
        return False
    seen = _essence(block.part)
    here = _essence(content[block.number]) if block.number < len(content) else MISSING
    if here is MISSING or (here != seen and any(_essence(part) == seen for part in content[:PARTS])):
        problems.add(CONTENT_IS_PLACE, item.done_at, seen, here, pointer=f"/item/content/{block.number}")
        item.bad_places.add("/content")
        return True
    return False


def _essence(part: Any) -> Any:
    return tuple(_string(part.get(key)) for key in ("type", "text", "refusal")) if isinstance(part, dict) else None


def _compare(
    item: ItemState, text: StreamText, part: Any, part_at: int, value: Any, place: str, problems: Problems
) -> None:
    levels = list(_levels(item, text, part, part_at, value, place))
    if not text.damaged and not text.deltas and _is_silent(levels) and not text.row.parts:
        problems.add(HAS_DELTAS, levels[0].event, "a delta before", levels[0].value, pointer=levels[0].pointer)
    elif not text.damaged:
        levels.insert(0, _Level(_joined(text.deltas, text.row), "", text.at, ""))
    for number in range(1, len(levels)):
        before, level = levels[number - 1], levels[number]
        if before.value == level.value:
            continue
        problems.add(level.requirement, level.event, before.value, level.value, "differs", level.pointer)
        if level.pointer.startswith("/item"):
            item.bad_places.add(place)
        following = levels[number + 1] if number + 1 < len(levels) else None
        if following and before.value == following.value:
            levels[number] = level._replace(value=before.value)


def _is_silent(levels: list[_Level]) -> bool:
    """A text is claimed for which no delta came, and the next level claims it, too."""
    return bool(levels and levels[0].value and (len(levels) == 1 or levels[0].value == levels[1].value))


def _levels(item: ItemState, text: StreamText, part: Any, part_at: int, value: Any, place: str) -> Iterator[_Level]:
    row = text.row
    if text.done is not MISSING:
        yield _Level(_plain(text.done, row), row.done.requirement, text.at, f"/{row.done.key}")
    if isinstance(part, str) and row.part:
        yield _Level(part, row.part.requirement, part_at, f"/part/{row.part.key}")
    if isinstance(value, str) and row.item and item.done_at is not None:
        yield _Level(value, row.item.requirement, item.done_at, f"/item{place}")


def _joined(deltas: list[Any], row: SumRow) -> Any:
    return _plain(deltas, row) if row.parts else "".join(deltas)


def _plain(value: Any, row: SumRow) -> Any:
    """A text as it is; a list of objects of texts as the join of each of their keys."""
    if not row.parts:
        return value
    entries = [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
    return tuple("".join(_string(entry.get(key)) for entry in entries) for key in row.parts)


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _unannounced(item: ItemState, name: str, tables: Tables, problems: Problems) -> None:
    row = tables.blocks[name]
    there = _within(item.done, row.place)
    if not isinstance(there, list) or item.done_at is None:
        return
    names = item.row.blocks if item.row else ()
    known = max(len(item.blocks.get(other, ())) for other in names if tables.blocks[other].place == row.place)
    for number in range(known, min(len(there), known + 8)):
        text = there[number]
        if isinstance(text, dict):
            text = text.get("text") or text.get("refusal")
        if isinstance(text, str) and text and (row.opens or row.name == "raw_reasoning"):
            pointer = "/".join(("/item", *row.place, str(number)))
            problems.add(HAS_DELTAS, item.done_at, "events of this part before", text, pointer=pointer)


def _within(value: Any, place: tuple[str, ...]) -> Any:
    for key in place:
        if isinstance(value, dict):
            value = value.get(key, MISSING)
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return MISSING
    return value
