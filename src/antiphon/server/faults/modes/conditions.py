"""Modes and contexts of a create, by its body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon.server.json_values import Json

When = Callable[[Json], Any]
"""Whether the body of a create is of a mode or context."""


def is_streamed(body: Json) -> bool:
    return body.get("stream") is True and not body.get("background")


def in_background(body: Json) -> bool:
    return body.get("background") is True


def is_chained(body: Json) -> bool:
    return bool(body.get("previous_response_id"))


def in_conversation(body: Json) -> bool:
    return bool(body.get("conversation"))


def both(one: When, other: When) -> When:
    return lambda body: one(body) and other(body)
