"""Consistency of a response's status with its error, its incomplete_details and its times."""

from __future__ import annotations

from collections.abc import Iterator

from antiphon.judge.checks.response.field_forms import is_error
from antiphon.judge.checks.response.fields import STATUSES, is_requires_action
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import BODY, FINAL, WHOLE, ResponseObject
from antiphon.judge.values import a_dict, is_integer, is_text, violation_at, words

ERROR_CODES = frozenset(
    words(
        "server_error rate_limit_exceeded invalid_prompt data_residency_mismatch bio_policy vector_store_timeout "
        "invalid_image invalid_image_format invalid_base64_image invalid_image_url image_too_large image_too_small "
        "image_parse_error image_content_policy_violation invalid_image_mode image_file_too_large "
        "unsupported_image_media_type empty_image_file failed_to_download_image image_file_not_found "
        "misalignment_policy_violation"
    )
)
REASONS = ("max_output_tokens", "content_filter", "max_messages", "steered")


def _has_known_status(response: ResponseObject) -> bool:
    """A body, or the end of a stream, with a status of the contract. Earlier events have requirements of their own."""
    return response.event in WHOLE and response.status in STATUSES


def _body_with(status: str, response: ResponseObject) -> bool:
    return response.event is None and response.status == status


@check(
    "response.error.only-when-failed",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: _has_known_status(response) and "error" in response.body,
)
def error_only_when_failed(response: ResponseObject) -> Iterator[Violation]:
    """error is null unless the response has failed."""
    error = response.body.get("error")
    if response.status != "failed" and is_error(error):
        yield violation_at(response.at("/error"), f"null, as the status is {response.status}", error)


@check(
    "response.error.when-failed",
    subject=ResponseObject,
    sorts=(BODY,),
    applies=lambda response: _body_with("failed", response) and "error" in response.body,
)
def error_when_failed(response: ResponseObject) -> Iterator[Violation]:
    """A failed response has an error."""
    if response.body["error"] is None:
        yield violation_at(response.at("/error"), "an object with code and message", None)


@check(
    "response.error.known-code",
    subject=ResponseObject,
    applies=lambda response: is_text(a_dict(response.body.get("error")).get("code")),
)
def error_known_code(response: ResponseObject) -> Iterator[Violation]:
    """The code of a failed response is one of the known codes."""
    code = response.body["error"]["code"]
    if code not in ERROR_CODES:
        yield violation_at(response.at("/error/code"), "one of the known codes", code)


@check(
    "response.incomplete.only-when-incomplete",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: _has_known_status(response) and "incomplete_details" in response.body,
)
def details_only_when_incomplete(response: ResponseObject) -> Iterator[Violation]:
    """incomplete_details is null unless the response is incomplete."""
    details = response.body.get("incomplete_details")
    if response.status != "incomplete" and is_text(a_dict(details).get("reason")):
        yield violation_at(response.at("/incomplete_details"), f"null, as the status is {response.status}", details)


@check(
    "response.incomplete.when-incomplete",
    subject=ResponseObject,
    sorts=(BODY,),
    applies=lambda response: _body_with("incomplete", response) and "incomplete_details" in response.body,
)
def reason_when_incomplete(response: ResponseObject) -> Iterator[Violation]:
    """An incomplete response names its reason."""
    if response.body["incomplete_details"] is None:
        yield violation_at(response.at("/incomplete_details"), "an object with a reason", None)


@check(
    "response.incomplete.known-reason",
    subject=ResponseObject,
    applies=lambda response: is_text(a_dict(response.body.get("incomplete_details")).get("reason")),
)
def known_reason(response: ResponseObject) -> Iterator[Violation]:
    """The reason of an incomplete response is one of the known reasons."""
    reason = response.body["incomplete_details"]["reason"]
    known = response.edition.data.get("incomplete_reasons", REASONS)
    if reason not in known:
        yield violation_at(response.at("/incomplete_details/reason"), "one of " + ", ".join(known), reason)


@check(
    "response.completed-at.only-when-completed",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: _has_known_status(response) and "completed_at" in response.body,
)
def completed_at_only_when_completed(response: ResponseObject) -> Iterator[Violation]:
    """completed_at is set only in a completed response."""
    value = response.body["completed_at"]
    if response.status != "completed" and is_integer(value):
        yield violation_at(response.at("/completed_at"), f"null, as the status is {response.status}", value)


@check(
    "response.completed-at.not-before-created",
    subject=ResponseObject,
    applies=lambda response: (
        response.status == "completed"
        and all(is_integer(response.body.get(name)) for name in ("created_at", "completed_at"))
    ),
)
def completed_at_not_before_created(response: ResponseObject) -> Iterator[Violation]:
    """completed_at is not before created_at."""
    created, completed = response.body["created_at"], response.body["completed_at"]
    if completed < created:
        yield violation_at(response.at("/completed_at"), f"at least {created}, which is created_at", completed)


@check(
    "response.status.no-requires-action",
    subject=ResponseObject,
    sorts=(BODY,),
    applies=lambda response: (
        response.event is None and any(each.get("type") == "function_call" for each in response.output)
    ),
)
def no_requires_action(response: ResponseObject) -> Iterator[Violation]:
    """A response that ends in a function call is completed."""
    if is_requires_action(response):
        yield violation_at(response.at("/status"), "'completed'", response.status)
