"""Whatever stands in a recording, judging it ends soon: with a result, or with one clear error."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bench.large import SAMPLE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon.errors import Exit, RecordingError
from antiphon.run.judge_files import judge_files
from antiphon.run.judge_options import JudgeOptions

SOON = timedelta(minutes=3)
"""More than a busy machine makes of a second, and less than an endless loop takes."""
NAMES = ("response", "body", "sse", "chunks", "status", "headers", "output", "type", "request", "usage", "id", "notes")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(NAMES)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)
fuzzed = settings(
    max_examples=25, deadline=SOON, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@cache
def rows() -> list[bytes]:
    """The lines of the committed sample, the short ones only."""
    lines = gzip.decompress(SAMPLE.read_bytes()).splitlines(keepends=True)
    return [line for line in lines if len(line) < 30_000]


def judged(data: bytes, folder: Path) -> Exit | None:
    """How judging a recording of these bytes ends; None where it is refused in one sentence."""
    path = folder / "recording"
    path.write_bytes(data)
    try:
        return judge_files(JudgeOptions([path]), folder / "report")
    except RecordingError as error:
        text = str(error)
        assert text
        assert len(text) < 1000
        assert "\n" not in text
        return None


def assert_sound(ending: Exit | None, folder: Path) -> None:
    """No check stumbled, and what was found can be read."""
    if ending is not None:
        assert ending in (Exit.HOLDS, Exit.BROKEN, Exit.USAGE), ending
        result = json.loads((folder / "report" / "result.json").read_text())
        assert result["totals"].get("error", 0) == 0, [each for each in result["requirements"] if each["reason"]]


@fuzzed
@given(data=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    assert_sound(judged(data, tmp_path), tmp_path)


@fuzzed
@given(data=st.data())
def test_damaged_bytes(tmp_path: Path, data: st.DataObject) -> None:
    recording = bytearray(b"".join(data.draw(st.lists(st.sampled_from(rows()), min_size=1, max_size=3))))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(recording)))
        end = min(len(recording), start + data.draw(st.integers(0, 40)))
        recording[start:end] = data.draw(st.binary(max_size=12))

    assert_sound(judged(bytes(recording), tmp_path), tmp_path)


@fuzzed
@given(data=st.data())
def test_replaced_values(tmp_path: Path, data: st.DataObject) -> None:
    """Values anywhere in a reply are replaced by others; that of a stream is a text, in which events are."""
    row = json.loads(data.draw(st.sampled_from(rows())))
    for _ in range(data.draw(st.integers(1, 4))):
        replace_one(row["response"], data)

    assert_sound(judged(json.dumps(row).encode(), tmp_path), tmp_path)


def replace_one(value: dict[str, Any], data: st.DataObject) -> None:
    """Go down to some place, and put another value there."""
    if isinstance(value.get("sse"), str) and data.draw(st.booleans()):
        value["sse"] = in_stream(value["sse"], data)
        return
    place: Any = value
    while True:
        keys = sorted(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or data.draw(st.integers(0, 3)) == 0:
            place[key] = data.draw(VALUES)
            return
        place = place[key]


def in_stream(text: str, data: st.DataObject) -> str:
    """Replace a value in one of the events."""
    frames = text.split("\n\n")
    number = data.draw(st.integers(0, len(frames) - 1))
    head, mark, body = frames[number].partition("data: ")
    try:
        event = json.loads(body)
    except ValueError:
        return text
    if isinstance(event, dict):
        replace_one(event, data)
    frames[number] = head + mark + json.dumps(event)
    return "\n\n".join(frames)
