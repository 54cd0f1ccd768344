"""Token counts without a model: short runs of letters and single signs count one each.

Counts are additive over a context: the count of a list of items is the sum of the counts of its items.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

PIECE = re.compile(r"\s*(?:\w{1,6}|[^\w\s])|\s+")
LONG = 100_000
"""Characters from which on a text is not cut into pieces all at once."""
SHORT = 2_000
"""Characters up to which the pieces of a text are kept: the server says the same again and again."""
BASE = 3
"""What any request costs."""
FRAME = 4
"""What the role and the ends of one item cost."""
MEDIA = 85
"""What one image or file costs."""
UNCOUNTED = frozenset({"id", "status", "type", "encrypted_content", "logprobs", "annotations", "phase", "created_by"})


def pieces(text: str) -> tuple[str, ...]:
    """The tokens of a text; joined they are the text."""
    return _short_pieces(text) if len(text) < SHORT else tuple(PIECE.findall(text))


@lru_cache(256)
def _short_pieces(text: str) -> tuple[str, ...]:
    return tuple(PIECE.findall(text))


def count(text: str) -> int:
    """The tokens of a text."""
    return len(PIECE.findall(text)) if len(text) < LONG else sum(1 for _ in PIECE.finditer(text))


def of_json(value: Any) -> int:
    """The tokens of a JSON value: those of its strings, and one for each other leaf."""
    match value:
        case str():
            return count(value)
        case list():
            return sum(map(of_json, value))
        case dict():
            return sum(of_json(inner) for key, inner in value.items() if key not in UNCOUNTED)
        case None:
            return 0
        case _:
            return 1


def of_part(part: Mapping[str, Any]) -> int:
    """The tokens of a part of a message."""
    match part.get("type"):
        case "input_image" | "input_file" | "computer_screenshot":
            return MEDIA
        case "refusal":
            return count(part["refusal"])
        case _:
            return count(part.get("text") or "")


def of_item(item: Mapping[str, Any]) -> int:
    """The tokens of one item of a context; reasoning of earlier turns is not read again."""
    match item.get("type"):
        case "message":
            return FRAME + sum(map(of_part, item["content"]))
        case "reasoning":
            return 0
        case "compaction":
            return FRAME + 8
        case _:
            return FRAME + of_json(dict(item))


def of_items(items: Iterable[Mapping[str, Any]]) -> int:
    """The tokens of items."""
    return sum(map(of_item, items))


def of_request(
    items: Iterable[Mapping[str, Any]],
    *,
    instructions: str | None = None,
    tools: Iterable[Mapping[str, Any]] = (),
    format: Mapping[str, Any] | None = None,
) -> int:
    """The input tokens of a request whose context has been resolved."""
    total = BASE + of_items(items)
    if instructions:
        total += FRAME + count(instructions)
    for tool in tools:
        total += FRAME + count(json.dumps(tool, sort_keys=True))
    if format and format.get("type") == "json_schema":
        total += FRAME + count(json.dumps(format.get("schema"), sort_keys=True))
    return total
