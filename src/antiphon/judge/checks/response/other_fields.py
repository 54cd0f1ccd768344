"""Response fields that are checked together, and those that only some editions require."""

from __future__ import annotations

from collections.abc import Iterator

from antiphon.judge.checks.response.field_forms import is_error
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import FINAL, WHOLE, ResponseObject
from antiphon.judge.values import MISSING, is_number, violation_at, words


@check(
    "response.field.error-strings",
    subject=ResponseObject,
    applies=lambda response: is_error(response.body.get("error")),
)
def error_strings(response: ResponseObject) -> Iterator[Violation]:
    """An error inside a response has a string as code and as message."""
    for name in ("code", "message"):
        value = response.body["error"][name]
        if not isinstance(value, str):
            yield violation_at(response.at(f"/error/{name}"), "a string", value)


@check("response.field.penalties", subject=ResponseObject)
def penalties(response: ResponseObject) -> Iterator[Violation]:
    """The penalties of a response are numbers."""
    for name in ("frequency_penalty", "presence_penalty"):
        value = response.body.get(name)
        if value is not None and not is_number(value):
            yield violation_at(response.at(f"/{name}"), "a number", value)


@check("response.field.output-text", subject=ResponseObject)
def output_text(response: ResponseObject) -> Iterator[Violation]:
    """A response has no output_text of its own."""
    if "output_text" in response.body:
        yield violation_at(response.at("/output_text"), "no such field: clients make it", response.body["output_text"])


@check(
    "create.moderation-object",
    subject=ResponseObject,
    applies=lambda response: response.body.get("moderation") is not None,
)
def moderation_object(response: ResponseObject) -> Iterator[Violation]:
    """A moderation result in a reply has an input and an output."""
    value = response.body["moderation"]
    if not isinstance(value, dict) or not all(isinstance(value.get(key), dict) for key in ("input", "output")):
        yield violation_at(response.at("/moderation"), "an object with input and output", value)


OPEN_FIELDS = words(
    "background completed_at frequency_penalty max_output_tokens max_tool_calls presence_penalty previous_response_id "
    "prompt_cache_key reasoning safety_identifier service_tier store text top_logprobs truncation"
)
"""What Open Responses (2026-04-24) requires of a response besides the fields that every edition requires."""


@check(
    "response.all-open-fields",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: response.event in WHOLE,
)
def all_open_fields(response: ResponseObject) -> Iterator[Violation]:
    """All fields that the open standard requires are present."""
    for name in OPEN_FIELDS:
        if name not in response.body:
            yield violation_at(response.at(f"/{name}"), "the field, null where it is not set", MISSING)
