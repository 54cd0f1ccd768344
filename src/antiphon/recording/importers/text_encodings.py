"""Encodings of pasted texts: what an editor saved in another one than UTF-8 is the saving's doing, not the server's."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

WINDOWS: Final = "Windows-1252"
"""The encoding that a text is read in that is no UTF-8."""
_HEAD: Final = re.compile(rb"^(?:< )?HTTP/\d[^\n]*\r\n", re.MULTILINE)
_LOST: Final = re.compile("[\udc80-\udcff]")
_OTHER: Final = re.compile("[\x80-\ud7ff\ue000-\U0010ffff]")
_NEAR: Final = 1_000_000
"""Bytes from the first that is no UTF-8 by which a text is told from a damaged one."""


def _windows_letters() -> dict[int, str]:
    """The letters that Windows-1252 has where Latin-1 has none."""
    letters = {}
    for code in range(0x80, 0xA0):
        with suppress(UnicodeDecodeError):
            letters[code] = bytes([code]).decode("cp1252")
    return letters


_LETTERS: Final = _windows_letters()


def is_recoded(data: bytes) -> bool:
    """A text was saved in another encoding: hardly anything in it that is no ASCII is UTF-8.

    Not what curl wrote itself, whose heads end their lines as HTTP does where the body does not: that is what was sent.
    """
    try:
        data.decode()
    except UnicodeDecodeError as error:
        near = data[error.start : error.start + _NEAR].decode("utf-8", "surrogateescape")
    else:
        return False
    if len(_LOST.findall(near)) <= len(_OTHER.findall(near)):
        return False
    return _HEAD.search(data[:_NEAR]) is None or is_of_windows(data)


def is_of_windows(data: bytes) -> bool:
    """All lines end as Windows ends them."""
    return data.count(b"\n") == data.count(b"\r\n") > 0


def as_utf8(data: bytes) -> bytes:
    """A text in Windows-1252 as UTF-8; any other is read so that what is no ASCII is alike wherever it was."""
    return data.decode("latin-1").translate(_LETTERS).encode()
