"""Neutralised text from outside: nothing that a server sends can control a terminal, a page or a table."""

from __future__ import annotations

import re
import unicodedata

MOST = 2000
"""Characters of one value that a result keeps."""


def _safe(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) == "Zs"


def visible(text: object) -> str:
    """The text on one line, with control, bidirectional and other invisible characters written as escapes."""
    said = str(text)
    if said.isprintable():
        return said
    return "".join(c if _safe(c) else c.encode("unicode_escape").decode("ascii") for c in said)


def clip(text: str, most: int = MOST) -> str:
    """The beginning of a long text, with its length."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


def shorten(text: str, most: int) -> str:
    """The beginning of a long text, within so many characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def markdown(text: object) -> str:
    """Text that Markdown shows as it is: no markup, no links, no mentions, no new cells or lines."""
    said = re.sub(r"([\\`*_{}\[\]#!|~])", r"\\\1", visible(text))
    said = said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return said.replace("@", "&#64;").replace("://", "&#58;//").replace("www.", "www&#46;")


def code(text: object) -> str:
    """Text as a Markdown code span that nothing in it can end; not for tables, where a pipe would."""
    said = visible(text)
    if not said.strip():
        return "(empty)"
    ticks = "`" * (1 + _longest_run(said))
    return f"{ticks} {said} {ticks}" if len(ticks) > 1 or said[0] == " " else f"{ticks}{said}{ticks}"


def block(lines: list[str]) -> str:
    """Lines as a fenced Markdown block that nothing in them can end."""
    said = "\n".join(visible(line) for line in lines)
    fence = "`" * max(3, 1 + _longest_run(said))
    return f"{fence}text\n{said}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
