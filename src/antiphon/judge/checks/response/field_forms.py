"""Form of a response field: expected value, conditions, and the values that it may have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from antiphon.judge.registry import Violation
from antiphon.judge.subjects.responses import WHOLE, ResponseObject
from antiphon.judge.values import MISSING, among, day_of, is_number, is_text, violation_at

STREAMED_OTHERWISE = {
    "response.field.status": "the type of the event says it",
    "response.field.output": "stream.final.output-list",
    "response.field.usage": "stream.usage.in-terminal",
}
"""What a requirement on streams judges in the events of a stream."""


@dataclass(frozen=True)
class ResponseField:
    """A field and what it has to be. `since` is the day before which real replies lacked it."""

    requirement: str
    name: str
    expected: str
    fits: Callable[[Any], bool]
    since: date | None = None
    optional: bool = False
    when: Callable[[ResponseObject], bool] | None = None
    listed: str = ""
    """Where an edition lists the values, if it does."""
    holds: str = ""
    """The member by which an object does not fit though it has it, and then what that has to be is `inner`."""
    inner: str = ""

    def counts(self, response: ResponseObject) -> bool:
        """Whether this response has the field, or must have it."""
        if response.event is not None and self.requirement in STREAMED_OTHERWISE:
            return False
        if self.when is not None and not self.when(response):
            return False
        if self.name in response.body:
            return True
        if self.optional or response.event not in WHOLE:
            return False
        day = day_of(response.exchange) if self.since else None
        return self.since is None or day is None or day >= self.since

    def suits(self, response: ResponseObject) -> bool:
        """Whether the field is what it has to be in this response."""
        value = response.body.get(self.name, MISSING)
        known = response.edition.values_of(self.listed) if self.listed and isinstance(value, str) else []
        return value in known if known else self.fits(value)

    def find(self, response: ResponseObject) -> Iterator[Violation]:
        """The field has the form that its requirement states."""
        if not self.suits(response):
            value = response.body.get(self.name, MISSING)
            known = response.edition.values_of(self.listed) if isinstance(value, str) else []
            if self.holds in (value if isinstance(value, dict) else ()):
                place, expected, value = f"/{self.name}/{self.holds}", self.inner, value[self.holds]
            else:
                place, expected = f"/{self.name}", "one of " + ", ".join(known) if known else self.expected
            yield violation_at(response.at(place), expected, value)


def nullable(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Null, or what fits."""
    return lambda value: value is None or fits(value)


def between(low: float, high: float) -> Callable[[Any], bool]:
    """A number from `low` to `high`."""
    return lambda value: is_number(value) and low <= value <= high


def is_boolean(value: Any) -> bool:
    """The value is a boolean."""
    return isinstance(value, bool)


def is_string(value: Any) -> bool:
    """The value is a string."""
    return isinstance(value, str)


def is_object(value: Any) -> bool:
    """The value is an object."""
    return isinstance(value, dict)


def is_list(value: Any) -> bool:
    """The value is a list."""
    return isinstance(value, list)


def is_strings(value: Any) -> bool:
    """An object of strings."""
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def has_reason(value: Any) -> bool:
    """The value is an object with a reason."""
    return isinstance(value, dict) and isinstance(value.get("reason"), str)


def has_format(value: Any) -> bool:
    """The value is an object with a format."""
    return isinstance(value, dict) and isinstance(value.get("format"), dict)


def has_id(value: Any) -> bool:
    """The value is an object with an id."""
    return isinstance(value, dict) and is_text(value.get("id"))


def is_error(value: Any) -> bool:
    """An object with code and message, whatever they are."""
    return isinstance(value, dict) and {"code", "message"} <= value.keys()


def is_choice(value: Any) -> bool:
    """A choice of tools: one of three words, or an object."""
    return isinstance(value, dict) or among(value, ("none", "auto", "required"))
