"""Content of messages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from antiphon.judge.checks.items.common import in_output, is_final_item
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import Item
from antiphon.judge.values import MISSING, a_dict, a_list, day_of, is_integer, is_text, violation_at

LOGPROBS_SINCE = date(2025, 8, 1)
"""Before that day the service left out logprobs that were not asked for."""


def _is_message(item: Item) -> bool:
    return is_final_item(item) and item.type == "message"


def _texts(item: Item) -> list[tuple[int, dict[str, Any]]]:
    """Place and value of each part of kind output_text."""
    parts = enumerate(a_list(item.body.get("content")))
    return [(number, part) for number, part in parts if isinstance(part, dict) and part.get("type") == "output_text"]


@check(
    "item.message-role",
    subject=Item,
    sorts=("message",),
    applies=lambda item: in_output(item) and item.type == "message",
)
def message_role(item: Item) -> Iterator[Violation]:
    """A message in the output has the role assistant."""
    if item.body.get("role") != "assistant":
        yield violation_at(item.at("/role"), "'assistant'", item.body.get("role", MISSING))


@check("item.message-content-list", subject=Item, sorts=("message",), applies=_is_message)
def message_content_list(item: Item) -> Iterator[Violation]:
    """The content of a message in the output is a list."""
    if not isinstance(item.body.get("content"), list):
        yield violation_at(item.at("/content"), "a list", item.body.get("content", MISSING))


@check("item.message-status", subject=Item, sorts=("message",), applies=_is_message)
def message_status(item: Item) -> Iterator[Violation]:
    """A message in the output has a status."""
    if "status" not in item.body:
        yield violation_at(item.at("/status"), "a status", MISSING)


@check(
    "item.annotations-list",
    subject=Item,
    sorts=("message",),
    applies=lambda item: _is_message(item) and bool(_texts(item)),
)
def annotations_list(item: Item) -> Iterator[Violation]:
    """An output text has annotations as a list."""
    for number, part in _texts(item):
        if not isinstance(part.get("annotations"), list):
            yield violation_at(item.at(f"/content/{number}/annotations"), "a list", part.get("annotations", MISSING))


def _logprobs_expected(item: Item) -> bool:
    if not _is_message(item) or not _texts(item):
        return False
    day = day_of(item.exchange)
    return day is None or day >= LOGPROBS_SINCE or any("logprobs" in part for _, part in _texts(item))


@check("item.logprobs-list", subject=Item, sorts=("message",), applies=_logprobs_expected)
def logprobs_list(item: Item) -> Iterator[Violation]:
    """An output text has logprobs as a list."""
    for number, part in _texts(item):
        if not isinstance(part.get("logprobs"), list):
            yield violation_at(item.at(f"/content/{number}/logprobs"), "a list", part.get("logprobs", MISSING))


@check(
    "item.phase",
    subject=Item,
    sorts=("message",),
    applies=lambda item: _is_message(item) and item.body.get("phase") is not None,
)
def phase(item: Item) -> Iterator[Violation]:
    """The phase of a message is commentary or final_answer."""
    if item.body["phase"] not in ("commentary", "final_answer"):
        yield violation_at(item.at("/phase"), "commentary or final_answer", item.body["phase"])


@check(
    "item.refusal-part",
    subject=Item,
    sorts=("message",),
    applies=lambda item: _is_message(item) and bool(a_list(item.body.get("content"))),
)
def refusal_part(item: Item) -> Iterator[Violation]:
    """A refusal comes as a part of its own kind."""
    for name, place in [("refusal", "/refusal")]:
        if is_text(item.body.get(name)):
            yield violation_at(item.at(place), "a part of type refusal in content", item.body[name])
    for number, part in enumerate(a_list(item.body.get("content"))):
        if is_text(a_dict(part).get("refusal")) and part.get("type") not in (None, "refusal"):
            yield violation_at(
                item.at(f"/content/{number}/type"), "'refusal', as the part holds one", part.get("type", MISSING)
            )


def _length(text: str) -> int:
    """The length in the unit that gives the largest number: which one is meant is stated nowhere."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _range(note: Any) -> tuple[int, int] | None:
    """The first and last index of an annotation; None where it has not both."""
    start, end = a_dict(note).get("start_index"), a_dict(note).get("end_index")
    return (start, end) if is_integer(start) and is_integer(end) else None


@check(
    "item.annotation-range",
    subject=Item,
    sorts=("message",),
    applies=lambda item: (
        _is_message(item)
        and "text-normalised" not in item.exchange.notes
        and any(_range(note) for _, part in _texts(item) for note in a_list(part.get("annotations")))
    ),
)
def annotation_range(item: Item) -> Iterator[Violation]:
    """The indices of an annotation lie inside the text, start before end."""
    for number, part in _texts(item):
        text = part.get("text")
        for index, note in enumerate(a_list(part.get("annotations"))):
            places = _range(note)
            if places is None or not isinstance(text, str):
                continue
            start, end = places
            unplaced = start == end == 0 and note.get("type") == "container_file_citation"
            if not unplaced and not 0 <= start < end <= _length(text):
                place = item.at(f"/content/{number}/annotations/{index}")
                yield violation_at(place, f"0 <= start_index < end_index <= {_length(text)}", f"{start} to {end}")
