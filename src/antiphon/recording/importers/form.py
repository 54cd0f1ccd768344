"""Forms of recordings: what each is, how it is recognised, and what is lost in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from antiphon.recording.records import Record
from antiphon.recording.source import Remark

Records = Iterator[Record | Remark]


@dataclass(frozen=True)
class Origin:
    """Where a document was read from: the name of the file, its folder, and why it ends early, where it does."""

    name: str
    folder: Path
    cut: str = ""


@dataclass(frozen=True)
class Form:
    """One form in which traffic is recorded or pasted."""

    name: str
    reads: str
    """What of it is read."""
    lost: str
    """What is lost in it, so that it is not judged."""


@dataclass(frozen=True)
class DocumentForm(Form):
    """A form that is one JSON or YAML value."""

    is_document: Callable[[Any], bool]
    read: Callable[[Any, Origin], Records]


@dataclass(frozen=True)
class LineForm(Form):
    """A form with an exchange on each line."""

    is_line: Callable[[Mapping[str, Any]], bool]
    decode: Callable[[Any, str], Record]
