"""The fields of a response object: what each one is, in a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from antiphon.contract.model import Edition
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects import ENDINGS, ResponseObject
from antiphon.judge.values import (
    MISSING,
    among,
    broken,
    day_of,
    is_integer,
    is_number,
    is_text,
)

STATUSES = ("completed", "failed", "in_progress", "cancelled", "queued", "incomplete")
TIERS = ("auto", "default", "flex", "scale", "priority", "fast", "ultrafast")
STREAMED_OTHERWISE = {
    "response.field.status": "the type of the event says it",
    "response.field.output": "stream.final.output-list",
    "response.field.usage": "stream.usage.in-terminal",
}
"""What a requirement on streams judges in the events of a stream."""


@dataclass(frozen=True)
class Field:
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
        """Whether this response shows the field, or would have to."""
        if response.event is not None and self.requirement in STREAMED_OTHERWISE:
            return False
        if self.when is not None and not self.when(response):
            return False
        if self.name in response.body:
            return True
        if self.optional or response.event not in (None, *ENDINGS):
            return False
        day = day_of(response.exchange) if self.since else None
        return self.since is None or day is None or day >= self.since

    def find(self, response: ResponseObject) -> Iterator[Violation]:
        value = response.body.get(self.name, MISSING)
        known = self._known(response.edition) if isinstance(value, str) else []
        if value not in known if known else not self.fits(value):
            if self.holds in (value if isinstance(value, dict) else ()):
                place, expected, value = f"/{self.name}/{self.holds}", self.inner, value[self.holds]
            else:
                place, expected = f"/{self.name}", "one of " + ", ".join(known) if known else self.expected
            yield broken(response.at(place), expected, value)

    def _known(self, edition: Edition) -> list[str]:
        """The values that an edition lists, and those that it tolerates besides."""
        tolerated = edition.data.get("also_tolerated") or {}
        return [*(edition.data.get(self.listed) or ()), *tolerated.get(self.listed, ())]


def _nullable(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or fits(value)


def _between(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: is_number(value) and low <= value <= high


def _boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _string(value: Any) -> bool:
    return isinstance(value, str)


def _object(value: Any) -> bool:
    return isinstance(value, dict)


def _list(value: Any) -> bool:
    return isinstance(value, list)


def is_strings(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def _has_reason(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("reason"), str)


def _has_format(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("format"), dict)


def _has_id(value: Any) -> bool:
    return isinstance(value, dict) and is_text(value.get("id"))


def is_error(value: Any) -> bool:
    return isinstance(value, dict) and {"code", "message"} <= value.keys()


def is_choice(value: Any) -> bool:
    return isinstance(value, dict) or among(value, ("none", "auto", "required"))


def is_requires_action(response: ResponseObject) -> bool:
    """The response ends in a finished function call and has a status that no response may have."""
    last = response.output[-1] if response.output else {}
    called = last.get("type") == "function_call" and last.get("status") in (None, "completed")
    return called and is_text(response.status) and response.status not in STATUSES


def _uses(response: ResponseObject) -> bool:
    """A finished response has usage; a cancelled or failed one has it or null."""
    finished = response.status in ("completed", "incomplete")
    return finished or (response.is_terminal and response.body.get("usage") is not None)


F = "response.field."
FIELDS = (
    Field(F + "id", "id", "a string that is not empty", is_text),
    Field(F + "object", "object", "'response'", lambda value: among(value, ("response",))),
    Field(F + "created-at", "created_at", "an integer of seconds", is_integer),
    Field(
        F + "status",
        "status",
        "one of " + ", ".join(STATUSES),
        lambda value: among(value, STATUSES),
        listed="statuses",
        when=lambda response: not is_requires_action(response),
    ),
    Field(F + "output", "output", "a list", _list),
    Field(F + "model", "model", "a string that is not empty", is_text),
    Field(F + "error", "error", "null or an object with code and message", _nullable(is_error)),
    Field(
        F + "incomplete-details",
        "incomplete_details",
        "null or an object with a reason",
        _nullable(_has_reason),
        holds="reason",
        inner="a string",
    ),  # fmt: skip
    Field(F + "usage", "usage", "an object", _object, when=_uses),
    Field(F + "tools", "tools", "a list", _list),
    Field(F + "tool-choice", "tool_choice", "none, auto, required or an object", is_choice),
    Field(F + "parallel-tool-calls", "parallel_tool_calls", "a boolean", _boolean),
    Field(F + "metadata", "metadata", "an object of strings", is_strings),
    Field(
        F + "instructions",
        "instructions",
        "null, a string or a list of items",
        _nullable(
            lambda value: isinstance(value, str) or (_list(value) and all(isinstance(each, dict) for each in value))
        ),
    ),
    Field(F + "temperature", "temperature", "a number from 0 to 2 or null", _nullable(_between(0, 2))),
    Field(F + "top-p", "top_p", "a number from 0 to 1 or null", _nullable(_between(0, 1))),
    Field(F + "truncation", "truncation", "auto or disabled", lambda value: among(value, ("auto", "disabled"))),
    Field(F + "text", "text", "an object with a format", _has_format, holds="format", inner="an object"),
    Field(F + "reasoning", "reasoning", "an object or null", _nullable(_object)),
    Field(F + "max-output-tokens", "max_output_tokens", "an integer or null", _nullable(is_integer)),
    Field(F + "previous-response-id", "previous_response_id", "a string or null", _nullable(_string)),
    Field(F + "store", "store", "a boolean", _boolean),
    Field(F + "background", "background", "a boolean", _boolean, since=date(2025, 6, 1)),
    Field(
        F + "service-tier",
        "service_tier",
        "one of " + ", ".join(TIERS),
        _nullable(lambda value: among(value, TIERS)),
        listed="service_tiers",
        since=date(2025, 5, 1),
    ),
    Field(
        F + "completed-at",
        "completed_at",
        "integer seconds or null",
        _nullable(is_integer),
        since=date(2026, 1, 1),
    ),
    Field(F + "max-tool-calls", "max_tool_calls", "an integer or null", _nullable(is_integer), date(2025, 7, 1)),
    Field(F + "top-logprobs", "top_logprobs", "an integer", is_integer, date(2025, 7, 1)),
    Field(F + "prompt-cache-key", "prompt_cache_key", "a string or null", _nullable(_string), date(2025, 8, 1)),
    Field(F + "safety-identifier", "safety_identifier", "a string or null", _nullable(_string), date(2025, 8, 1)),
    Field(F + "user", "user", "a string or null", _nullable(_string), optional=True),
    Field(
        F + "conversation",
        "conversation",
        "an object with an id",
        _nullable(_has_id),
        optional=True,
        when=lambda response: response.body.get("conversation") is not None,
    ),
)


class Seen(NamedTuple):
    """The requirements on fields that a response shows, and those of them that it breaks."""

    judged: frozenset[str]
    broken: frozenset[str]


def _seen(response: ResponseObject) -> Seen:
    """What one look at all fields of the table shows."""
    if "fields" not in response.memo:
        body = response.body
        judged = [each for each in FIELDS if each.counts(response)]
        broken = frozenset(
            each.requirement
            for each in judged
            if each.listed or each.name not in body or not each.fits(body[each.name])
        )
        response.memo["fields"] = Seen(frozenset(each.requirement for each in judged), broken)
    made: Seen = response.memo["fields"]
    return made


def _judged(response: ResponseObject) -> frozenset[str]:
    return _seen(response).judged


def _broken(response: ResponseObject) -> frozenset[str]:
    return _seen(response).broken


for _field in FIELDS:
    check(_field.requirement, on=ResponseObject, shows=_judged, tells=_broken)(_field.find)
