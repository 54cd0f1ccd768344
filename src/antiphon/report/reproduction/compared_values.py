"""Both values of a violation that compares two replies, read from them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from antiphon.judge.checks.relations.digests import FORGOTTEN
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.report.reproduction.origins import last_object
from antiphon.report.text import shorten

ANOTHER = "another value"
"""What a relation says that came, where it compared digests."""
LONGEST = 300
_AS_IN = re.compile(r"as in (\S+)")
_MISSING: Final = object()


def with_both_values(violation: Violation, find: Callable[[str], Exchange | None]) -> Violation:
    """A violation that says what stands in the one reply, and what in the other."""
    compared = _AS_IN.fullmatch(violation.expected)
    if violation.got != ANOTHER or compared is None:
        return violation
    first, second = find(compared[1]), find(violation.exchange)
    if first is None or second is None:
        return violation
    was, came = (_value(last_object(each), violation.at) for each in (first, second))
    if was == came:  # in what is not compared
        return violation
    was, came, deeper = _difference(was, came)
    where = f" at {violation.at}{deeper}" if deeper else ""
    return replace(violation, expected=f"{_as_json(was)}{where}, {violation.expected}", got=_as_json(came))


def _difference(one: Any, other: Any, pointer: str = "") -> tuple[Any, Any, str]:
    """The two values at the first place in which they differ, and the pointer to it."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = [name for name in {**one, **other} if name not in FORGOTTEN]
        pairs = [(name, one.get(name, _MISSING), other.get(name, _MISSING)) for name in names]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(str(place), *pair) for place, pair in enumerate(zip(one, other, strict=True))]
    else:
        return one, other, pointer
    found = next(((name, was, came) for name, was, came in pairs if was != came), None)
    return _difference(found[1], found[2], f"{pointer}/{found[0]}") if found else (one, other, pointer)


def _value(value: Any, pointer: str) -> Any:
    """What stands at a JSON pointer."""
    for part in pointer.split("/")[1:]:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return _MISSING
    return value


def _as_json(value: Any) -> str:
    return shorten("nothing" if value is _MISSING else json.dumps(value, ensure_ascii=False), LONGEST)
