"""Recording as bytes: plain or gzip, read in order, within a bound."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from antiphon.errors import RecordingError

TOTAL_LIMIT: Final = 2 * 1024**3
"""Bytes that are read of one file, after decompression."""
LINE_LIMIT: Final = 200 * 1024**2
WHOLE_LIMIT: Final = 200 * 1024**2
"""Bytes of a file that must be held as a whole: HAR, VCR, a single body."""
RATIO_LIMIT: Final = 300
RATIO_FROM: Final = 64 * 1024**2
"""From here on, more than `RATIO_LIMIT` bytes out of one compressed byte are a bomb."""
BLANK_LIMIT: Final = 100_000

_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_PACKED = {
    b"PK\x03\x04": "a zip archive",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
}


_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32-le", b"\x00\x00\xfe\xff": "utf-32-be",
    b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be",
}  # fmt: skip
"""Byte order marks, the longer ones first."""
_SHOWN: Final = 32
"""Bytes that tell UTF-16 without a mark."""


class _Transcoder(io.RawIOBase):
    """A text of another encoding as UTF-8."""

    def __init__(self, source: BufferedReader | gzip.GzipFile, encoding: str) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            block = self._source.read1(1 << 16)
            text = self._decoder.decode(block, final=not block)
            self._rest = text.encode("utf-8", "replace")
            if not block:
                break
        taken = self._rest[: len(buffer)]
        self._rest = self._rest[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)


def _encoding_of(head: bytes) -> str:
    """The encoding of a text that is not UTF-8, by its mark or by its zeros; empty for all others."""
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    if len(head) < _SHOWN or head.count(0) != len(head) // 2:
        return ""
    return "utf-16-le" if not any(head[1::2]) else "utf-16-be" if not any(head[::2]) else ""


@dataclass(frozen=True)
class Remark:
    """A part of a recording that could not be read, while the rest could."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def shorten(text: object, most: int = 120) -> str:
    """A text on one line, cut to a length."""
    line = " ".join(str(text)[: 4 * most].split())
    return line if len(line) <= most else line[: most - 1] + "…"


def size(count: int) -> str:
    """A number of bytes for a sentence."""
    return f"{count >> 30} GB" if count >= 1 << 30 else f"{count >> 20} MB" if count >= 1 << 20 else f"{count} bytes"


class Source:
    """Bytes of a file in order. `cut` states why they end early, where they do."""

    def __init__(self, path: Path, total: int = TOTAL_LIMIT, line: int = LINE_LIMIT, whole: int = WHOLE_LIMIT) -> None:
        self.name = path.name or str(path)
        self.folder = path.parent
        self.number = 0
        """The number of the line that was read last, from 1."""
        self.cut = ""
        self._total, self._line, self._whole = total, line, whole
        self._taken = 0
        self._pushed: list[tuple[int, bytes]] = []
        self._raw = self._open(path)
        self._stream: BufferedReader | gzip.GzipFile = self._raw
        if self._guarded(lambda: self._raw.peek(2)[:2]) == _GZIP:
            self._stream = gzip.GzipFile(fileobj=self._raw)
        self.encoding = _encoding_of(self._guarded(lambda: self._stream.peek(_SHOWN)[:_SHOWN]))
        """The encoding that the text was in, where it is not UTF-8."""
        if self.encoding:
            self._stream = BufferedReader(_Transcoder(self._stream, self.encoding))

    def _open(self, path: Path) -> BufferedReader:
        try:
            return path.open("rb")
        except FileNotFoundError:
            raise RecordingError(f"{path}: there is no such file.") from None
        except IsADirectoryError:
            raise RecordingError(f"{path}: is a directory; name the files in it.") from None
        except PermissionError:
            raise RecordingError(f"{path}: may not be read; check its permissions.") from None
        except (OSError, ValueError) as error:
            raise RecordingError(f"{shorten(path)}: cannot be opened ({shorten(error)}).") from None

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._raw.close()

    def _guarded(self, read: Callable[[], bytes]) -> bytes:
        """The result of `read`; nothing, and the reason in `cut`, where compressed data are cut or damaged."""
        if self.cut:
            return b""
        try:
            return read()
        except EOFError:
            self.cut = "the compressed data break off; was the file cut short?"
        except (zlib.error, gzip.BadGzipFile) as error:
            self.cut = f"the compressed data are damaged ({shorten(error)})"
        except IsADirectoryError:
            raise RecordingError(f"{self.name}: is a directory; name the files in it.") from None
        except OSError as error:
            raise RecordingError(f"{self.name}: cannot be read ({shorten(error)}).") from None
        return b""

    def head(self) -> bytes:
        """The first bytes after white space and a byte order mark. Raises RecordingError if they are no text."""
        head = self._guarded(lambda: self._stream.peek(1 << 16)).removeprefix(_BOM)
        if not head:
            raise RecordingError(f"{self.name}: {self.cut or 'is empty; did the recorder write anything?'}")
        for magic, what in _PACKED.items():
            if head.startswith(magic):
                raise RecordingError(f"{self.name}: is {what}; unpack it first.")
        if b"\0" in head:
            raise RecordingError(f"{self.name}: is binary, not a recording in text.")
        return head.lstrip()

    def line(self) -> bytes:
        """The next line that is not blank, with its end; empty at the end of the file."""
        if self._pushed:
            self.number, line = self._pushed.pop()
            return line
        for _ in range(BLANK_LIMIT):
            line = self._guarded(lambda: self._stream.readline(self._line + 1))
            self._count(line)
            self.number += 1
            if len(line) > self._line:
                raise RecordingError(f"{self.name}, line {self.number}: is longer than {size(self._line)}.")
            if self.number == 1:
                line = line.removeprefix(_BOM)
            if not line or line.strip():
                return line
        raise RecordingError(f"{self.name}, line {self.number}: {BLANK_LIMIT} blank lines in a row.")

    def next_lines(self, count: int) -> list[bytes]:
        """The next lines, fewer at the end of the file, without taking them."""
        before, ahead = self.number, []
        for _ in range(count):
            if line := self.line():
                ahead.append((self.number, line))
        self.number = before
        self._pushed = list(reversed(ahead))
        return [line for _, line in ahead]

    def blocks(self) -> Iterator[bytes]:
        """The remaining bytes in pieces, as far as they can be decompressed."""
        pushed = b"".join(line for _, line in reversed(self._pushed))
        self._pushed = []
        first = not pushed and not self._taken
        while True:
            block = pushed or self._guarded(lambda: self._stream.read1(1 << 18))
            if not block:
                return
            if not pushed:
                self._count(block)
            yield block.removeprefix(_BOM) if first else block
            pushed, first = b"", False

    def whole(self) -> bytes:
        """All that is left. Raises RecordingError where that is too much to hold."""
        data = bytearray()
        for block in self.blocks():
            data += block
            if len(data) > self._whole:
                raise RecordingError(f"{self.name}: is longer than {size(self._whole)}, the most for this format.")
        return bytes(data)

    def _count(self, data: bytes) -> None:
        self._taken += len(data)
        if self._taken > self._total:
            raise RecordingError(f"{self.name}: holds more than {size(self._total)}; split it.")
        if self._stream is self._raw or self._taken <= RATIO_FROM or not self._raw.seekable():
            return
        if self._taken > RATIO_LIMIT * max(1, self._raw.tell()):
            raise RecordingError(f"{self.name}: expands more than {RATIO_LIMIT}-fold, as no recording does.")
