"""Content codings, undone as the bytes arrive and never beyond a bound."""

from __future__ import annotations

import zlib
from typing import Protocol

_GZIP_OR_ZLIB = 47
_RAW_DEFLATE = -15


class DecodingError(Exception):
    """Bytes that are not in the coding that the server names."""


class Decoder(Protocol):
    """Coded bytes in, at most `limit` plain bytes out."""

    def feed(self, data: bytes, limit: int) -> bytes:
        """Decode bytes, up to a number of decoded ones."""

    def close(self) -> None:
        """Raises DecodingError where the coded bytes stop before their end."""


class Identity:
    """No coding at all."""

    def feed(self, data: bytes, limit: int) -> bytes:
        """The bytes as they are, up to the limit."""
        return data[:limit]

    def close(self) -> None:
        """Nothing is held back."""


class Inflate:
    """gzip and deflate, with several members and with the zlib header that some servers leave out."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._fed = False

    def feed(self, data: bytes, limit: int) -> bytes:
        """Decode bytes, up to the limit. Raises DecodingError."""
        plain = bytearray()
        while data and len(plain) < limit:
            if self._stream.eof:
                if not data.startswith(b"\x1f\x8b"):
                    raise DecodingError(f"bytes after the end of the {self._name} data")
                self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
            plain += self._inflate(data, limit - len(plain))
            data = self._stream.unused_data or self._stream.unconsumed_tail
        return bytes(plain)

    def _inflate(self, data: bytes, limit: int) -> bytes:
        first = not self._fed
        self._fed = True
        try:
            plain = self._stream.decompress(data, limit)
        except zlib.error as error:
            if not first or self._name != "deflate":
                raise DecodingError(f"not {self._name} data ({error})") from None
            self._stream = zlib.decompressobj(_RAW_DEFLATE)
            return self._inflate(data, limit)
        return plain

    def close(self) -> None:
        """Raises DecodingError where the data stop before their end."""
        if self._fed and not self._stream.eof:
            raise DecodingError(f"the {self._name} data stop before their end")


def decoder(coding: str | None) -> Decoder:
    """The decoder for a Content-Encoding header. Raises DecodingError for a coding that we cannot undo."""
    names = [name for part in (coding or "").split(",") if (name := part.strip().lower()) not in ("", "identity")]
    if not names:
        return Identity()
    if names[0].removeprefix("x-") in ("gzip", "deflate") and len(names) == 1:
        return Inflate(names[0].removeprefix("x-"))
    raise DecodingError(f"content-encoding '{coding}' was not requested and is not supported")
