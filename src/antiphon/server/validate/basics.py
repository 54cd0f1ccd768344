"""Checks of single JSON values; each raises the error that names the place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from antiphon.server.errors import ApiError, missing_parameter, shorten, unknown_parameter, wrong_type, wrong_value

Check = Callable[[Any, str], None]
"""Looks at a value that stands at a place, and raises where it does not fit."""

LONGEST_TEXT = 10_485_760


def boolean(value: Any, at: str) -> None:
    """A boolean."""
    if not isinstance(value, bool):
        raise wrong_type(at, "a boolean", value)


def text(longest: int | None = None, shortest: int = 0) -> Check:
    """A string of so many characters."""

    def check(value: Any, at: str) -> None:
        if not isinstance(value, str):
            raise wrong_type(at, "a string", value)
        if longest is not None and len(value) > longest:
            raise ApiError(
                f"Invalid '{at}': string too long. Expected at most {longest} characters, got {len(value)}.",
                param=at,
                code="string_above_max_length",
            )
        if len(value) < shortest:
            raise ApiError(
                f"Invalid '{at}': string too short. Expected at least {shortest} characters, got {len(value)}.",
                param=at,
                code="string_below_min_length",
            )

    return check


def integer(low: int | None = None, high: int | None = None) -> Check:
    """An integer between two bounds, both included."""

    def check(value: Any, at: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(at, "an integer", value)
        _within(value, at, low, high, "integer")

    return check


def decimal(low: float, high: float) -> Check:
    """A number between two bounds, both included."""

    def check(value: Any, at: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong_type(at, "a decimal", value)
        _within(value, at, low, high, "decimal")

    return check


def _within(value: float, at: str, low: float | None, high: float | None, kind: str) -> None:
    if low is not None and value < low:
        message = f"Invalid '{at}': {kind} below minimum value. Expected a value >= {low}, got {shorten(value)}."
        raise ApiError(message, param=at, code=f"{kind}_below_min_value")
    if high is not None and value > high:
        message = f"Invalid '{at}': {kind} above maximum value. Expected a value <= {high}, got {shorten(value)}."
        raise ApiError(message, param=at, code=f"{kind}_above_max_value")


def choice(*allowed: str) -> Check:
    """One of some strings."""

    def check(value: Any, at: str) -> None:
        if not isinstance(value, str):
            raise wrong_type(at, f"one of {_listed(allowed)}", value)
        if value not in allowed:
            raise wrong_value(at, value, _listed(allowed))

    return check


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def array(each: Check | None = None, least: int = 0, most: int | None = None) -> Check:
    """A list of so many values."""

    def check(value: Any, at: str) -> None:
        if not isinstance(value, list):
            raise wrong_type(at, "an array", value)
        if len(value) < least:
            message = f"Invalid '{at}': array too short. Expected at least {least} elements, got {len(value)}."
            raise ApiError(message, param=at, code="array_below_min_length")
        if most is not None and len(value) > most:
            message = f"Invalid '{at}': array too long. Expected at most {most} elements, got {len(value)}."
            raise ApiError(message, param=at, code="array_above_max_length")
        if each:
            for index, inner in enumerate(value):
                each(inner, f"{at}[{index}]")

    return check


def any_value(value: Any, at: str) -> None:
    """Whatever stands there is fine."""


def json_object(value: Any, at: str) -> None:
    """An object with any members."""
    if not isinstance(value, dict):
        raise wrong_type(at, "an object", value)


def record(fields: Mapping[str, Check], required: Collection[str] = (), *, closed: bool = True) -> Check:
    """An object with these members. An optional member may be null."""

    def check(value: Any, at: str) -> None:
        json_object(value, at)
        for name in required:
            if name not in value:
                raise missing_parameter(f"{at}.{name}")
        for name, inner in value.items():
            known = fields.get(name)
            if known is None:
                if closed:
                    raise unknown_parameter(f"{at}.{shorten(name, quote=False)}")
            elif inner is not None or name in required:
                known(inner, f"{at}.{name}")

    return check


def either(*checks: tuple[type, Check], expected: str) -> Check:
    """The check that belongs to the JSON type of the value."""

    def check(value: Any, at: str) -> None:
        for kind, inner in checks:
            if isinstance(value, kind):
                return inner(value, at)
        raise wrong_type(at, expected, value)

    return check


def tagged_union(kinds: Mapping[str, Check], *, refuse_at_tag: bool = True) -> Check:
    """An object whose `type` says which check it needs."""

    def check(value: Any, at: str) -> None:
        json_object(value, at)
        if value.get("type") is None:
            raise missing_parameter(f"{at}.type")
        kind = value["type"]
        if not isinstance(kind, str):
            raise wrong_type(f"{at}.type", "a string", kind)
        if kind not in kinds:
            raise wrong_value(f"{at}.type" if refuse_at_tag else at, kind, _listed(kinds))
        kinds[kind](value, at)

    return check


BREAKPOINT = record({"mode": choice("explicit")}, ("mode",))
"""Where a cached prefix of a prompt ends."""
