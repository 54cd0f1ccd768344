"""Responses inside the lifecycle events of one stream, compared with each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from antiphon.judge.lifecycle_responses import (
    LIFECYCLE,
    early_responses,
    ends_with,
    has_early,
    terminal_responses,
)
from antiphon.judge.registry import Violation, check
from antiphon.judge.stream_analysis import events_of_types
from antiphon.judge.subjects.responses import Stream
from antiphon.judge.values import a_dict, is_text, violation_at

LATE = ("error", "incomplete_details", "completed_at")
"""Members that only the end of a response sets."""
FITTING = {
    "response.completed": ("completed",),
    "response.incomplete": ("incomplete",),
    "response.failed": ("failed", "cancelled"),
}


def _place(number: int, key: str = "") -> str:
    return f"event {number} /response" + (f"/{key}" if key else "")


@check("stream.lifecycle.early-status", subject=Stream, applies=has_early)
def early_status(stream: Stream) -> Iterator[Violation]:
    """Before its end a response is queued or in progress."""
    for number, kind, response in early_responses(stream):
        if kind != "response.queued" and response.get("status") not in ("queued", "in_progress"):
            yield violation_at(_place(number, "status"), "queued or in_progress", response.get("status"))


@check(
    "stream.lifecycle.queued-status",
    subject=Stream,
    applies=lambda stream: any(kind == "response.queued" for _, kind, _ in early_responses(stream)),
)
def queued_status(stream: Stream) -> Iterator[Violation]:
    """The response inside response.queued has status queued."""
    for number, kind, response in early_responses(stream):
        if kind == "response.queued" and response.get("status") != "queued":
            yield violation_at(_place(number, "status"), "queued", response.get("status"))


def _early_has(*names: str) -> Callable[[Stream], bool]:
    """Some response before the end has all of these members, or one of them with a value other than null."""

    def has(stream: Stream) -> bool:
        responses = [response for _, _, response in early_responses(stream)]
        whole = any(response.keys() >= set(names) for response in responses)
        return whole or any(response.get(name) is not None for response in responses for name in names)

    return has


@check("stream.lifecycle.early-output-empty", subject=Stream, applies=_early_has("output"))
def early_output_empty(stream: Stream) -> Iterator[Violation]:
    """Before its end a response has an empty output list."""
    for number, _, response in early_responses(stream):
        if "output" in response and response["output"] != []:
            yield violation_at(_place(number, "output"), "an empty list", response["output"])


@check("stream.lifecycle.early-nulls", subject=Stream, applies=_early_has(*LATE))
def early_nulls(stream: Stream) -> Iterator[Violation]:
    """Before its end a response has neither error nor incomplete_details nor completed_at."""
    for number, _, response in early_responses(stream):
        for key in LATE:
            if response.get(key) is not None:
                yield violation_at(_place(number, key), "null", response[key])


@check("stream.usage.null-until-terminal", subject=Stream, applies=_early_has("usage"))
def usage_null_until_terminal(stream: Stream) -> Iterator[Violation]:
    """Before its end a response has no usage."""
    for number, _, response in early_responses(stream):
        if response.get("usage") is not None:
            yield violation_at(_place(number, "usage"), "null", response["usage"])


@check(
    "stream.usage.in-terminal",
    subject=Stream,
    applies=ends_with("response.completed", "response.incomplete"),
)
def usage_in_terminal(stream: Stream) -> Iterator[Violation]:
    """A finished response has usage."""
    for number, kind, response in terminal_responses(stream):
        if kind != "response.failed" and not isinstance(response.get("usage"), dict):
            yield violation_at(_place(number, "usage"), "an object", response.get("usage"))


def _has_both(stream: Stream) -> bool:
    return has_early(stream) and bool(terminal_responses(stream))


@check("stream.lifecycle.whole-response", subject=Stream, applies=_has_both)
def whole_response(stream: Stream) -> Iterator[Violation]:
    """Each lifecycle event carries a response with the keys of the final one."""
    final = terminal_responses(stream)[-1][2].keys()
    for number, _, response in early_responses(stream):
        if not final <= response.keys():
            missing = sorted(final - response.keys())
            yield violation_at(
                _place(number), f"the keys of the final response, {', '.join(missing[:8])} among them", response
            )
    for number, event in events_of_types(stream, LIFECYCLE):
        if not isinstance(event.get("response"), dict):
            yield violation_at(_place(number), "a response object", event.get("response"))


@check("stream.terminal.type-fits-status", subject=Stream, applies=lambda stream: bool(terminal_responses(stream)))
def type_fits_status(stream: Stream) -> Iterator[Violation]:
    """The terminal event's type says what the response's status says."""
    for number, kind, response in terminal_responses(stream):
        if response.get("status") not in FITTING[kind]:
            yield violation_at(_place(number, "status"), " or ".join(FITTING[kind]), response.get("status"))


@check("stream.failed.has-error", subject=Stream, applies=ends_with("response.failed"))
def failed_has_error(stream: Stream) -> Iterator[Violation]:
    """A failed response has an error with code and message, a cancelled one need not."""
    for number, kind, response in terminal_responses(stream):
        error = a_dict(response.get("error"))
        whole = is_text(error.get("code")) and isinstance(error.get("message"), str)
        if kind == "response.failed" and response.get("status") != "cancelled" and not whole:
            yield violation_at(_place(number, "error"), "an object with code and message", response.get("error"))


@check("stream.incomplete.has-reason", subject=Stream, applies=ends_with("response.incomplete"))
def incomplete_has_reason(stream: Stream) -> Iterator[Violation]:
    """An incomplete response names its reason."""
    for number, kind, response in terminal_responses(stream):
        reason = a_dict(response.get("incomplete_details")).get("reason")
        if kind == "response.incomplete" and not is_text(reason):
            yield violation_at(_place(number, "incomplete_details/reason"), "a reason", reason)


@check("stream.final.output-list", subject=Stream, applies=lambda stream: bool(terminal_responses(stream)))
def final_output_list(stream: Stream) -> Iterator[Violation]:
    """The final response has an output list."""
    for number, _, response in terminal_responses(stream):
        if not isinstance(response.get("output"), list):
            yield violation_at(_place(number, "output"), "a list", response.get("output"))
