"""A log that is judged while it grows."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest
from bench.large import SAMPLE

from antiphon.errors import RecordingError
from antiphon.run.growing_file import follow
from antiphon.run.judge_options import JudgeOptions

LINES = gzip.decompress(SAMPLE.read_bytes()).splitlines(keepends=True)[:9]


class Writer(Event):
    """Writes one thing more whenever the reader waits for it, and then tells it to stop."""

    def __init__(self, path: Path, steps: Sequence[bytes | None]) -> None:
        super().__init__()
        self._path, self._steps = path, list(steps)

    def wait(self, timeout: float | None = None) -> bool:
        if not self._steps:
            self.set()
        elif (data := self._steps.pop(0)) is None:
            self._path.unlink()
            self._path.write_bytes(b"")
        else:
            with self._path.open("ab") as file:
                file.write(data)
        return self.is_set()


@pytest.mark.parametrize(
    "steps",
    [
        [b"".join(LINES)],
        [LINES[0][:40], LINES[0][40:], b"".join(LINES[1:4]) + LINES[4][:9], LINES[4][9:] + b"".join(LINES[5:])],
        [b"".join(LINES[:5]), None, b"".join(LINES[5:7]), b"".join(LINES[7:])],
        [b"".join(LINES), LINES[0][:40]],
    ],
    ids=["at-once", "cut-inside-lines", "rotated", "ends-inside-a-line"],
)
def test_every_line_is_judged_once(steps: list[bytes | None], tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"")

    part = follow(JudgeOptions(()), path, Writer(path, steps))

    assert part.result()["calls"] == len(LINES)
    assert list(part.remarks()) == []


@pytest.mark.parametrize(
    "content", [b"{}\n{}\n{}\n", gzip.compress(b"{}"), b"event: a\n\n", None], ids=["odd", "gzip", "stream", "missing"]
)
def test_what_cannot_be_followed_is_told(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(RecordingError, match=r"can be followed|cannot be read"):
        follow(JudgeOptions(()), path, Writer(path, []))
