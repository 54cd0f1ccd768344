"""Pieces of Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

NOTICE = "<!-- Made from spec/ by `antiphon spec --docs`. Do not edit. -->"


def page(title: str, body: str) -> str:
    """A page with its title and the notice that it is generated."""
    return f"{NOTICE}\n\n# {title}\n\n{body.strip()}\n"


def heading_line(depth: int, title: str, name: str) -> str:
    """A heading that links lead to by a lasting name, in the notation of Python-Markdown, kramdown and Pandoc."""
    return f"{'#' * depth} {title} {{ #{name} }}\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; empty when it has no rows."""
    lines = ["| " + " | ".join(map(cell, row)) + " |" for row in rows]
    if not lines:
        return ""
    return "\n".join(["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *lines]) + "\n"


def cell(text: str) -> str:
    """Text that stays in its cell."""
    return text.replace("|", "\\|").replace("\n", " ")


def anchor(name: str) -> str:
    """A place in a table that links can lead to, and the name."""
    return f'<a id="{name}"></a>`{name}`'


def code(value: Any) -> str:
    """A value as JSON between backticks."""
    return f"`{json.dumps(value, ensure_ascii=False, default=str)}`"


def codes(names: Iterable[Any]) -> str:
    """Names between backticks, with commas."""
    return ", ".join(f"`{name}`" for name in names)


def link(requirement: str, title: str = "") -> str:
    """A link from a page beside the folder of requirements to a requirement's section."""
    return f"[{title or requirement}](requirements/{requirement.split('.')[0]}.md#{requirement})"
