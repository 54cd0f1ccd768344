"""Answers as texts: nothing of the machinery behind them, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.judge.checks.items.common import final, is_final_item
from antiphon.judge.checks.items.images import IMAGE
from antiphon.judge.checks.items.markup import markup_in
from antiphon.judge.model_texts import message_texts, thought_texts
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import FINAL, Item, ResponseObject
from antiphon.judge.values import a_dict, objects, violation_at

CLIENT_CALLS = frozenset({"function_call", "custom_tool_call", "shell_call", "apply_patch_call", "computer_call"})
LEAST_THOUGHT = 24
"""Letters of a thought, from which on an answer does not hold it by chance; a thought has five words, too."""
LEAST_ANSWER = 8
"""Letters of an answer, from which on another does not begin with it by chance; of three in a row, one is enough."""


@check(
    "item.text-without-markup",
    subject=Item,
    sorts=("message",),
    applies=lambda item: is_final_item(item) and item.type == "message" and bool(message_texts(item.body)),
)
def text_without_markup(item: Item) -> Iterator[Violation]:
    """The text of an answer has no markup of thoughts or of calls of tools, in code and on request excepted."""
    for number, part in enumerate(objects(item.body.get("content"))):
        found = markup_in(part["text"], item) if isinstance(part.get("text"), str) else None
        if found:
            yield violation_at(item.at(f"/content/{number}/text"), "an answer without markup", found.text)


def _thoughts(response: ResponseObject) -> list[str]:
    texts = [" ".join(text.split()) for item in response.output for text in thought_texts(item)]
    return [text for text in texts if len(text) >= LEAST_THOUGHT and text.count(" ") >= 4]


@check(
    "item.text-not-reasoning",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: final(response) and bool(_thoughts(response)) and any(map(message_texts, response.output)),
)
def text_not_reasoning(response: ResponseObject) -> Iterator[Violation]:
    """The text of an answer does not repeat the reasoning that stands before it."""
    thoughts = _thoughts(response)
    for number, item in enumerate(response.output):
        for text in message_texts(item) if item.get("type") == "message" else ():
            plain = " ".join(text.split())
            repeated = next((thought for thought in thoughts if thought in plain), None)
            if repeated:
                yield violation_at(response.at(f"/output/{number}"), "an answer without the reasoning", repeated)


def _answers(response: ResponseObject) -> list[tuple[str, str]]:
    """Place and text of each part of an answer, in order."""
    return [
        (response.at(f"/output/{number}/content/{place}"), part["text"].strip())
        for number, item in enumerate(response.output)
        if item.get("type") == "message"
        for place, part in enumerate(objects(item.get("content")))
        if isinstance(part.get("text"), str) and part["text"].strip()
    ]


@check(
    "item.not-repeated",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: (
        final(response)
        and not _is_structured(response)
        and (len(_answers(response)) > 1 or len(_joined_thoughts(response)) > 1)
    ),
)
def not_repeated(response: ResponseObject) -> Iterator[Violation]:
    """No message and no reasoning repeats one before it, or begins with all of it."""
    yield from _repeated(_answers(response), LEAST_ANSWER)
    yield from _repeated(_joined_thoughts(response), LEAST_THOUGHT)


def _is_structured(response: ResponseObject) -> bool:
    """The answer is to be JSON: models of 2025 wrote it twice, as two messages (recording 20f2e88deb437032)."""
    return a_dict(a_dict(response.body.get("text")).get("format")).get("type") in ("json_schema", "json_object")


def _joined_thoughts(response: ResponseObject) -> list[tuple[str, str]]:
    return [
        (response.at(f"/output/{number}"), "\n".join(thought_texts(item)).strip())
        for number, item in enumerate(response.output)
        if any(thought_texts(item))
    ]


def _repeated(texts: list[tuple[str, str]], least: int) -> Iterator[Violation]:
    in_a_row = 1
    for place in range(1, len(texts)):
        at, text = texts[place]
        before = texts[place - 1][1]
        in_a_row = in_a_row + 1 if text.startswith(before) else 1
        earlier = next((each for _, each in texts[:place] if len(each) >= least and text.startswith(each)), None)
        if earlier is None and in_a_row > 2:
            earlier = before
        if earlier is not None:
            yield violation_at(at, f"a text that does not begin with one before it, {earlier[:40]!r}", text)


def _has_text(item: Mapping[str, Any]) -> bool:
    parts = objects(item.get("content"))
    return any(str(part.get("text") or part.get("refusal") or "").strip() or _is_other(part) for part in parts)


def _is_other(part: Mapping[str, Any]) -> bool:
    return part.get("type") not in ("output_text", "refusal")


def _calls(response: ResponseObject) -> bool:
    """It calls what the client is to run. Beside an image that was made the service itself opens an empty message."""
    kinds = {str(item.get("type")) for item in response.output}
    messages = [item for item in response.output if item.get("type") == "message"]
    if not all(isinstance(item.get("content"), list) for item in messages):
        return False
    return not CLIENT_CALLS.isdisjoint(kinds) and IMAGE not in kinds


@check(
    "tools.call-and-no-empty-message",
    subject=ResponseObject,
    sorts=FINAL,
    applies=lambda response: final(response) and response.status == "completed" and _calls(response),
)
def no_blank_message(response: ResponseObject) -> Iterator[Violation]:
    """No message without a text stands beside a call."""
    for number, item in enumerate(response.output):
        if item.get("type") == "message" and not _has_text(item):
            yield violation_at(response.at(f"/output/{number}"), "no message, as nothing is answered", item["content"])
