"""The fields of a response object: what each one is, in a table."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from antiphon.judge.checks.response.field_forms import (
    STREAMED_OTHERWISE,
    ResponseField,
    between,
    has_format,
    has_id,
    has_reason,
    is_boolean,
    is_choice,
    is_error,
    is_list,
    is_object,
    is_string,
    is_strings,
    nullable,
)
from antiphon.judge.registry import check_table
from antiphon.judge.subjects.responses import ResponseObject
from antiphon.judge.values import MISSING, among, is_integer, is_text, is_time

STATUSES = ("completed", "failed", "in_progress", "cancelled", "queued", "incomplete")
TIERS = ("auto", "default", "flex", "scale", "priority", "fast", "ultrafast")


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
    ResponseField(F + "id", "id", "a string that is not empty", is_text),
    ResponseField(F + "object", "object", "'response'", lambda value: among(value, ("response",))),
    ResponseField(F + "created-at", "created_at", "an integer of seconds", is_time),
    ResponseField(
        F + "status",
        "status",
        "one of " + ", ".join(STATUSES),
        lambda value: among(value, STATUSES),
        listed="statuses",
        when=lambda response: not is_requires_action(response),
    ),
    ResponseField(F + "output", "output", "a list", is_list),
    ResponseField(F + "model", "model", "a string that is not empty", is_text),
    ResponseField(F + "error", "error", "null or an object with code and message", nullable(is_error)),
    ResponseField(
        F + "incomplete-details",
        "incomplete_details",
        "null or an object with a reason",
        nullable(has_reason),
        holds="reason",
        inner="a string",
    ),
    ResponseField(F + "usage", "usage", "an object", is_object, when=_uses),
    ResponseField(F + "tools", "tools", "a list", is_list),
    ResponseField(F + "tool-choice", "tool_choice", "none, auto, required or an object", is_choice),
    ResponseField(F + "parallel-tool-calls", "parallel_tool_calls", "a boolean", is_boolean),
    ResponseField(F + "metadata", "metadata", "an object of strings", is_strings),
    ResponseField(
        F + "instructions",
        "instructions",
        "null, a string or a list of items",
        nullable(
            lambda value: isinstance(value, str) or (is_list(value) and all(isinstance(each, dict) for each in value))
        ),
    ),
    ResponseField(F + "temperature", "temperature", "a number from 0 to 2 or null", nullable(between(0, 2))),
    ResponseField(F + "top-p", "top_p", "a number from 0 to 1 or null", nullable(between(0, 1))),
    ResponseField(F + "truncation", "truncation", "auto or disabled", lambda value: among(value, ("auto", "disabled"))),
    ResponseField(F + "text", "text", "an object with a format", has_format, holds="format", inner="an object"),
    ResponseField(F + "reasoning", "reasoning", "an object or null", nullable(is_object)),
    ResponseField(F + "max-output-tokens", "max_output_tokens", "an integer or null", nullable(is_integer)),
    ResponseField(F + "previous-response-id", "previous_response_id", "a string or null", nullable(is_string)),
    ResponseField(F + "store", "store", "a boolean", is_boolean),
    ResponseField(F + "background", "background", "a boolean", is_boolean, since=date(2025, 6, 1)),
    ResponseField(
        F + "service-tier",
        "service_tier",
        "one of " + ", ".join(TIERS),
        nullable(lambda value: among(value, TIERS)),
        listed="service_tiers",
        since=date(2025, 5, 1),
    ),
    ResponseField(
        F + "completed-at",
        "completed_at",
        "integer seconds or null",
        nullable(is_time),
        since=date(2026, 1, 1),
    ),
    ResponseField(F + "max-tool-calls", "max_tool_calls", "an integer or null", nullable(is_integer), date(2025, 7, 1)),
    ResponseField(F + "top-logprobs", "top_logprobs", "an integer", is_integer, date(2025, 7, 1)),
    ResponseField(
        F + "prompt-cache-key", "prompt_cache_key", "a string or null", nullable(is_string), date(2025, 8, 1)
    ),
    ResponseField(
        F + "safety-identifier", "safety_identifier", "a string or null", nullable(is_string), date(2025, 8, 1)
    ),
    ResponseField(F + "user", "user", "a string or null", nullable(is_string), optional=True),
    ResponseField(
        F + "conversation",
        "conversation",
        "an object with an id",
        nullable(has_id),
        optional=True,
        when=lambda response: response.body.get("conversation") is not None,
    ),
)


_IN_EVENTS = tuple(each for each in FIELDS if each.requirement not in STREAMED_OTHERWISE)
_NAMES = frozenset(each.name for each in FIELDS)


class FieldFindings(NamedTuple):
    """Requirements on fields that a response shows, and those of them that it breaks."""

    judged: frozenset[str]
    broken: frozenset[str]


class ApplicableFields(NamedTuple):
    """Fields that a response with some names has, their requirements, and the fields that it may have."""

    sure: tuple[ResponseField, ...]
    judged: frozenset[str]
    open: tuple[ResponseField, ...]


@lru_cache(maxsize=4096)
def _applicable_fields(in_event: bool, names: frozenset[str]) -> ApplicableFields:
    fields = _IN_EVENTS if in_event else FIELDS
    sure = tuple(each for each in fields if each.when is None and each.name in names)
    rest = tuple(each for each in fields if each not in sure)
    return ApplicableFields(sure, frozenset(each.requirement for each in sure), rest)


def _findings_of(response: ResponseObject) -> FieldFindings:
    """Results for all fields of the table."""
    made: FieldFindings | None = response.memo.get("fields")
    if made is None:
        body = response.body
        sure, judged, rest = _applicable_fields(response.event is not None, _NAMES.intersection(body))
        also = [each for each in rest if each.counts(response)]
        if also:
            judged = judged.union([each.requirement for each in also])
        broken = [
            each.requirement
            for each in (*sure, *also)
            if not (each.suits(response) if each.listed or each.name not in body else each.fits(body[each.name]))
        ]
        repeated = [each.requirement for each in (*sure, *also) if _repeats_null(response, each)] if broken else []
        made = response.memo["fields"] = FieldFindings(
            judged.difference(repeated), frozenset(broken).difference(repeated)
        )
    return made


def _repeats_null(response: ResponseObject, field: ResponseField) -> bool:
    """The request sent null and the reply repeats it, which says nothing of a reply to a request without it."""
    sent, name = response.exchange.sent, field.name
    return isinstance(sent, dict) and sent.get(name, MISSING) is None and response.body.get(name, MISSING) is None


def _judged_requirements(response: ResponseObject) -> frozenset[str]:
    return _findings_of(response).judged


def _broken_requirements(response: ResponseObject) -> frozenset[str]:
    return _findings_of(response).broken


_field_check = check_table(ResponseObject, _judged_requirements, _broken_requirements)
for _field in FIELDS:
    _field_check(_field.requirement)(_field.find)
