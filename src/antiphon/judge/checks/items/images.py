"""Images that a tool made."""

from __future__ import annotations

from collections.abc import Iterator

from antiphon.judge.base64_text import is_base64
from antiphon.judge.checks.items.common import is_final_item
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.responses import Item
from antiphon.judge.values import MISSING, violation_at
from antiphon.recording.placeholders import is_placeholder

IMAGE = "image_generation_call"


@check(
    "item.image-base64",
    subject=Item,
    sorts=(IMAGE,),
    applies=lambda item: is_final_item(item) and item.type == IMAGE and item.body.get("status") == "completed",
)
def image_base64(item: Item) -> Iterator[Violation]:
    """The result of a completed image is base64."""
    result = item.body.get("result", MISSING)
    if isinstance(result, str | None) and not is_base64(result) and not is_placeholder(result):
        yield violation_at(item.at("/result"), "an image in base64", result)
