"""Schemas of completions and chunks, except for the fields that other checks judge."""

from __future__ import annotations

from collections.abc import Iterator

from antiphon.contract.schemas.validation import SchemaError
from antiphon.judge.checks.chat.stream import at, chunks
from antiphon.judge.registry import Violation, check
from antiphon.judge.schemas import errors_of
from antiphon.judge.subjects.chat import ChatCompletion, ChatStream

OBJECT_OWNED = (
    "id",
    "object",
    "created",
    "model",
    "choices",
    "choices/*/index",
    "choices/*/finish_reason",
    "choices/*/message",
    "choices/*/message/role",
    "choices/*/message/content",
    "choices/*/message/refusal",
    "choices/*/message/tool_calls/*",
    "choices/*/message/tool_calls/*/**",
    "system_fingerprint",
)
"""Places of a completion that have a requirement of their own; `*` is one step, `**` any number of them."""
CHUNK_OWNED = ("object", "choices/*/delta/role", "choices/*/delta/tool_calls/**")
"""The same of a chunk."""


def _owned(steps: list[str], patterns: tuple[str, ...]) -> bool:
    return any(_fits(pattern.split("/"), steps) for pattern in patterns)


def _fits(pattern: list[str], steps: list[str]) -> bool:
    if pattern[-1] == "**":
        head = pattern[:-1]
        return len(steps) > len(head) and _fits([*head, *["*"] * (len(steps) - len(head))], steps)
    return len(pattern) == len(steps) and all(one in ("*", other) for one, other in zip(pattern, steps, strict=True))


def _way(error: SchemaError) -> list[str]:
    steps = error.pointer.split("/")[1:]
    return [*steps, error.expected.removeprefix("a field ").strip("'\"")] if error.keyword == "required" else steps


def _violations(errors: list[SchemaError], owned: tuple[str, ...], where: str) -> Iterator[Violation]:
    for error in errors:
        steps = _way(error)
        if not _owned(steps, owned):
            yield Violation(where + "".join(f"/{step}" for step in steps), error.expected, error.got)


LOGPROBS = ("choices/*/logprobs", "choices/*/logprobs/**")
"""What the requirement on logprobs judges where they were asked for."""


def asks_logprobs(completion: ChatCompletion) -> bool:
    """The request of a completion asks for logprobs."""
    return completion.operation == "chat.create" and completion.sent.get("logprobs") is True


def logprob_errors(completion: ChatCompletion) -> Iterator[Violation]:
    """Schema errors in the logprobs of a completion."""
    for error in errors_of(completion, "chat.completion", completion.body):
        steps = _way(error)
        if _owned(steps, LOGPROBS[1:]):
            yield Violation("".join(f"/{step}" for step in steps), error.expected, error.got)


@check("chat.schema", subject=ChatCompletion)
def completion_schema(completion: ChatCompletion) -> Iterator[Violation]:
    """A completion has the fields of its schema."""
    errors = errors_of(completion, "chat.completion", completion.body)
    yield from _violations(errors, OBJECT_OWNED + (LOGPROBS if asks_logprobs(completion) else ()), "")


@check("chat.stream.schema", subject=ChatStream, applies=lambda stream: bool(chunks(stream)))
def chunk_schema(stream: ChatStream) -> Iterator[Violation]:
    """A chunk has the fields of its schema."""
    for number, chunk in chunks(stream):
        yield from _violations(errors_of(stream, "chat.chunk", chunk), CHUNK_OWNED, at(number) + " ")
