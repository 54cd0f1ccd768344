"""Messages and reasoning: what their content is made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from antiphon.judge.checks.items import final, in_output, shown
from antiphon.judge.checks.response_echo import known_request
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects import Item, ResponseObject
from antiphon.judge.values import MISSING, a_dict, a_list, broken, day_of, is_count, is_integer, is_text

LOGPROBS_SINCE = date(2025, 8, 1)
"""Before that day the service left out logprobs that were not asked for."""
ENCRYPTED = "reasoning.encrypted_content"


def _is_message(item: Item) -> bool:
    return shown(item) and item.type == "message"


def _texts(item: Item) -> list[tuple[int, dict[str, Any]]]:
    """Place and value of each part of kind output_text."""
    parts = enumerate(a_list(item.body.get("content")))
    return [(number, part) for number, part in parts if isinstance(part, dict) and part.get("type") == "output_text"]


@check("item.message-role", on=Item, when=lambda item: in_output(item) and item.type == "message")
def message_role(item: Item) -> Iterator[Violation]:
    """A message in the output has the role assistant."""
    if item.body.get("role") != "assistant":
        yield broken(item.at("/role"), "'assistant'", item.body.get("role", MISSING))


@check("item.message-content-list", on=Item, when=_is_message)
def message_content_list(item: Item) -> Iterator[Violation]:
    """The content of a message in the output is a list."""
    if not isinstance(item.body.get("content"), list):
        yield broken(item.at("/content"), "a list", item.body.get("content", MISSING))


@check("item.message-status", on=Item, when=_is_message)
def message_status(item: Item) -> Iterator[Violation]:
    """A message in the output has a status."""
    if not is_text(item.body.get("status")):
        yield broken(item.at("/status"), "a status", item.body.get("status", MISSING))


@check("item.annotations-list", on=Item, when=lambda item: _is_message(item) and bool(_texts(item)))
def annotations_list(item: Item) -> Iterator[Violation]:
    """An output text has annotations as a list."""
    for number, part in _texts(item):
        if not isinstance(part.get("annotations"), list):
            yield broken(item.at(f"/content/{number}/annotations"), "a list", part.get("annotations", MISSING))


def _logprobs_expected(item: Item) -> bool:
    if not _is_message(item) or not _texts(item):
        return False
    day = day_of(item.exchange)
    return day is None or day >= LOGPROBS_SINCE or any("logprobs" in part for _, part in _texts(item))


@check("item.logprobs-list", on=Item, when=_logprobs_expected)
def logprobs_list(item: Item) -> Iterator[Violation]:
    """An output text has logprobs as a list."""
    for number, part in _texts(item):
        if not isinstance(part.get("logprobs"), list):
            yield broken(item.at(f"/content/{number}/logprobs"), "a list", part.get("logprobs", MISSING))


@check("item.phase", on=Item, when=lambda item: _is_message(item) and item.body.get("phase") is not None)
def phase(item: Item) -> Iterator[Violation]:
    """The phase of a message is commentary or final_answer."""
    if item.body["phase"] not in ("commentary", "final_answer"):
        yield broken(item.at("/phase"), "commentary or final_answer", item.body["phase"])


@check("item.refusal-part", on=Item, when=lambda item: _is_message(item) and bool(a_list(item.body.get("content"))))
def refusal_part(item: Item) -> Iterator[Violation]:
    """A refusal comes as a part of its own kind."""
    for name, place in [("refusal", "/refusal")]:
        if is_text(item.body.get(name)):
            yield broken(item.at(place), "a part of type refusal in content", item.body[name])
    for number, part in enumerate(a_list(item.body.get("content"))):
        if is_text(a_dict(part).get("refusal")) and part.get("type") != "refusal":
            yield broken(item.at(f"/content/{number}/type"), "'refusal', as the part holds one", part.get("type", MISSING))


def _length(text: str) -> int:
    """The length in the unit that gives the largest number: which one is meant is stated nowhere."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@check(
    "item.annotation-range",
    on=Item,
    when=lambda item: _is_message(item)
    and "text-normalised" not in item.exchange.notes
    and any(a_list(part.get("annotations")) for _, part in _texts(item)),
)
def annotation_range(item: Item) -> Iterator[Violation]:
    """The indices of an annotation lie inside the text, start before end."""
    for number, part in _texts(item):
        text = part.get("text")
        for index, note in enumerate(a_list(part.get("annotations"))):
            start, end = a_dict(note).get("start_index"), a_dict(note).get("end_index")
            if not (isinstance(text, str) and is_integer(start) and is_integer(end)):
                continue
            unplaced = start == end == 0 and note.get("type") == "container_file_citation"
            if not unplaced and not 0 <= start < end <= _length(text):
                place = item.at(f"/content/{number}/annotations/{index}")
                yield broken(place, f"0 <= start_index < end_index <= {_length(text)}", f"{start} to {end}")


