"""Fast JSON reader and writer, with the results of the standard library.

What the fast reader takes is what the standard library takes, to the value. It refuses some things that the latter
takes (numbers beyond a double, lone surrogates, `NaN`), so whatever it refuses is for the slow reader to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

T = TypeVar("T", str, bytes)
_read: Callable[[str | bytes], Any] = msgspec.json.Decoder().decode


_write_sorted: Callable[[Any], bytes] = msgspec.json.Encoder(order="deterministic").encode
_write: Callable[[Any], bytes] = msgspec.json.Encoder().encode


def read_json(data: T, otherwise: Callable[[T], Any]) -> Any:
    """The value of a text in JSON; what `otherwise` makes of it where the fast reader refuses it."""
    try:
        return _read(data)
    except (ValueError, RecursionError):
        return otherwise(data)


def read_all(texts: Sequence[str], otherwise: Callable[[str], Any]) -> list[Any]:
    """The values of many texts, each as `read_json` gives it."""
    try:
        return list(map(_read, texts))
    except (ValueError, RecursionError):
        return [read_json(text, otherwise) for text in texts]


def same_json(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same to the letter, 1 and 1.0 told apart; not where they are too deep to tell."""
    try:
        return bool(one == other) and _written(one) == _written(other)
    except RecursionError:
        return False


def _written(value: Any) -> bytes:
    try:
        return _write(value)
    except (ValueError, OverflowError, TypeError):
        return repr(value).encode("utf-8", "surrogatepass")


def sorted_json(value: Any) -> bytes | None:
    """A value as JSON with sorted keys; None where it is too deep, or holds what the fast writer refuses."""
    return _attempt(_write_sorted, value)


def plain_json(value: Any) -> bytes | None:
    """A value as JSON with its keys in their order; None as for `sorted_json`."""
    return _attempt(_write, value)


def _attempt(write: Callable[[Any], bytes], value: Any) -> bytes | None:
    try:
        return write(value)
    except (ValueError, OverflowError, TypeError, RecursionError):
        return None
