"""Lone surrogates in a value: JSON can spell them, and the validator cannot read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def without_lone_surrogates(value: Any) -> Any:
    """A JSON value with U+FFFD for each lone surrogate in its texts and keys: as long, and as little a known value."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def reading_any_text(validate: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """A validation by jsonschema_rs, of values with lone surrogates too."""

    def is_valid(value: Any) -> bool:
        try:
            return validate(value)
        except UnicodeEncodeError:
            return validate(without_lone_surrogates(value))

    return is_valid
