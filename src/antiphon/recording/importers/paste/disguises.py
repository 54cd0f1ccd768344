"""Disguises of a text: what a page, a table, a mail, a patch or a word processor made of it."""

from __future__ import annotations

import csv
import html
import io
import quopri
import re
from collections.abc import Callable
from typing import Final

from antiphon.recording.importers.paste import repairs as r
from antiphon.recording.importers.paste.dumps import without_dump
from antiphon.recording.importers.paste.line_ends import with_line_ends, without_numbers
from antiphon.recording.importers.paste.repairs import Repairs
from antiphon.recording.importers.values import decode_base64

_PAGE = re.compile(r"\s*<(?!details)[a-z!]", re.IGNORECASE)
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]{0,2000}|!--.*?--|![A-Z][^<>]*)>", re.DOTALL)
_HIDDEN = re.compile(r"<(script|style|head)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_ENTITY = re.compile(r"[{,\[]\s*&(?:quot|#34|#x22);")
_CELL = re.compile(r'""(?:type|id|object|error)""\s*:')
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
_SOFT_END = re.compile(r"=\r?$")
_CURLY = re.compile("[{,\\[]\\s*[\u201c\u201d\u201e\u00ab]|[\u201c\u201d\u00bb]\\s*:")
_CURLY_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"') | {"\u2028": "\n"})
_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@")
_PATCH_HEAD = re.compile(
    r"(?:diff --git |index [0-9a-f]|--- |\+\+\+ |(?:new|deleted) file |rename |similarity |(?:old|new) mode )"
)
CELL_LIMIT: Final = 100_000_000


def without_disguise(text: str, repairs: Repairs) -> str:
    """A text as it was before it was shown, sent or exported."""
    for step in _STEPS:
        text = step(text, repairs)
    return text


def _without_tags(text: str, repairs: Repairs) -> str:
    """The text of a page, or of lines in which quotes are written as entities."""
    is_shown = "<pre" in text or "<html" in text or "```" not in text
    is_page = is_shown and _PAGE.match(text) is not None and "</" in text
    if not is_page and ('"type"' in text or len(_ENTITY.findall(text)) < 4):
        return text
    repairs.add(r.HTML)
    return html.unescape(_TAG.sub("", _HIDDEN.sub("", text)) if is_page else text)


def _without_soft_ends(text: str, repairs: Repairs) -> str:
    """A text that a mail holds as quoted-printable."""
    lines = text.split("\n")
    soft = sum(_SOFT_END.search(line) is not None for line in lines)
    if soft < 2 or ("=3D" not in text and "quoted-printable" not in text.lower()):
        return text
    repairs.add(r.WRAPPED, soft)
    encoded = text.encode("utf-8", "surrogateescape")
    return quopri.decodestring(encoded).decode("utf-8", "surrogateescape")


def _without_cells(text: str, repairs: Repairs) -> str:
    """The cells of a table in CSV that hold events, texts of streams or bodies, each on its own lines."""
    if not _CELL.search(text):
        return text
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(CELL_LIMIT)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return text
    cells = [cell for row in rows for cell in row if "{" in cell or ":" in cell or not row]
    repairs.add(r.CELLS, len(cells))
    return "".join(f"{cell}\n" for cell in cells)


def _with_straight_quotes(text: str, repairs: Repairs) -> str:
    """A text in whose values a word processor put typographic quotation marks."""
    if len(_CURLY.findall(text)) < 4:
        return text
    repairs.add(r.QUOTES)
    return text.translate(_CURLY_QUOTES)


def _without_patch(text: str, repairs: Repairs) -> str:
    """The new side of a patch."""
    if not _HUNK.search(text):
        return text
    kept, is_inside, dropped = [], False, 0
    for line in text.split("\n"):
        if _HUNK.match(line.lstrip()):
            is_inside = True
        elif is_inside and not _PATCH_HEAD.match(line) and (not line or line[0] in "+ -"):
            dropped += line[:1] == "-"
            kept += [] if line[:1] == "-" else [line[1:]]
        else:
            is_inside = is_inside and bool(_PATCH_HEAD.match(line))
            kept += [] if _PATCH_HEAD.match(line) else [line]
    repairs.add(r.PATCH)
    repairs.add(r.OLD_SIDE, dropped)
    return "\n".join(kept)


def _decoded(text: str, repairs: Repairs) -> str:
    """A text that stands in Base64 as a whole."""
    if len(text) < 200 or not _BASE64.fullmatch(text):
        return text
    try:
        plain = decode_base64(text).decode()
    except ValueError:
        return text
    repairs.add(r.ENCODED)
    return plain


_STEPS: Final[tuple[Callable[[str, Repairs], str], ...]] = (
    with_line_ends, _decoded, without_numbers, _without_tags, _without_soft_ends, without_dump, _without_patch,
    _without_cells, _with_straight_quotes,
)  # fmt: skip
