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
        [b"".join(LINES).rstrip(b"\n")],
    ],
    ids=["at-once", "cut-inside-lines", "rotated", "ends-inside-a-line", "ends-without-a-line-end"],
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


def test_a_line_that_a_rotation_cut_is_told(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"")

    part = follow(
        JudgeOptions(()), path, Writer(path, [b"".join(LINES[:3]) + LINES[3][:40], None, b"".join(LINES[4:])])
    )

    (remark,) = part.remarks()
    assert part.result()["calls"] == len(LINES) - 1
    assert "cut off" in remark.message


def test_what_came_before_a_log_that_cannot_be_followed_is_judged(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"")

    part = follow(JudgeOptions(()), path, Writer(path, [b"".join(LINES), None, b"rotated\nby hand\n"]))

    (remark,) = part.remarks()
    assert part.result()["calls"] == len(LINES)
    assert "can be followed" in remark.message
