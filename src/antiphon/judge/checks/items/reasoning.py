"""Reasoning and compaction items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from antiphon.judge.checks.echo.request_fields import has_json_request
from antiphon.judge.checks.items.common import final, is_final_item
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import FINAL, Item, ResponseObject
from antiphon.judge.values import MISSING, a_dict, a_list, is_count, is_text, violation_at

ENCRYPTED = "reasoning.encrypted_content"


@check(
    "item.reasoning-before",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: final(response) and response.status == "completed" and _has_reasoning(response),
)
def reasoning_before(response: ResponseObject) -> Iterator[Violation]:
    """A reasoning item stands before the item it led to."""
    last = len(response.output) - 1
    if last > 0 and response.output[last].get("type") == "reasoning":
        yield violation_at(response.at(f"/output/{last}"), "an item after the reasoning that led to it", MISSING)


def _has_reasoning(response: ResponseObject) -> bool:
    return any(item.get("type") == "reasoning" for item in response.output)


def _is_reasoning(item: Item) -> bool:
    return is_final_item(item) and item.type == "reasoning"


@check("item.reasoning-summary-list", subject=Item, sorts=("reasoning",), applies=_is_reasoning)
def reasoning_summary_list(item: Item) -> Iterator[Violation]:
    """A reasoning item has a summary list."""
    if not isinstance(item.body.get("summary"), list):
        yield violation_at(item.at("/summary"), "a list", item.body.get("summary", MISSING))


@check(
    "reasoning.summary-parts",
    subject=Item,
    sorts=("reasoning",),
    applies=lambda item: _is_reasoning(item) and bool(a_list(item.body.get("summary"))),
)
def summary_parts(item: Item) -> Iterator[Violation]:
    """A reasoning summary is a list of text parts."""
    for number, part in enumerate(a_list(item.body["summary"])):
        if a_dict(part).get("type") != "summary_text":
            yield violation_at(item.at(f"/summary/{number}"), "a part of type summary_text", part)


@check("item.reasoning-no-status", subject=Item, sorts=("reasoning",), applies=_is_reasoning)
def reasoning_no_status(item: Item) -> Iterator[Violation]:
    """A reasoning item has no status."""
    if item.body.get("status") is not None:
        yield violation_at(item.at("/status"), "no such field", item.body["status"])


@check(
    "item.compaction-encrypted",
    subject=Item,
    sorts=("compaction",),
    applies=lambda item: is_final_item(item) and item.type == "compaction",
)
def compaction_encrypted(item: Item) -> Iterator[Violation]:
    """A compaction item has non-empty encrypted content."""
    if not is_text(item.body.get("encrypted_content")):
        got = item.body.get("encrypted_content", MISSING)
        yield violation_at(item.at("/encrypted_content"), "a string that is not empty", got)


@check(
    "reasoning.encrypted-on-request",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: (
        has_json_request(response)
        and final(response)
        and ENCRYPTED in a_list(response.sent.get("include"))
        and _has_reasoning(response)
    ),
)
def encrypted_on_request(response: ResponseObject) -> Iterator[Violation]:
    """Each reasoning item carries encrypted content when the request includes it."""
    for number, item in enumerate(response.output):
        if item.get("type") == "reasoning" and not is_text(item.get("encrypted_content")):
            place = response.at(f"/output/{number}/encrypted_content")
            yield violation_at(place, "a string that is not empty", item.get("encrypted_content", MISSING))


def _reasoning_tokens(response: ResponseObject) -> Any:
    return a_dict(a_dict(response.body.get("usage")).get("output_tokens_details")).get("reasoning_tokens")


@check(
    "reasoning.tokens-counted",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: final(response) and _has_reasoning(response) and is_count(_reasoning_tokens(response)),
)
def tokens_counted(response: ResponseObject) -> Iterator[Violation]:
    """A response with reasoning items counts its reasoning tokens."""
    if _reasoning_tokens(response) == 0:
        yield violation_at(response.at("/usage/output_tokens_details/reasoning_tokens"), "more than 0", 0)
