"""Gaps of a pasted stream: what was left out of its middle, cut off at its end or at the width of a screen."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from antiphon.recording.importers.paste.frame_texts import FrameText, event_type

_DOTS: Final = ("...", "…", "[...]", "[…]")
LONGEST: Final = 160
"""Characters of a line that says that something is left out."""
_THINGS: Final = r"(?:deltas?|events?|chunks?|lines?|frames?|tokens?|items?|messages?)"
_VERBS: Final = r"(?:omitted|elided|skipped|snipped|truncated|removed|trimmed|left out|cut out|and so on|shortened)"
_COUNTS: Final = r"(?:\d+|many|more|several|lots of|a few|some|other|similar|repeated)"
_LEFT_OUT = re.compile(
    r"\W*(?:\.{3,}|…)\W*$|\W*\[?(?:snip(?:ped)?|cut|truncated|omitted|elided|etc\.?|redacted)\]?\W*$|"
    rf'[^\w{{}}"]{{0,6}}(?:\.{{3}}|…)?[^{{}}"]{{0,60}}\b{_VERBS}\b[^{{}}"]{{0,60}}$|'
    rf'\W{{0,6}}(?:\.{{3}}|…)?\s*\(?{_COUNTS}\b[^{{}}":]{{0,40}}\b{_THINGS}\b[^{{}}":]{{0,40}}$',
    re.IGNORECASE,
)
_STOPPED = re.compile(
    r"\^C|curl: \((?:28|23)\)|\|\s*head\b|\btimeout \d|\s(?:-m|--max-time)[ =]\d|KeyboardInterrupt|\bless\b.*END"
)
_FILTERED = re.compile(
    r"\|\s*(?:tail|cut|awk|uniq|sort|shuf|sed -n)\b|\|\s*(?:e?grep|rg)\s+(?!.*(?:\bdata\b|\bevent\b))"
)
_TOO_DEEP = re.compile(r"@\{\w+=.*\}|System\.(?:Object\[\]|Collections\.[\w.`\[\]]+)", re.DOTALL)
_TEXTS: Final = frozenset({"text", "delta", "arguments", "input", "instructions", "refusal", "code", "obfuscation"})
"""Fields in which a model may write what it likes."""
_BEGUN = re.compile(
    r"(?:\n|\\n)[ \t>|]*(?:e(?:v(?:e(?:n(?:t(?::[ ]?[\w.]*)?)?)?)?)?|d(?:a(?:t(?:a(?::[ ]?)?)?)?)?)(?![\s\S])"
)
LEAST_CUT: Final = 2
"""Lines of one length that are cut off: one may be the server's."""


def without_begun_field(text: str) -> str:
    """A text with dots in place of the beginning of a field at its end, where a selection stopped."""
    return _BEGUN.sub("\n...\n", text)


def ends_in_begun_field(text: str) -> bool:
    """A text ends within the name of a field, or behind it."""
    return _BEGUN.search(text) is not None


def is_left_out(line: str) -> bool:
    """The line says that something was left out there, and nothing else."""
    return len(line) <= LONGEST and _LEFT_OUT.match(line.strip()) is not None


def is_stopped(line: str) -> bool:
    """A line of a shell after which the end of a stream may be missing, or that ends it from outside."""
    return _STOPPED.search(line) is not None


def is_filtered(line: str) -> bool:
    """A line of a shell that lets only some lines of a stream through."""
    return _FILTERED.search(line) is not None


def has_elided_member(value: Any, depth: int = 0) -> bool:
    """Somewhere in a value stands a mark in place of members."""
    if depth > 12:
        return False
    if isinstance(value, Mapping):
        return any(key in _DOTS or _is_too_deep(key, each) for key, each in value.items()) or any(
            has_elided_member(each, depth + 1) for each in value.values()
        )
    if isinstance(value, list):
        is_of_texts = len(value) > 1 and all(isinstance(each, str) and not _is_too_deep("", each) for each in value)
        return not is_of_texts and any(
            each in _DOTS or _is_too_deep("", each) if isinstance(each, str) else has_elided_member(each, depth + 1)
            for each in value
        )
    return False


def _is_too_deep(name: str, value: Any) -> bool:
    """A text that PowerShell prints in place of what is nested deeper than it was told to go."""
    return isinstance(value, str) and name not in _TEXTS and _TOO_DEEP.fullmatch(value) is not None


def cut_values(lines: Iterable[str]) -> frozenset[str]:
    """The data of a stream that all end at one width in the middle of their JSON."""
    broken = [line.rstrip("\r") for line in lines if line.startswith("data:")]
    broken = [line for line in broken if line[5:].lstrip()[:1] in ("{", "[") and not line.endswith(("}", "]"))]
    broken = [line for line in broken if ends_early(line[5:].strip())]
    for length, count in Counter(map(len, broken)).items():
        if count >= LEAST_CUT and 2 * count >= len(broken):
            return frozenset(line[5:].removeprefix(" ") for line in broken if len(line) == length)
    return frozenset()


def ends_early(value: str) -> bool:
    """A text is JSON up to its end, but for what would have to follow."""
    try:
        json.loads(value)
    except json.JSONDecodeError as error:
        return error.pos >= len(value.rstrip()) - 7 or error.msg.startswith("Unterminated string")
    except (ValueError, RecursionError):
        return False
    return False


def shortens_json(text: str) -> bool:
    """A text is JSON but for dots in place of a part."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return "..." in text or "…" in text
    return False


def has_elided_text(frames: Sequence[FrameText]) -> bool:
    """The whole text of a part ends in dots where its pieces, which begin so too, go on."""
    texts: dict[tuple[Any, Any], str] = {}
    for frame in frames:
        kind = event_type(frame)
        if not kind.endswith((".delta", ".done")):
            continue
        value = frame.json
        part = (value.get("item_id"), value.get("content_index", value.get("summary_index")))
        if kind.endswith(".delta") and isinstance(value.get("delta"), str):
            texts[part] = texts.get(part, "") + value["delta"]
        for whole in (value.get("text"), value.get("arguments"), value.get("refusal")):
            if isinstance(whole, str) and _is_beginning(whole, texts.get(part, "")):
                return True
    return False


def _is_beginning(whole: str, joined: str) -> bool:
    shown = whole.rstrip().removesuffix("…").removesuffix("...").rstrip()
    return whole.rstrip().endswith(("...", "…")) and len(joined) > len(shown) and joined.startswith(shown)
