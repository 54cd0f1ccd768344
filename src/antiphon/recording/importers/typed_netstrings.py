"""Typed netstrings, the notation of mitmproxy's flow files: a length, a colon, the payload, a type."""

from __future__ import annotations

from typing import Any, Final

DEPTH: Final = 100
LENGTH_DIGITS: Final = 12


class NotTnetstring(ValueError):
    """The bytes are no typed netstring."""


def read_value(data: bytes, at: int = 0, depth: int = 0) -> tuple[Any, int]:
    """The value that begins at a place, and where it ends. Raises NotTnetstring."""
    colon = data.find(b":", at, at + LENGTH_DIGITS + 1)
    if colon < 0 or not data[at:colon].isdigit() or depth > DEPTH:
        raise NotTnetstring(f"no length at byte {at}")
    start, end = colon + 1, colon + 1 + int(data[at:colon])
    if end >= len(data):
        raise NotTnetstring("the data break off")
    return _value(data[end : end + 1], data, start, end, depth), end + 1


def _value(kind: bytes, data: bytes, start: int, end: int, depth: int) -> Any:
    match kind:
        case b",":
            return data[start:end]
        case b";":
            return data[start:end].decode("utf-8", "replace")
        case b"#" | b"^":
            try:
                return (int if kind == b"#" else float)(data[start:end][:400])
            except ValueError:
                raise NotTnetstring(f"no number at byte {start}") from None
        case b"!":
            return data[start:end] == b"true"
        case b"~":
            return None
        case b"]":
            return _several(data, start, end, depth)
        case b"}":
            flat = _several(data, start, end, depth)
            keys = [key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key) for key in flat[::2]]
            return dict(zip(keys, flat[1::2], strict=False))
    raise NotTnetstring(f"an unknown type at byte {end}")


def _several(data: bytes, start: int, end: int, depth: int) -> list[Any]:
    values = []
    while start < end:
        value, start = read_value(data, start, depth + 1)
        values.append(value)
    if start != end:
        raise NotTnetstring(f"a value that ends beyond byte {end}")
    return values
