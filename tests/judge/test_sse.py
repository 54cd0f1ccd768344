"""The reader of event streams, next to httpx-sse, which does what a conforming reader must."""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import pairwise

import pytest
from httpx_sse._decoders import SSEDecoder
from hypothesis import example, given, settings
from hypothesis import strategies as st

from antiphon.recording.exchange import Chunk
from antiphon.recording.frames import read_frames
from antiphon.recording.sse import NOT_JSON, Frame, Reader

ENDS = st.sampled_from(["\n", "\r\n", "\r"])
TEXT = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=12)
NAMES = st.sampled_from(["data", "data", "event", "retry", "id", "strange", ""])
FIELDS = st.one_of(
    st.tuples(NAMES, TEXT).map(": ".join),
    st.tuples(NAMES, TEXT).map(":".join),
    st.sampled_from(["data", "event", ": comment", "retry: 250", 'data: {"type": "x"}']),
)
LINES = st.lists(st.tuples(st.one_of(FIELDS, st.just("")), ENDS), max_size=24)


def cut(content: bytes, places: Iterable[int]) -> list[Chunk]:
    """The bytes in pieces, the n-th of which arrived at n seconds."""
    edges = [0, *sorted(place % (len(content) + 1) for place in places), len(content)]
    return [Chunk(float(n), content[a:b]) for n, (a, b) in enumerate(pairwise(edges))]


def told(frames: Iterable[Frame]) -> list[tuple[str, str]]:
    """Event and data of the frames that a conforming reader dispatches."""
    return [(f.event or "message", f.data) for f in frames if f.data and "no-final-blank-line" not in f.remarks]


def by_httpx_sse(content: bytes) -> list[tuple[str, str]]:
    """What httpx-sse dispatches; it also tells of events without data, which browsers do not."""
    decoder, found = SSEDecoder(), []
    text = content.decode().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for line in text.split("\n")[:-1]:
        event = decoder.decode(line)
        if event is not None and event.data:
            found.append((event.event, event.data))
    return found


@given(LINES, st.lists(st.integers(0, 10_000), max_size=8), st.booleans())
@settings(max_examples=300, deadline=None)
@example([("data: a", "\r"), ("", "\r\n"), ("data: b", "\r\n"), ("", "\r")], [7, 8, 9], False)
def test_reader_sees_what_httpx_sse_sees(lines: list[tuple[str, str]], places: list[int], bom: bool) -> None:
    content = ("\ufeff" if bom else "").encode() + "".join(line + end for line, end in lines).encode()

    frames = read_frames(cut(content, places))

    assert told(frames) == by_httpx_sse(content)


@given(st.binary(max_size=300), st.lists(st.integers(0, 10_000), max_size=12))
@settings(max_examples=300, deadline=None)
@example(b"\xef\xbb\xbf\r\n\rdata: \xff\r", [1, 2, 3, 4])
def test_cuts_change_nothing_and_no_byte_is_lost(content: bytes, places: list[int]) -> None:
    whole = read_frames([Chunk(0.0, content)])
    pieces = read_frames(cut(content, places))

    assert [(f.raw, f.event, f.data, f.remarks) for f in pieces] == [(f.raw, f.event, f.data, f.remarks) for f in whole]
    assert b"".join(f.raw for f in pieces) == content
    assert [f.number for f in pieces] == list(range(len(pieces)))


USUAL = st.sampled_from(
    [
        'event: a\ndata: {"type": "a"}\n\n',
        'event: a\ndata: {"type": "b"}\n\n',
        "event: a\ndata: 1\n\n",
        "event: ä\ndata: {\n\n",
        "event: \ndata: \n\n",
        "data: [DONE]\n\n",
        'data: {"type": "a"}\nevent: a\n\n',
        ": c\n\n",
        "\n",
        "event: a",
        "\r",
    ]
)


