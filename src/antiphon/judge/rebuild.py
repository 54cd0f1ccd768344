"""Rebuilding of a response from the events of its stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from antiphon.contract.streams import Tables, tables
from antiphon.judge.grammar.stream_state import BlockState, ItemState, StreamText
from antiphon.judge.grammar.walker import Mode, StreamAnalysis, analyse
from antiphon.judge.json_pointer import replace_at
from antiphon.judge.values import MISSING

LIFECYCLE = frozenset(
    f"response.{name}" for name in ("created", "queued", "in_progress", "completed", "failed", "incomplete")
)
PLACES = 1024
"""Blocks of one item that are rebuilt."""


@dataclass(frozen=True)
class Snapshot:
    """State of a response after some events.

    Items have the texts, arguments, code, annotations and commands of their deltas; everything else is that of the
    item's last event.

    Items have the texts, arguments, code, annotations and commands that were heard in deltas; what deltas do not
    bring is that of the item's last event.
    """

    items: Mapping[int, dict[str, Any]] = field(default_factory=dict)
    """The items by output index."""
    head: Mapping[str, Any] | None = None
    """The response of the last lifecycle event, as it was sent."""
    partial_images: Mapping[int, Sequence[Any]] = field(default_factory=dict)
    """The base64 of the partial images by output index."""

    @cached_property
    def output(self) -> list[dict[str, Any]]:
        """The items in the order of their index."""
        return [self.items[index] for index in sorted(self.items)]

    @property
    def response(self) -> dict[str, Any] | None:
        """The last response sent, with the rebuilt items as its output."""
        return None if self.head is None else {**self.head, "output": self.output}

    @property
    def text(self) -> str:
        """All output text, joined."""
        parts = (part for item in self.output if item.get("type") == "message" for part in _parts(item))
        return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def rebuild(events: Iterable[Mapping[str, Any]]) -> Snapshot:
    """The response rebuilt from `events`. It never raises, whatever they hold."""
    head: Mapping[str, Any] | None = None
    images: dict[int, list[Any]] = {}
    seen: list[Mapping[str, Any]] = []
    for event in events:
        seen.append(event)
        kind, index = event.get("type"), event.get("output_index")
        if not isinstance(kind, str):
            continue
        if kind in LIFECYCLE and isinstance(event.get("response"), Mapping):
            head = event["response"]
        elif kind == "response.image_generation_call.partial_image" and type(index) is int:
            images.setdefault(index, []).append(event.get("partial_image_b64"))
    return snapshot_of(analyse(seen, tables(), Mode(whole=False)), tables(), head, images)


def snapshot_of(
    walked: StreamAnalysis, rules: Tables, head: Mapping[str, Any] | None, images: Mapping[int, Sequence[Any]]
) -> Snapshot:
    """The snapshot that an analysis of the same events has already gathered."""
    items = {}
    for item in walked.items:
        index = item.index if item.index is not None else item.number
        items[index] = _rebuilt(item)
    return Snapshot(items, head, images)


def _rebuilt(item: ItemState) -> dict[str, Any]:
    base = item.done if isinstance(item.done, Mapping) else item.added
    value: dict[str, Any] = dict(base) if isinstance(base, Mapping) else _known(item)
    for heard in item.texts.values():
        if heard.row.item and (text := _text(heard)) is not MISSING:
            value = replace_at(value, heard.row.item.place, text)
    for blocks in item.blocks.values():
        for block in blocks[:PLACES]:
            if 0 <= block.number < PLACES:
                value = _with_block(value, block)
    return value


def _known(item: ItemState) -> dict[str, Any]:
    return {key: known for key, known in (("id", item.id), ("type", item.type)) if known is not None}


def _with_block(value: dict[str, Any], block: BlockState) -> dict[str, Any]:
    place: tuple[str | int, ...] = (*block.row.place, block.number)
    if isinstance(block.part, Mapping) and _at(value, place) is None:
        value = replace_at(value, place, dict(block.part))
    for heard in block.texts.values():
        text = _text(heard)
        if text is MISSING:
            continue
        if heard.row.item is None:
            if _at(value, place) is None:
                value = replace_at(value, place, text)
            continue
        keys = tuple[str | int, ...](block.number if key == "#" else key for key in heard.row.item.place)
        value = replace_at(value, keys, text)
        if isinstance(_at(value, place), Mapping) and "type" not in (_at(value, place) or {}):
            value = replace_at(value, (*place, "type"), block.kind)
    if block.annotations:
        value = replace_at(value, (*place, "annotations"), list(block.annotations))
    return value


def _at(value: Any, place: Iterable[str | int]) -> Any:
    for key in place:
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and key < len(value) else None
        else:
            value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _text(text: StreamText) -> Any:
    """The joined deltas, or the done value where there are none. The output of a command is one object."""
    if text.row.parts and isinstance(text.done, list) and len(text.done) == 1:
        return text.done[0]
    if not text.deltas:
        return text.done
    if not text.row.parts:
        return "".join(text.deltas)
    texts = {key: [delta[key] for delta in text.deltas if isinstance(delta.get(key), str)] for key in text.row.parts}
    return {key: "".join(parts) for key, parts in texts.items()}


def _parts(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    content = item.get("content")
    return [part for part in content if isinstance(part, Mapping)] if isinstance(content, list) else []
