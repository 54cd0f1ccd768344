"""Frames of a whole stream: the regular ones at its beginning are scanned at once, and built on demand."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, repeat
from typing import Any, Final, Protocol, overload

from antiphon.recording.fast_json import read_all
from antiphon.recording.frame import Frame, parse_strict
from antiphon.recording.sse import FRAME_LIMIT, Reader, usual

_BLANK_LINE = re.compile(b"\n\n")
_DONE: Final = b"data: [DONE]\n\n"
"""Irregular frame that ends the streams of many servers."""


class Arrival(Protocol):
    """Bytes, with the time of their arrival."""

    @property
    def at(self) -> float:
        """When the bytes arrived, in seconds."""

    @property
    def data(self) -> bytes:
        """The bytes."""


class Frames(Sequence[Frame]):
    """The frames of a stream in order, damaged ones included."""

    def __init__(
        self, chunks: Sequence[Arrival] = (), begins: Sequence[tuple[str, str]] = (), rest: Sequence[Frame] = ()
    ) -> None:
        self._chunks = chunks
        self._begins = begins
        """Event and data line of each regular frame at the beginning."""
        self._rest = rest

    def __len__(self) -> int:
        return len(self._begins) + len(self._rest)

    @overload
    def __getitem__(self, place: int) -> Frame: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Frame]: ...
    def __getitem__(self, place: int | slice) -> Frame | Sequence[Frame]:
        places = range(len(self))[place]
        return self._made(places) if isinstance(places, int) else [self._made(each) for each in places]

    def __iter__(self) -> Iterator[Frame]:
        return map(self._made, range(len(self)))

    def _made(self, place: int) -> Frame:
        if place >= len(self._begins):
            return self._rest[place - len(self._begins)]
        return Frame.usual(place, self._at(place), *self._begins[place], self._values[place])

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """The JSON objects that the frames carry."""
        if self._types is None:
            return [event for frame in self if isinstance(event := frame.value, dict)]
        return self._values + [event for frame in self._rest if isinstance(event := frame.value, dict)]

    @cached_property
    def event_texts(self) -> list[str]:
        """The data of the frames that carry an object, in the order of `events`."""
        if self._types is None:
            return [frame.data or "" for frame in self if isinstance(frame.value, dict)]
        return self._begun_texts + [frame.data or "" for frame in self._rest if isinstance(frame.value, dict)]

    @cached_property
    def event_types(self) -> list[str]:
        """Types of the first events, as far as their frames are regular and their event lines agree."""
        names = [name for name, _ in self._begins]
        return names if self._types == names else []

    @cached_property
    def _begun_texts(self) -> list[str]:
        return [text for _, text in self._begins]

    @cached_property
    def _values(self) -> list[Any]:
        return read_all(self._begun_texts, parse_strict)

    @cached_property
    def _types(self) -> list[Any] | None:
        """Types of the regular frames; None where one of them has no object."""
        try:
            return list(map(dict.get, self._values, repeat("type")))
        except TypeError:
            return None

    def _at(self, place: int) -> float:
        """A frame arrives with its last byte."""
        if len(self._chunks) == 1:
            return self._chunks[0].at
        return self._chunks[bisect_left(self._ends_of_chunks, self._ends[place])].at

    @cached_property
    def _ends_of_chunks(self) -> list[int]:
        return list(accumulate(len(chunk.data) for chunk in self._chunks))

    @cached_property
    def _ends(self) -> list[int]:
        return [found.end() for found in _BLANK_LINE.finditer(b"".join(chunk.data for chunk in self._chunks))]


def read_frames(chunks: Iterable[Arrival]) -> Frames:
    """Every frame of a stream that came in `chunks`."""
    came = tuple(chunks)
    content = came[0].data if len(came) == 1 else b"".join(chunk.data for chunk in came)
    begins: Sequence[tuple[str, str]] = ()
    end = 0
    if content[:7] == b"event: " and b"\r" not in content and len(content) <= FRAME_LIMIT:
        end = content.rfind(b"\n\n") + 2
        end -= len(_DONE) if content.endswith(_DONE, 0, end) else 0
        begins = usual(content[:end])
    reader = Reader(after=len(begins))
    rest: list[Frame] = []
    left = end if begins else 0
    for chunk in came:
        rest += reader.feed(chunk.data[left:], chunk.at)
        left = max(0, left - len(chunk.data))
    return Frames(came, begins, (*rest, *reader.close()))
