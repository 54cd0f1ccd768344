"""Facts that the user states, recalled when asked for: "My name is Ada." and "What is my name?"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from antiphon.server.json_values import Json

MOST = 20_000
"""Characters of one text that are looked at."""
THING = r"(my|our|the) ([^\W_][\w'’ -]{0,60}?)"
TOLD = re.compile(rf"\b{THING} (?:is|are|was|were|=) (?:called |named )?([^\n.!?;]{{1,200}})", re.IGNORECASE)
CALLED = re.compile(r"\b(?:i am called|call me|my name's|i'm called) ([^\n.!?;,]{1,80})", re.IGNORECASE)
ASKED = re.compile(rf"\bwhat(?:'s|’s| is| are| was| were) {THING}\s*\?", re.IGNORECASE)
WHO = re.compile(r"\bwho am i\s*\?", re.IGNORECASE)
REPEAT = re.compile(
    r"\b(?:repeat|echo|say exactly)(?: after me| this| exactly)*: *(.{1,4000})", re.IGNORECASE | re.DOTALL
)
REPEATS = ("repeat", "echo", "say exactly")
"""Words without which nothing is to be repeated; to look for them is quicker."""
QUESTION = re.compile(r"\bwhat\b[^.!?]*$", re.IGNORECASE)
NEAR = 80
"""Characters before a fact in which a question would make it none."""
MOST_TOGETHER = 200_000
OURS = {"my": "Your", "our": "Your", "the": "The"}


def recall(context: Iterable[Json], given: Iterable[Json]) -> str | None:
    """The answer to a question for something that was told, or the words that are to be repeated; None for neither."""
    question = " ".join(_texts(given))[-MOST:]
    plain = question.lower()
    echo = REPEAT.search(question) if any(word in plain for word in REPEATS) else None
    if echo:
        return echo[1].strip()
    query = ASKED.search(question) if "what" in plain else None
    if query is None and not ("who" in plain and WHO.search(question)):
        return None
    whose, thing = (query[1].lower(), query[2].lower()) if query else ("my", "name")
    fact = _latest(thing, context)
    if fact is None:
        return f"You have not told me {'your' if whose != 'the' else 'the'} {thing}."
    return f"{OURS[whose]} {thing} is {fact}."


def _latest(thing: str, context: Iterable[Json]) -> str | None:
    """What was told last of a thing, as far back as is looked."""
    left = MOST_TOGETHER
    for text in reversed(_texts(context)):
        values = [value for name, value in _facts(text[:MOST]) if name == thing]
        left -= len(text)
        if values or left < 0:
            return values[-1] if values else None
    return None


def _facts(text: str) -> Iterable[tuple[str, str]]:
    """Every fact in a text: of what, and which; questions are none."""
    for match in CALLED.finditer(text):
        yield "name", match[1].strip()
    for match in TOLD.finditer(text):
        if not QUESTION.search(text[max(0, match.start() - NEAR) : match.start()]):
            yield match[2].lower(), match[3].strip()


def _texts(items: Iterable[Json]) -> list[str]:
    """What the user and those who lead say."""
    return [
        _text(part)
        for item in items
        if item["type"] == "message" and item.get("role") != "assistant"
        for part in item["content"]
    ]


def _text(part: Any) -> str:
    return str(part.get("text") or "")