@check("item.reasoning-before", on=ResponseObject, when=lambda response: final(response) and response.status == "completed" and _has_reasoning(response))
def reasoning_before(response: ResponseObject) -> Iterator[Violation]:
    """A reasoning item stands before the item it led to."""
    last = len(response.output) - 1
    if last > 0 and response.output[last].get("type") == "reasoning":
        yield broken(response.at(f"/output/{last}"), "an item after the reasoning that led to it", MISSING)


def _has_reasoning(response: ResponseObject) -> bool:
    return any(item.get("type") == "reasoning" for item in response.output)


def _is_reasoning(item: Item) -> bool:
    return shown(item) and item.type == "reasoning"


@check("item.reasoning-summary-list", on=Item, when=_is_reasoning)
def reasoning_summary_list(item: Item) -> Iterator[Violation]:
    """A reasoning item has a summary list."""
    if not isinstance(item.body.get("summary"), list):
        yield broken(item.at("/summary"), "a list", item.body.get("summary", MISSING))


@check("reasoning.summary-parts", on=Item, when=lambda item: _is_reasoning(item) and bool(a_list(item.body.get("summary"))))
def summary_parts(item: Item) -> Iterator[Violation]:
    """A reasoning summary is a list of text parts."""
    for number, part in enumerate(a_list(item.body["summary"])):
        if a_dict(part).get("type") != "summary_text":
            yield broken(item.at(f"/summary/{number}"), "a part of type summary_text", part)


@check("item.reasoning-no-status", on=Item, when=_is_reasoning)
def reasoning_no_status(item: Item) -> Iterator[Violation]:
    """A reasoning item has no status."""
    if item.body.get("status") is not None:
        yield broken(item.at("/status"), "no such field", item.body["status"])


@check("item.compaction-encrypted", on=Item, when=lambda item: shown(item) and item.type == "compaction")
def compaction_encrypted(item: Item) -> Iterator[Violation]:
    """A compaction item has non-empty encrypted content."""
    if not is_text(item.body.get("encrypted_content")):
        got = item.body.get("encrypted_content", MISSING)
        yield broken(item.at("/encrypted_content"), "a string that is not empty", got)


@check(
    "reasoning.encrypted-on-request",
    on=ResponseObject,
    when=lambda response: known_request(response)
    and final(response)
    and ENCRYPTED in a_list(response.sent.get("include"))
    and _has_reasoning(response),
)
def encrypted_on_request(response: ResponseObject) -> Iterator[Violation]:
    """Each reasoning item carries encrypted content when the request includes it."""
    for number, item in enumerate(response.output):
        if item.get("type") == "reasoning" and not is_text(item.get("encrypted_content")):
            place = response.at(f"/output/{number}/encrypted_content")
            yield broken(place, "a string that is not empty", item.get("encrypted_content", MISSING))


def _reasoning_tokens(response: ResponseObject) -> Any:
    return a_dict(a_dict(response.body.get("usage")).get("output_tokens_details")).get("reasoning_tokens")


@check(
    "reasoning.tokens-counted",
    on=ResponseObject,
    when=lambda response: final(response) and _has_reasoning(response) and is_count(_reasoning_tokens(response)),
)
def tokens_counted(response: ResponseObject) -> Iterator[Violation]:
    """A response with reasoning items counts its reasoning tokens."""
    if _reasoning_tokens(response) == 0:
        yield broken(response.at("/usage/output_tokens_details/reasoning_tokens"), "more than 0", 0)
