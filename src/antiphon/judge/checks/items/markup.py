"""Markup in an answer by which a model tells its thoughts and its calls of tools apart: a server is to take it out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from antiphon.judge.request_words import request_text
from antiphon.judge.subjects.responses import Call

CODE = re.compile(r"(?ms)^[ >\t]*(`{3,}|~{3,}).*?(?:^[ >\t]*\1|\Z)|(`+)(?!`).+?(?<!`)\2(?!`)")
"""Blocks and pieces of code, in which an answer may write anything."""
TAGS = re.compile(
    r"<(?P<close>/?)(?P<name>think|thinking|thoughts?|antthinking|scratchpad|seed:think|reasoning|tool_calls?|function_calls?|tool_code|"
    r"tool_response|minimax:tool_call|(?:function|parameter|invoke)(?==|\s+name=))(?P<rest>[^<>\n]{0,80})>",
    re.IGNORECASE,
)
"""Elements of templates of models."""
TOKENS = re.compile(
    r"<\|[A-Za-z][\w \u2581.-]{1,38}\|>|<\uff5c[^\uff5c<>\n]{2,40}\uff5c>|"
    r"\[/?(?:TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS|THINK|INST)\]|\u25c1/?think\u25b7|"
    r"<\|(?:tool|turn|channel|think)\w{0,20}>|<(?:tool|turn|channel|think)\w{0,20}\|>|"
    r"</?(?:start|end)_of_turn>|<(?:start|end)_function_call>|</s>\s*\Z|"
    r"\A(?:analysis|commentary) to=\w+|\Aassistantfinal|"
    r"\A(?:analysis|commentary)(?=[A-Z ])(?s:.{0,20000}?)assistant(?:final|commentary)"
)
"""Special tokens of models, and their names where a decoder left out the rest of them."""
ABOUT_TAGS = r"\W{0,3}(?:\w+\W{1,2}){0,3}(?:tags?|elements?|blocks?|xml|markup|tokens?|sections?|delimiters?)\b"
ABOUT_TOKENS = re.compile(
    r"<\||\|>|special tokens?|chat ?template|chatml|harmony format|\[/?[A-Z_]{4,}\]", re.IGNORECASE
)
SPOKEN = re.compile(r"\b(?:tags?|elements?|tokens?|markers?|delimiters?|blocks?)\b[^<>.]{0,30}\Z", re.IGNORECASE)
"""Ends of a line after which a tag is spoken of."""
INDENT = 4
"""Blanks at the beginning of a line that make it code."""
SIGNS = ("<", "[", "\u25c1", "assistantfinal", " to=")
"""One of them is in every piece of markup."""
LEAST = 12
"""Letters between two tags in a line, from which on they enclose something, and are not only spoken of."""


class Markup(NamedTuple):
    """A piece of markup and its place in the text."""

    place: int
    text: str


def markup_in(text: str, call: Call) -> Markup | None:
    """The first piece of markup in an answer that nobody asked for; None for nearly all."""
    if not any(sign in text for sign in SIGNS):
        return None
    prose = CODE.sub(lambda match: " " * len(match[0]), text)
    for match in TOKENS.finditer(prose):
        if match[0].startswith("</s>") and "<s>" in prose:
            continue
        if not ABOUT_TOKENS.search(request_text(call)) and match[0] not in request_text(call):
            return Markup(match.start(), match[0].strip()[:40])
    return next((found for found in _tags(prose) if not _is_requested(found.text, call)), None)


def _tags(prose: str) -> Iterator[Markup]:
    """Tags that stand where a template puts them: at the beginning of a line, around something, or closing nothing."""
    opened: dict[str, int] = {}
    for match in TAGS.finditer(prose):
        name, place = match["name"].lower(), match.start()
        line = prose[prose.rfind("\n", 0, place) + 1 : place]
        if SPOKEN.search(line) or (len(line) >= INDENT and not line.strip()):
            continue
        if match["close"]:
            begins = opened.pop(name, None)
            if begins is None or place - begins >= LEAST:
                yield Markup(place, match[0])
        else:
            opened[name] = match.end()
            if not line.strip():
                yield Markup(place, match[0])


def _is_requested(tag: str, call: Call) -> bool:
    """The request writes the tag, or speaks of it."""
    name = re.split(r"[\s=]", tag.strip("</>"))[0].lower()
    request = request_text(call).lower()
    if name not in request:
        return False
    written = re.search(rf"[<\[/]{re.escape(name)}\b", request)
    spoken = re.search(rf"\b{re.escape(name)}\b{ABOUT_TAGS}", request)
    before = re.search(
        rf"\b(?:tags?|elements?|xml|markup)\b\W{{0,3}}(?:\w+\W{{1,2}}){{0,4}}{re.escape(name)}\b", request
    )
    return bool(written or spoken or before or "_" in name)
