"""Differences of two JSON values, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any


def first_difference(expected: Any, got: Any, place: str) -> str:
    """Where a value is not as expected. Of an object only what is expected is looked at."""
    match expected:
        case _ if expected is ...:
            return ""
        case re.Pattern():
            fits = isinstance(got, str) and expected.search(got) is not None
            return "" if fits else f"{place}: expected /{expected.pattern}/, got {as_text(got)}"
        case Mapping() if isinstance(got, Mapping):
            for name, value in expected.items():
                if name not in got:
                    return f"{place}.{name}: expected {as_text(value)}, got nothing"
                if difference := first_difference(value, got[name], f"{place}.{name}"):
                    return difference
            return ""
        case list() | tuple() if isinstance(got, list) and len(expected) == len(got):
            pairs = enumerate(zip(expected, got, strict=True))
            differences = (first_difference(value, other, f"{place}[{index}]") for index, (value, other) in pairs)
            return next(filter(None, differences), "")
    return "" if expected == got else f"{place}: expected {as_text(expected)}, got {as_text(got)}"


def as_text(value: Any) -> str:
    """A value as a message shows it."""
    text = json.dumps(value, ensure_ascii=False, default=lambda other: getattr(other, "pattern", "…"))
    return text if len(text) <= 120 else text[:119] + "…"
