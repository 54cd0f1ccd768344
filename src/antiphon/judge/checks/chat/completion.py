"""A completion of Chat Completions: its fields, its counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from antiphon.contract.schemas.schema_error import format_value
from antiphon.judge.checks.usage.counts import sum_violations
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.chat import ChatCompletion, ChatStream
from antiphon.judge.values import MISSING, a_dict, day_of, is_count, is_integer, is_text, is_time, violation_at

REASONS = ("stop", "length", "tool_calls", "content_filter", "function_call")
COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")


def messages(completion: ChatCompletion) -> list[tuple[int, Mapping[str, Any], Mapping[str, Any]]]:
    """Place, choice and message of each choice that has one."""
    return [
        (number, choice, choice["message"])
        for number, choice in completion.choices
        if isinstance(choice.get("message"), dict)
    ]


@check("chat.object", subject=ChatCompletion)
def chat_object(completion: ChatCompletion) -> Iterator[Violation]:
    """A completion has id, object, created, model and choices."""
    body = completion.body
    good = {
        "id": (is_text(body.get("id")), "a string that is not empty"),
        "object": (body.get("object") == "chat.completion", "'chat.completion'"),
        "created": ("created" in body, "an integer of seconds"),
        "model": (is_text(body.get("model")), "a string that is not empty"),
        "choices": (isinstance(body.get("choices"), list), "a list"),
    }
    for name, (holds, expected) in good.items():
        if not holds:
            yield violation_at(f"/{name}", expected, body.get(name, MISSING))


@check("chat.created-integer", subject=ChatCompletion, applies=lambda completion: "created" in completion.body)
def created_integer(completion: ChatCompletion) -> Iterator[Violation]:
    """created is an integer of seconds."""
    if not is_time(completion.body["created"]):
        yield violation_at("/created", "an integer of seconds", completion.body["created"])


def requested_choices(call: ChatCompletion | ChatStream) -> int:
    """Number of choices that the request asks for."""
    number = call.sent.get("n")
    return number if is_count(number) and number else 1


@check(
    "chat.choices-n",
    subject=ChatCompletion,
    applies=lambda completion: (
        completion.operation == "chat.create"
        and isinstance(completion.exchange.sent, dict)
        and isinstance(completion.body.get("choices"), list)
        and len(completion.choices) == len(completion.body["choices"])
    ),
)
def choices_n(completion: ChatCompletion) -> Iterator[Violation]:
    """A completion has as many choices as were asked for, with indices from 0 and no repeats."""
    indices = [a_dict(choice).get("index") for choice in completion.body["choices"]]
    expected = list(range(requested_choices(completion)))
    numbers = [index for index in indices if is_integer(index)]
    if len(numbers) != len(indices) or sorted(numbers) != expected:
        yield Violation("/choices", f"the indices {expected}", ", ".join(map(format_value, indices)) or "no choices")


@check("chat.message-role", subject=ChatCompletion, applies=lambda completion: bool(completion.choices))
def message_role(completion: ChatCompletion) -> Iterator[Violation]:
    """The message of a choice has the role assistant."""
    for number, choice in completion.choices:
        if "message" not in choice and choice.get("finish_reason") == "content_filter":
            continue  # Azure leaves out a message that its filter took away.
        role = a_dict(choice.get("message")).get("role", MISSING)
        if role != "assistant":
            yield violation_at(f"/choices/{number}/message/role", "'assistant'", role)


def _text_or_null(completion: ChatCompletion, name: str) -> Iterator[Violation]:
    for number, _, message in messages(completion):
        value = message.get(name, MISSING)
        if value is not None and not isinstance(value, str):
            yield violation_at(f"/choices/{number}/message/{name}", "a text or null", value)


@check("chat.message-content", subject=ChatCompletion, applies=lambda completion: bool(messages(completion)))
def message_content(completion: ChatCompletion) -> Iterator[Violation]:
    """The message of a choice has the key content, text or null."""
    yield from _text_or_null(completion, "content")


REFUSAL_SINCE = date(2024, 9, 1)
"""Before that day messages had no such key."""


def _shows_refusal(completion: ChatCompletion) -> bool:
    day = day_of(completion.exchange)
    return (
        completion.operation == "chat.create" and bool(messages(completion)) and (day is None or day >= REFUSAL_SINCE)
    )


@check("chat.message-refusal", subject=ChatCompletion, applies=_shows_refusal)
def message_refusal(completion: ChatCompletion) -> Iterator[Violation]:
    """The message of a choice has the key refusal, text or null."""
    yield from _text_or_null(completion, "refusal")


@check("chat.finish-reason", subject=ChatCompletion, applies=lambda completion: bool(completion.choices))
def finish_reason(completion: ChatCompletion) -> Iterator[Violation]:
    """The finish_reason of a choice is one of the known reasons."""
    for number, choice in completion.choices:
        reason = choice.get("finish_reason", MISSING)
        if reason not in REASONS:
            yield violation_at(f"/choices/{number}/finish_reason", "one of " + ", ".join(REASONS), reason)


@check(
    "chat.system-fingerprint",
    subject=ChatCompletion,
    applies=lambda completion: "system_fingerprint" in completion.body,
)
def system_fingerprint(completion: ChatCompletion) -> Iterator[Violation]:
    """The system_fingerprint is a string or null."""
    value = completion.body["system_fingerprint"]
    if value is not None and not isinstance(value, str):
        yield violation_at("/system_fingerprint", "a string or null", value)


def _counted(completion: ChatCompletion) -> bool:
    usage = completion.body.get("usage")
    return isinstance(usage, dict) and all(is_count(usage.get(name)) for name in COUNTS)


@check("chat.usage-total", subject=ChatCompletion, applies=_counted)
def usage_total(completion: ChatCompletion) -> Iterator[Violation]:
    """total_tokens is the sum of prompt_tokens and completion_tokens."""
    yield from sum_violations(completion.body["usage"], *COUNTS, "/usage")


PARTS = (
    ("prompt_tokens_details", "cached_tokens", "prompt_tokens"),
    ("completion_tokens_details", "reasoning_tokens", "completion_tokens"),
)


@check("chat.usage-details", subject=ChatCompletion, applies=_counted)
def usage_details(completion: ChatCompletion) -> Iterator[Violation]:
    """Cached and reasoning tokens are no more than the counts they belong to."""
    usage = completion.body["usage"]
    for details, name, whole in PARTS:
        part = a_dict(usage.get(details)).get(name)
        if is_count(part) and part > usage[whole]:
            yield violation_at(f"/usage/{details}/{name}", f"at most {usage[whole]}, which is {whole}", part)


def limit_of(sent: Mapping[str, Any]) -> Any:
    """The limit of tokens that a request sets, under its new or its old name."""
    limit = sent.get("max_completion_tokens")
    return sent.get("max_tokens") if limit is None else limit


@check(
    "chat.within-limit",
    subject=ChatCompletion,
    applies=lambda completion: (
        completion.operation == "chat.create" and _counted(completion) and is_count(limit_of(completion.sent))
    ),
)
def within_limit(completion: ChatCompletion) -> Iterator[Violation]:
    """completion_tokens are no more than the limit for each choice together."""
    limit = limit_of(completion.sent) * requested_choices(completion)
    used = completion.body["usage"]["completion_tokens"]
    if used > limit:
        yield violation_at("/usage/completion_tokens", f"at most {limit}", used)
