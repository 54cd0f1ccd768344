"""What a mutation does to a reply of the reference server: to the objects in it, its events, its frames or its head."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from tools.clients.dialogues import ENDS

from antiphon.clients.mutation import Mutation

Json = dict[str, Any]
EVENT = "event"
"""Stands for events of every type."""
BODY, FRAMES, HEAD = "body", "frames", "head"
"""Subjects of mutations of how a reply is sent: its JSON, its events, its status and headers."""
FREE = frozenset({"schema", "parameters", "metadata", "tool_usage", "billing"})
"""Members in which a user has what he likes, or a server what it counts for itself."""
ODD = "odd"
"""A text that stands nowhere."""
ANY = (object,)
VALUES: Mapping[str, tuple[tuple[type, ...], Callable[[Any], Any]]] = {
    "null": (ANY, lambda _: None),
    "number": (ANY, lambda _: 7),
    "text": (ANY, lambda _: ODD),
    "truth": (ANY, lambda _: True),
    "list": (ANY, lambda _: []),
    "object": (ANY, lambda _: {}),
    "empty": ((str, list, dict), lambda value: type(value)()),
    "longer": ((str,), lambda value: f"{value} {ODD}"),
    "shorter": ((str, list), lambda value: value[:-1]),
    "zero": ((int, float), lambda _: 0),
    "negative": ((int, float), lambda _: -1),
    "fraction": ((int, float), lambda value: value + 0.5),
    "repeated": ((list,), lambda value: value[:1] + value),
    "zeros": ((dict,), lambda value: _zeros(value)),
    "other": ((bool, str, int, float), lambda value: _other(value)),
}
"""Changes of a member's value, with the kinds of value that they suit; `absent` takes the member away."""
MORE_FRAMES = {
    "text-within": b"data: hello\n\n", "number-within": b"data: 7\n\n", "list-within": b"data: []\n\n",
    "null-within": b"data: null\n\n", "empty-within": b"data:\n\n", "object-within": b"data: {}\n\n",
    "comment-within": b": odd\n\n", "retry-within": b"retry: 3000\n\n",
    "event-alone-within": b"event: odd\n\n", "not-utf-8-within": b'data: {"type": "odd", "odd": "\xff\xfe"}\n\n',
    "unknown-within": b'event: odd\ndata: {"type": "odd"}\n\n',
}  # fmt: skip
"""A frame that comes after the first."""
LATE_FRAMES = {
    "marker-after": b"data: [DONE]\n\n", "unknown-after": b'event: odd\ndata: {"type": "odd"}\n\n',
    "text-after": b"data: hello\n\n", "comment-after": b": odd\n\n",
}  # fmt: skip
"""A frame that comes after the end."""
LINES: Mapping[str, Callable[[bytes], bytes]] = {
    "crlf": lambda frame: frame.replace(b"\n", b"\r\n"),
    "unnamed": lambda frame: b"\n".join(line for line in frame.split(b"\n") if not line.startswith(b"event:")),
    "misnamed": lambda frame: frame.replace(b"event: ", b"event: odd."),
    "numbered": lambda frame: b"id: 7\n" + frame,
    "without-space": lambda frame: frame.replace(b"data: ", b"data:"),
    "in-a-list": lambda frame: _with_data(frame, lambda data: b"[" + data + b"]"),
    "in-a-text": lambda frame: _with_data(frame, lambda data: json.dumps(data.decode()).encode()),
    "in-lines": lambda frame: frame.replace(b"data: {", b"data: {\ndata: "),
    "not-json": lambda frame: _with_data(frame, lambda data: data[:-1]),
    "not-utf-8": lambda frame: _with_data(frame, lambda data: data[:-1] + b', "odd": "\xff"}'),
}
"""Changes of every frame."""
BODIES: Mapping[str, Callable[[bytes], bytes]] = {
    "in-a-list": lambda body: b"[" + body + b"]",
    "in-a-text": lambda body: json.dumps(body.decode()).encode(),
    "text": lambda _: b'"hello"', "number": lambda _: b"7", "null": lambda _: b"null", "object": lambda _: b"{}",
    "list": lambda _: b"[]", "empty": lambda _: b"", "page": lambda _: b"<html><body>hello</body></html>",
    "not-utf-8": lambda body: body[:-1] + b', "odd": "\xff"}', "not-json": lambda body: body[:-1],
    "bom": lambda body: b"\xef\xbb\xbf" + body,
}  # fmt: skip
"""Changes of a JSON body."""
EVENTS: Mapping[str, Callable[[list[bytes], Sequence[int]], Iterable[bytes]]] = {
    "lost": lambda frames, places: _without(frames, places),
    "last-lost": lambda frames, places: _without(frames, places[-1:]),
    "twice": lambda frames, places: (frame for n, frame in enumerate(frames) for _ in range(1 + (n in places))),
    "moved": lambda frames, places: _moved(frames, places),
}
"""Changes of the events of a type, by their places."""


