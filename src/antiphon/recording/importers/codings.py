"""Content codings of recorded bodies: gzip and deflate always, brotli and zstd where their libraries are installed."""

from __future__ import annotations

import importlib
import zlib
from typing import Any, Final

from antiphon.recording.exchange import Pairs
from antiphon.recording.importers import values

BODY_LIMIT: Final = 64 * 1024**2
"""Bytes of a body after decompression."""
ZSTD: Final = b"\x28\xb5\x2f\xfd"
EXTRA: Final = "antiphon[codings]"
BROTLI_STEP: Final = 256
"""Bytes that are handed to brotli at once: each may stand for megabytes."""


class Undecodable(ValueError):
    """A recorded body whose content coding is not one that we read, or which is damaged."""


def decode_body(data: bytes, headers: Pairs) -> bytes:
    """A body without the codings that its headers name; recorders often removed them already."""
    codings = [each.strip() for each in values.header(headers, "content-encoding").lower().split(",") if each.strip()]
    if data[:2] == b"\x1f\x8b":
        return _inflated(data, 31)
    if data[:4] == ZSTD:
        return _unzstd(data)
    for coding in reversed(codings):
        if coding == "identity" or is_text(data):
            continue
        data = _decoded(coding, data)
    return data


def _decoded(coding: str, data: bytes) -> bytes:
    if coding in ("gzip", "x-gzip"):
        return _inflated(data, 31)
    if coding == "deflate":
        return _inflated(data, 15 if data[:1] == b"\x78" else -15)
    if coding == "br":
        return _unbrotli(data)
    if coding == "zstd":
        return _unzstd(data)
    raise Undecodable(coding)


def is_text(data: bytes) -> bool:
    """The bytes begin as a text in UTF-8 does."""
    head = data[:4096]
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4
    return True


def _inflated(data: bytes, wbits: int) -> bytes:
    inflater = zlib.decompressobj(wbits)
    try:
        plain = inflater.decompress(data, BODY_LIMIT)
    except zlib.error as error:
        raise Undecodable(str(error)) from None
    if not inflater.eof:
        raise Undecodable("cut off, or too large")
    return plain


def _library(*names: str) -> Any:
    for name in names:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise Undecodable(f"it takes {EXTRA}")


def _unbrotli(data: bytes) -> bytes:
    library = _library("brotli", "brotlicffi")
    decoder, plain = library.Decompressor(), bytearray()
    try:
        for start in range(0, len(data), BROTLI_STEP):
            plain += decoder.process(data[start : start + BROTLI_STEP])
            if len(plain) > BODY_LIMIT:
                raise Undecodable("too large")
    except library.error as error:
        raise Undecodable(str(error)) from None
    if not decoder.is_finished():
        raise Undecodable("cut off")
    return bytes(plain)


def _unzstd(data: bytes) -> bytes:
    library = _library("zstandard")
    reader = library.ZstdDecompressor().stream_reader(data, read_across_frames=True)
    try:
        plain: bytes = reader.read(BODY_LIMIT + 1)
    except library.ZstdError as error:
        raise Undecodable(str(error)) from None
    if len(plain) > BODY_LIMIT:
        raise Undecodable("too large")
    return plain
