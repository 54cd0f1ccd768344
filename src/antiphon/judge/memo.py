"""Memo of a subject: a value is computed once, for all checks that read it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar


class HasMemo(Protocol):
    """A subject, or an exchange, with a place for what has been worked out of it."""

    @property
    def memo(self) -> dict[str, Any]:
        """The values that have been computed, by function."""


S = TypeVar("S", bound=HasMemo)
T = TypeVar("T")


def memoize(find: Callable[[S], T]) -> Callable[[S], T]:
    """Decorate a function of a subject: its value is kept in the subject's memo, under the function's name."""
    key = f"{find.__module__}.{find.__qualname__}"

    @wraps(find)
    def found(subject: S) -> T:
        memo = subject.memo
        if key not in memo:
            memo[key] = find(subject)
        value: T = memo[key]
        return value

    return found