@given(st.lists(USUAL, max_size=8), st.lists(st.integers(0, 10_000), max_size=8))
@settings(max_examples=300, deadline=None)
@example(['event: a\ndata: {"type": "a"}\n\n', "data: [DONE]\n\n"], [20])
def test_frames_read_at_once_are_those_read_piece_by_piece(texts: list[str], places: list[int]) -> None:
    chunks = cut("".join(texts).encode(), places)
    reader = Reader()
    pieces = [frame for chunk in chunks for frame in reader.feed(chunk.data, chunk.at)] + reader.close()

    frames = read_frames(chunks)

    assert [(f.number, f.at, f.raw, f.event, f.data, f.json) for f in frames] == [
        (f.number, f.at, f.raw, f.event, f.data, f.json) for f in pieces
    ]
    assert frames.events == [f.json for f in pieces if isinstance(f.json, dict)]
    typed = [f.json["type"] if isinstance(f.json, dict) else None for f in pieces[: len(frames.event_types)]]
    assert frames.event_types == typed == [f.event for f in pieces[: len(typed)]]


def test_usual_frames_are_made_only_when_asked_for() -> None:
    frames = read_frames([Chunk(0.5, b'event: a\ndata: {"type": "a"}\n\n' * 3)])

    assert frames.event_types == ["a", "a", "a"]
    assert frames[-1].number == 2
    assert [frame.is_usual for frame in frames[1:]] == [True, True]
    assert frames[0] is not frames[0]


@pytest.mark.parametrize(
    ("content", "remarks"),
    [
        (b"data: 1\n\n", ()),
        (b"data: 1\r\n\r\n", ("crlf",)),
        (b"data: 1\r\r", ("cr",)),
        (b"data: 1\r\n\n", ("crlf",)),
        (b"data: 1\ndata: 2\n\n", ("several-data-lines",)),
        (b"\xef\xbb\xbfdata: 1\n\n", ("bom",)),
        (b": hello\n\n", ("comment",)),
        (b"\n", ("empty",)),
        (b"data: \xff\n\n", ("invalid-utf8",)),
        (b"datum: 1\n\n", ("unknown-field",)),
        (b"data: 1\n", ("no-final-blank-line",)),
        (b"data: 1", ("no-final-blank-line",)),
    ],
)
def test_remarks_name_what_a_library_would_repair(content: bytes, remarks: tuple[str, ...]) -> None:
    (frame,) = read_frames([Chunk(0.0, content)])

    assert frame.remarks == remarks


def test_fields_of_a_frame() -> None:
    (frame,) = read_frames([Chunk(0.0, b'id: 4\nretry: 20\nevent: a\n: c\ndata: {"a": 1}\n\n')])

    assert (frame.id, frame.retry, frame.event, frame.comments) == ("4", 20, "a", ("c",))
    assert frame.json == {"a": 1}


@pytest.mark.parametrize("data", ["[DONE]", "", "{", "NaN", '{"a": Infinity}', "[" * 100_000])
def test_data_that_is_not_json(data: str) -> None:
    (frame,) = read_frames([Chunk(0.0, f"data: {data}\n\n".encode())])

    assert frame.json is NOT_JSON
    assert not frame.json
    assert frame.json.get("type") is None


def test_a_frame_without_data_has_no_json() -> None:
    (frame,) = read_frames([Chunk(0.0, b"event: ping\n\n")])

    assert frame.json is None


def test_a_frame_arrives_with_its_last_byte() -> None:
    reader = Reader()

    assert reader.feed(b"data: 1\n", 1.0) == []
    (frame,) = reader.feed(b"\ndata: 2", 2.0)
    assert frame.at == 2.0
    assert [rest.data for rest in reader.close()] == ["2"]


def test_a_final_carriage_return_is_not_waited_for_in_vain() -> None:
    reader = Reader()
    reader.feed(b"data: 1\r\n\r", 1.0)

    (frame,) = reader.close()

    assert (frame.data, frame.at, frame.remarks) == ("1", 1.0, ("crlf", "cr"))


def test_a_frame_beyond_the_limit_is_cut_and_the_next_one_is_whole() -> None:
    reader = Reader(limit=100)
    frames = [frame for _ in range(50) for frame in reader.feed(b"data: " + b"x" * 44)]
    frames += reader.feed(b"\n\ndata: 1\n\n")

    assert [frame.remarks for frame in frames] == [("too-large",), ()]
    assert len(frames[0].raw) <= 150
    assert frames[1].json == 1


@pytest.mark.parametrize("piece", [1, 7, 65_536])
def test_time_is_linear(piece: int) -> None:
    content = b"data: " + b"x" * 400_000 + b"\n\n"
    started = time.process_time()

    frames = read_frames(Chunk(0.0, content[n : n + piece]) for n in range(0, len(content), piece))

    assert len(frames) == 1
    assert time.process_time() - started < 5