def objects_in(value: Any, kind: str = BODY) -> Iterator[tuple[str, Json]]:
    """Every object, with its kind: its type, or where it has none the kind of what holds it and the member."""
    if isinstance(value, list):
        for each in value:
            yield from objects_in(each, kind)
    elif isinstance(value, dict):
        own = _kind(value, kind)
        yield own, value
        for name, each in value.items():
            if name not in FREE:
                yield from objects_in(each, f"{own}.{name}")


def _kind(value: Json, kind: str) -> str:
    type = value.get("object") or value.get("type")
    return type if isinstance(type, str) and type and not kind.endswith(".error") else kind


def place_of(event: str) -> str:
    """In which part of a stream an event of a type lies; empty where in none of them."""
    subject, _, end = event.rpartition(".")
    if end in ("added", "done"):
        return f"part_{end}" if subject.endswith("part") else end
    return "final" if event in ENDS else "early" if event.count(".") == 1 else ""


def change_json(value: Any, mutation: Mutation) -> bool:
    """Change, in place, the member of every object of the kind that has it; false where there is none."""
    event = value.get("type") if isinstance(value, dict) else None
    if mutation.place and (not isinstance(event, str) or place_of(event) != mutation.place):
        return False
    changed = False
    for number, (kind, each) in enumerate(list(objects_in(value))):
        is_meant = kind == mutation.subject or (mutation.subject == EVENT and number == 0 and isinstance(event, str))
        if is_meant and mutation.member in each:
            changed |= _change_member(each, mutation)
    return changed


def _change_member(holder: Json, mutation: Mutation) -> bool:
    before = holder[mutation.member]
    if mutation.change == "absent":
        del holder[mutation.member]
        return True
    kinds, change = VALUES[mutation.change]
    if isinstance(before, kinds):
        holder[mutation.member] = change(before)
        return json.dumps(holder[mutation.member]) != json.dumps(before)
    return False


def _other(value: Any) -> Any:
    """Another value of the same kind; another id of the same form."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        prefix, line, _ = value.rpartition("_")
        return f"{prefix}{line}{uuid.uuid4().hex}" if line and len(value) > len(prefix) + 16 else ODD
    return value + 1000


def _zeros(value: Any) -> Any:
    """The same with zero in place of every number."""
    if isinstance(value, dict):
        return {name: _zeros(each) for name, each in value.items()}
    return 0 if isinstance(value, int) and not isinstance(value, bool) else value


def changed_events(frames: list[bytes], types: Sequence[str], mutation: Mutation) -> list[bytes]:
    """Frames of a reply with the events of a type lost, doubled or moved, and numbered as if that were right."""
    places = [number for number, type in enumerate(types) if type == mutation.subject]
    if not places:
        return frames
    return [_numbered(frame, number) for number, frame in enumerate(EVENTS[mutation.change](frames, places))]


def _numbered(frame: bytes, number: int) -> bytes:
    return re.sub(rb'("sequence_number":)\d+', rb"\g<1>%d" % number, frame, count=1)


def _without(frames: list[bytes], places: Sequence[int]) -> Iterator[bytes]:
    return (frame for number, frame in enumerate(frames) if number not in places)


def data_of(frame: bytes) -> tuple[bytes, bytes, bytes]:
    """The JSON of a frame, or of a text of a socket, with what stands before and after it."""
    head, mark, rest = (b"", b"", frame) if frame.startswith(b"{") else frame.partition(b"data: ")
    data = rest.rstrip(b"\n")
    return head + mark, data, rest[len(data) :]


def _moved(frames: list[bytes], places: Sequence[int]) -> list[bytes]:
    """Each one place later; the last frame one place earlier."""
    moved = list(frames)
    for place in reversed(places):
        at = place + 1 if place + 1 < len(moved) else place - 1
        moved[place], moved[at] = moved[at], moved[place]
    return moved


def changed_frames(frames: list[bytes], change: str) -> list[bytes]:
    """Frames of an event stream that is written in another way."""
    if change in LINES:
        return [LINES[change](frame) for frame in frames]
    if change in MORE_FRAMES:
        return [*frames[:1], MORE_FRAMES[change], *frames[1:]]
    if change in LATE_FRAMES:
        return [*frames, LATE_FRAMES[change]]
    if change == "unended":
        return [*frames[:-1], frames[-1].rstrip(b"\n") + b"\n"]
    return frames[: len(frames) // 2] if change in ("ended", "cut") else frames


def _with_data(frame: bytes, change: Callable[[bytes], bytes]) -> bytes:
    before, data, after = data_of(frame)
    return before + change(data) + after
