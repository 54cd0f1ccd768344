"""Token counts: that they are there, and that they add up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from antiphon.judge.checks.items.common import is_of_program
from antiphon.judge.registry import F, Violation, check, check_table
from antiphon.judge.subjects.responses import BODY, ResponseObject
from antiphon.judge.values import MISSING, a_dict, is_count, objects, violation_at

COUNTS = ("input_tokens", "output_tokens", "total_tokens")
DETAILS = {"input_tokens_details": "cached_tokens", "output_tokens_details": "reasoning_tokens"}


def usage_of(response: ResponseObject) -> Mapping[str, Any]:
    """The usage of a response; empty where it is no object."""
    return a_dict(response.body.get("usage"))


def _has_usage(response: ResponseObject) -> bool:
    waiting = response.event is None and response.status in ("queued", "in_progress")
    return isinstance(response.body.get("usage"), dict) and not waiting


def _counted(response: ResponseObject) -> bool:
    """All counts are there; worked out once."""
    made: bool | None = response.memo.get("counted")
    if made is None:
        usage = usage_of(response)
        made = response.memo["counted"] = all(map(is_count, map(usage.get, COUNTS)))
    return made


def _detail(response: ResponseObject, details: str, name: str) -> Any:
    return a_dict(usage_of(response).get(details)).get(name, MISSING)


_WHEN: dict[str, Callable[[ResponseObject], bool]] = {}


def _shown_requirements(response: ResponseObject) -> list[str]:
    """Requirements that the usage of a response shows; none where it has no usage."""
    if not isinstance(response.body.get("usage"), dict):
        return []
    return [requirement for requirement, when in _WHEN.items() if when(response)]


_usage_check = check_table(ResponseObject, _shown_requirements)


def _on_usage(requirement: str, when: Callable[[ResponseObject], bool]) -> Callable[[F], F]:
    """Register a check of the usage of a response."""
    _WHEN[requirement] = when
    return _usage_check(requirement)


@_on_usage("usage.counts", _has_usage)
def counts(response: ResponseObject) -> Iterator[Violation]:
    """Usage has integers as input_tokens, output_tokens and total_tokens, none below zero."""
    for name in () if _counted(response) else COUNTS:
        value = usage_of(response).get(name, MISSING)
        if not is_count(value):
            yield violation_at(response.at(f"/usage/{name}"), "an integer of at least 0", value)


@_on_usage("usage.total", _counted)
def total(response: ResponseObject) -> Iterator[Violation]:
    """total_tokens is the sum of input_tokens and output_tokens."""
    yield from sum_violations(usage_of(response), *COUNTS, response.at("/usage"))


def sum_violations(usage: Mapping[str, Any], one: str, other: str, both: str, at: str) -> Iterator[Violation]:
    """A violation where `both` is not the sum of `one` and `other`."""
    expected = usage[one] + usage[other]
    if usage[both] != expected:
        yield violation_at(f"{at}/{both}", f"{usage[one]} + {usage[other]} = {expected}", usage[both])


@_on_usage("usage.details", _has_usage)
def details(response: ResponseObject) -> Iterator[Violation]:
    """Usage has both details objects, with cached_tokens and reasoning_tokens."""
    for name, inner in DETAILS.items():
        value = usage_of(response).get(name, MISSING)
        if not isinstance(value, dict):
            yield violation_at(response.at(f"/usage/{name}"), f"an object with {inner}", value)
        elif not is_count(value.get(inner)):
            at = response.at(f"/usage/{name}/{inner}")
            yield violation_at(at, "an integer of at least 0", value.get(inner, MISSING))


def _within(requirement: str, details: str, name: str, whole: str) -> None:
    def comparable(response: ResponseObject) -> bool:
        return is_count(_detail(response, details, name)) and is_count(usage_of(response).get(whole))

    def find(response: ResponseObject) -> Iterator[Violation]:
        part, limit = _detail(response, details, name), usage_of(response)[whole]
        if part > limit:
            yield violation_at(response.at(f"/usage/{details}/{name}"), f"at most {limit}, which is {whole}", part)

    find.__doc__ = f"{name} are no more than {whole}."
    _on_usage(requirement, comparable)(find)


_within("usage.cached-within-input", "input_tokens_details", "cached_tokens", "input_tokens")
_within("usage.cache-write-within-input", "input_tokens_details", "cache_write_tokens", "input_tokens")
_within("usage.reasoning-within-output", "output_tokens_details", "reasoning_tokens", "output_tokens")


@_on_usage(
    "usage.cache-write-tokens",
    lambda response: isinstance(usage_of(response).get("input_tokens_details"), dict),
)
def cache_write_tokens(response: ResponseObject) -> Iterator[Violation]:
    """Usage has cache_write_tokens."""
    value = _detail(response, "input_tokens_details", "cache_write_tokens")
    if not is_count(value):
        at = response.at("/usage/input_tokens_details/cache_write_tokens")
        yield violation_at(at, "an integer of at least 0", value)


@check(
    "usage.null-until-finished",
    subject=ResponseObject,
    sorts=(BODY,),
    applies=lambda response: (
        response.event is None and response.status in ("queued", "in_progress") and "usage" in response.body
    ),
)
def null_until_finished(response: ResponseObject) -> Iterator[Violation]:
    """usage is null in a response that is queued or in progress."""
    if response.body["usage"] is not None:
        yield violation_at(response.at("/usage"), f"null, as the status is {response.status}", response.body["usage"])


def _finished(response: ResponseObject) -> bool:
    """Completed by the model itself: a filtered response, and a program that continues, count nothing."""
    made: bool | None = response.memo.get("finished")
    if made is None:
        ended = response.status == "completed" and _counted(response)
        made = response.memo["finished"] = ended and not any(map(is_of_program, response.output))
    return made


def _says_something(item: Mapping[str, Any]) -> bool:
    if item.get("type") == "message":
        return any(part.get("text") or part.get("refusal") for part in objects(item.get("content")))
    return item.get("type") in ("function_call", "custom_tool_call")


def _positive(requirement: str, name: str, when: Callable[[ResponseObject], bool]) -> None:
    def find(response: ResponseObject) -> Iterator[Violation]:
        if usage_of(response)[name] == 0:
            yield violation_at(response.at(f"/usage/{name}"), "more than 0", 0)

    find.__doc__ = f"{name} are above zero."
    _on_usage(requirement, when)(find)


_positive("usage.input-positive", "input_tokens", _finished)
_positive(
    "usage.output-positive",
    "output_tokens",
    lambda response: _finished(response) and any(map(_says_something, response.output)),
)
