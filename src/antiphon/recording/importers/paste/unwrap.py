"""Steps that take off what surrounds a pasted text: colours, fences, quote marks, columns, prefixes, indentation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from antiphon.recording.importers.paste import repairs as r
from antiphon.recording.importers.paste.repairs import Repairs

_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\u200b\u2060\ufeff]")
_FENCE = re.compile(r"\s{0,12}(?:>\s?)*\s*(`{3,}|~{3,})\s*([\w+.-]*)[^`]*$")
_COLUMN = re.compile(r"(?:[\w.@/ -]{1,60}?\s*)?[|│┃>❯]\s?(?=\S|$)")
_MARKED = re.compile(r"\s*>\s?")
_FIELD = re.compile(
    r"(?<![\w\"'`\\{(=.-])(?:event:[ ]?[\w.]+\s*$|data:[ ]?(?:[{\[]|$)|data:[ ]?\[DONE\]|(?:id|retry):[ ]?[\w.:-]*\s*$)"
)
_VALUE = re.compile(r"\s*(?:\{[\s\"']|\[\s*[{\"'])")
"""A line that is a value: what stands in its texts is no prefix."""
_WISH = re.compile(r"^\W*(?:what (?:i|we) )?expect(?:ed|ation)?s?\b(?!.*\b(?:actual|but|got|instead)\b)", re.IGNORECASE)
"""A line above a block that shows no reply."""
_CRI = re.compile(r"\d{4}-\d\d-\d\dT\S+ (?:stdout|stderr) ([PF]) ?(.*)$", re.DOTALL)
_CURL = re.compile(r"[<>] |[*{}] ")
LEAST_INDENTED: Final = 4
"""Lines of which the first may lack the indentation of the others."""
_SHARE: Final = 0.8
"""The least share of lines that must have a column for it to be one."""


def plain(text: str, repairs: Repairs) -> str:
    """A text without the codes of a terminal, and with spaces in place of those that do not break."""
    without, count = _ESCAPE.subn("", text)
    repairs.add(r.ESCAPES, count)
    return without.replace("\u00a0", " ")


def blocks(text: str, repairs: Repairs) -> list[str]:
    """The code blocks of a text in Markdown; the whole text where it has none."""
    lines = text.split("\n")
    inside: list[list[str]] = []
    outside, fence, before, wanted = 0, "", "", 0
    for line in lines:
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
            inside.append([])
            wanted = len(inside) if _WISH.search(before) and not wanted else wanted
            before = ""
        elif mark and mark[1].startswith(fence) and not mark[2]:
            fence = ""
        elif fence:
            inside[-1].append(line)
        else:
            outside += bool(line.strip())
            before = line.strip() or before
    if not inside:
        return [text]
    if wanted and len(inside) > 1:
        repairs.add(r.EXPECTED_BLOCK)
        del inside[wanted - 1]
    repairs.add(r.BLOCK, len(inside))
    repairs.add(r.FENCE, outside)
    return ["\n".join([*lines, ""]) for lines in inside]


def without_quotes(lines: list[str], repairs: Repairs) -> list[str]:
    """Lines without the quote mark or the column that nearly all of them begin with."""
    for _ in range(3):
        begun = [line for line in lines if line.strip()]
        if len(begun) < 2 or _is_dialogue(begun):
            return lines
        marks = [_COLUMN.match(line) for line in begun]
        if sum(mark is not None for mark in marks) < _SHARE * len(begun):
            return lines
        lines = [line[mark.end() :] if (mark := _COLUMN.match(line)) else line for line in lines]
        repairs.add(r.QUOTE, len(begun))
    return lines


def _is_dialogue(lines: list[str]) -> bool:
    """Both directions are marked, as curl and tools for sockets do."""
    if not any(map(_CURL.match, lines)):
        return False
    first = {line.lstrip()[:1] for line in lines}
    return "<" in first or any(re.match(r"> [A-Z]+ \S+ HTTP/", line) or '"response.create"' in line for line in lines)


def without_stream_marks(lines: list[str], repairs: Repairs) -> list[str]:
    """The lines of a container's log as they were written, those put together that it had split."""
    begun = [line for line in lines if line.strip()]
    if not begun or not all(map(_CRI.match, begun)):
        return lines
    repairs.add(r.PREFIX, len(begun))
    written, part = [], ""
    for line in begun:
        match = _CRI.match(line)
        part += match[2].removesuffix("\r") if match else ""
        if match and match[1] == "F":
            written.append(part)
            part = ""
    return [*written, part]


def without_indentation(lines: list[str], repairs: Repairs) -> list[str]:
    """Lines without the white space that each of them begins with."""
    begun = [line for line in lines if line.strip()]
    if not begun:
        return lines
    width = min(map(_width, begun))
    if not width and len(begun) > LEAST_INDENTED and not _width(begun[0]) and any(map(_FIELD.search, begun)):
        width = min(map(_width, begun[1:]))  # who selects text begins within the first line
    if not width:
        return lines
    repairs.add(r.INDENT, len(begun))
    return [line[min(width, _width(line)) :] if line.strip() else line.strip(" \t") for line in lines]


def _width(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def without_prefixes(lines: list[str], repairs: Repairs) -> list[str]:
    """Lines without the prefixes that a log put before the fields of a stream."""
    shapes = Counter(_shape(prefix) for prefix in _prefixes(lines))
    if not shapes:
        return lines
    known = {shape.rstrip() for shape in shapes}
    cleaned = [_without(line, known) for line in lines]
    repairs.add(r.PREFIX, sum(one != other for one, other in zip(lines, cleaned, strict=True)))
    return cleaned


def _prefixes(lines: list[str]) -> Iterator[str]:
    for line in lines:
        match = None if _VALUE.match(line) else _FIELD.search(line)
        if match and match.start() and match.group()[:2] not in ("id", "re"):
            yield line[: match.start()]


def _without(line: str, known: set[str]) -> str:
    match = None if _VALUE.match(line) else _FIELD.search(line)
    if match and match.start() and _shape(line[: match.start()]).rstrip() in known:
        return line[match.start() :]
    if not match and line.strip() and _shape(line).rstrip() in known:
        return ""
    return line


def _shape(prefix: str) -> str:
    """A prefix with its numbers, times and levels made alike."""
    plain = re.sub(r"\b(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR)\b", "LEVEL", prefix)
    return re.sub(r"[0-9a-fA-F]*\d[0-9a-fA-F]*", "0", plain)
