"""Helpers for JSON values from outside."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, Final, TypeGuard

from antiphon.contract.schemas.schema_error import format_value
from antiphon.judge.memo import memoize
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.recording.fast_json import read_json


class Missing:
    """Type of MISSING, the value of an absent field."""

    def __repr__(self) -> str:
        return "nothing"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()


def words(text: str) -> tuple[str, ...]:
    """The words of a text: a readable way to write a long list of names."""
    return tuple(text.split())


def is_integer(value: Any) -> TypeGuard[int]:
    """A JSON integer; `true` is none."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> TypeGuard[float]:
    """A JSON number; `true` is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_count(value: Any) -> TypeGuard[int]:
    """An integer of at least 0."""
    return is_integer(value) and value >= 0


YEAR_5138 = 10**11
"""A time in seconds beyond which it can only be one in milliseconds or less."""


def is_time(value: Any) -> TypeGuard[int]:
    """An integer of seconds since 1970, not of milliseconds."""
    return is_integer(value) and abs(value) < YEAR_5138


def is_text(value: Any) -> TypeGuard[str]:
    """A string that is not empty."""
    return isinstance(value, str) and value != ""


def a_dict(value: Any) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def a_list(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; none for anything else."""
    return [each for each in a_list(value) if isinstance(each, dict)]


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: 1 and 1.0 are, 1 and true are not. Values nested too deeply to tell are."""
    try:
        return _same(one, other)
    except RecursionError:
        return True


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def among(value: Any, choices: Iterable[str]) -> bool:
    """Whether a value of any type is one of some strings."""
    return isinstance(value, str) and value in choices


def violation_at(at: str, expected: str, got: Any, message: str = "") -> Violation:
    """A violation that quotes the value found in few characters."""
    return Violation(at, expected, "nothing" if got is MISSING else format_value(got), message)


def quote_bytes(content: bytes) -> str:
    """Bytes as a finding quotes them: as the text that they are meant to be, shortened."""
    return format_value(content.decode("utf-8", "replace"))


def parse_json(text: str) -> Any:
    """The JSON value of a text; MISSING for a text that is no JSON."""
    try:
        return read_json(text, json.loads)
    except (ValueError, RecursionError):
        return MISSING


@memoize
def day_of(exchange: Exchange) -> date | None:
    """The day of an exchange; where it was not recorded, that of the object in the reply, else None."""
    body = exchange.reply
    seconds: Any = exchange.started_at
    if seconds <= 0 and isinstance(body, dict):
        seconds = body.get("created_at", body.get("created"))
    if not is_number(seconds) or not 0 < seconds < 10**10:
        return None
    return datetime.fromtimestamp(seconds, UTC).date()
