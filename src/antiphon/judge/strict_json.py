"""JSON to the letter: what lenient readers pass over."""

from __future__ import annotations

import json
import re
from typing import Any

from antiphon.judge.memo import memoize
from antiphon.recording.exchange import Exchange
from antiphon.recording.fast_json import plain_json

_ESCAPE = re.compile(rb"\\u")
"""A search for it is three times as fast as `in`."""


class _Constant(Exception):
    """A NaN or an Infinity where a number belongs."""


class _Repeated(Exception):
    """A name that an object has had already."""


def _refuse_constant(name: str) -> Any:
    raise _Constant(name)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for name, each in pairs:
        if name in value:
            raise _Repeated(name)
        value[name] = each
    return value


def constant_in(text: str) -> str | None:
    """The first NaN or Infinity in a text that is JSON for lenient readers; None where it has none."""
    if "NaN" not in text and "Infinity" not in text:
        return None
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except _Constant as constant:
        return str(constant)
    except (ValueError, RecursionError):
        return None
    return None


def repeated_name(text: str, value: Any) -> str | None:
    """The first name that stands twice in one object of a text of JSON; `value` is what was read of it."""
    written = plain_json(value)
    if written is not None and written.count(b'":') == text.count('":'):
        return None  # what was read has as many members as were written
    try:
        json.loads(text, object_pairs_hook=_unique)
    except _Repeated as repeated:
        return str(repeated)
    except (ValueError, RecursionError):
        return None
    return None


@memoize
def has_escapes(exchange: Exchange) -> bool:
    """Whether a reply spells a character by its number, as JSON may."""
    return _ESCAPE.search(exchange.content) is not None


def has_unique_names(stream: Exchange) -> bool:
    """Whether no object in the events of a stream has a name twice; false also where that takes a closer look.

    Each member has a colon, and what is left out where a name comes twice takes at least one with it.
    """
    if has_escapes(stream) and b"\\u003a" in stream.content.lower():
        return False
    written = plain_json(stream.events)
    return written is not None and written.count(b":") == "".join(stream.frames.event_texts).count(":")


def lone_surrogate(text: str, value: Any) -> str | None:
    """The first string of a value that holds half of a pair of surrogates; `text` is the JSON that it was read from."""
    if "\\ud" not in text and "\\uD" not in text:
        return None
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        whole = str(error.object)
        return whole[max(0, error.start - 30) : error.end].encode("ascii", "backslashreplace").decode()
    except (ValueError, RecursionError):
        return None
    return None
