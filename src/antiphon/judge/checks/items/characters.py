"""Characters that a decoder put in the place of those that it could not read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from antiphon.judge.checks.items.common import is_final_item
from antiphon.judge.model_texts import MEMBERS, PARTS, model_texts
from antiphon.judge.registry import Violation, check
from antiphon.judge.request_words import request_text
from antiphon.judge.stream_analysis import analysis_of
from antiphon.judge.strict_json import has_escapes
from antiphon.judge.subjects.responses import Call, Item, Stream
from antiphon.judge.values import violation_at
from antiphon.recording.exchange import Exchange

REPLACEMENT = "\ufffd"
ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*\\u[fF]{3}[dD]")
"""The same in the JSON of arguments."""
ASKED = re.compile(r"\ufffd|fffd|replacement char|mojibake|invalid utf", re.IGNORECASE)
"""Requests whose answer may hold the character."""
OTHERS = ("shell_call", "apply_patch_call")
JSON_DELTAS = ("response.function_call_arguments.delta", "response.mcp_call_arguments.delta")
EXPECTED = "the characters of the text, none of them U+FFFD"


def _is_requested(call: Call) -> bool:
    """The request holds the character or speaks of it, so that an answer may as well."""
    return ASKED.search(request_text(call)) is not None


def _may_hold(exchange: Exchange) -> bool:
    """Whether the bytes of a reply have the character somewhere, as it is or by its number."""
    content = exchange.content
    written = not content.isascii() and REPLACEMENT.encode() in content
    return written or (has_escapes(exchange) and b"\\ufffd" in content.lower())


def _place(at: str, text: str) -> int:
    """Where the character stands in a text; -1 where it does not."""
    if at == "/arguments" and (match := ESCAPED.search(text)):
        return match.start()
    return text.find(REPLACEMENT)


@check(
    "item.no-replacement-characters",
    subject=Item,
    sorts=(*PARTS, *MEMBERS, *OTHERS),
    applies=lambda item: is_final_item(item) and any(model_texts(item.body)),
)
def no_replacement_characters(item: Item) -> Iterator[Violation]:
    """No text of an output has the character U+FFFD, the last one of a cut text excepted."""
    cut = item.body.get("status") == "incomplete"
    for at, text in model_texts(item.body):
        text = text.rstrip(REPLACEMENT) if cut else text
        place = _place(at, text)
        if place >= 0 and not _is_requested(item):
            yield violation_at(item.at(at), EXPECTED, text[max(0, place - 20) : place + 20])


@check(
    "item.no-replacement-characters",
    subject=Stream,
    applies=lambda stream: any(kind.endswith(".delta") for kind in analysis_of(stream).types),
)
def no_replacement_characters_in_deltas(stream: Stream) -> Iterator[Violation]:
    """No delta of a text has the character U+FFFD, unless the text is cut there."""
    if not _may_hold(stream.exchange) or _is_requested(stream):
        return
    if stream.final is None or stream.final.get("status") == "incomplete":
        return
    for number, event in enumerate(stream.events):
        delta = event.get("delta")
        kind = event.get("type")
        if not isinstance(delta, str) or not isinstance(kind, str) or not kind.endswith(".delta"):
            continue
        if REPLACEMENT in delta or (kind in JSON_DELTAS and ESCAPED.search(delta)):
            yield violation_at(f"event {number} /delta", EXPECTED, delta)
