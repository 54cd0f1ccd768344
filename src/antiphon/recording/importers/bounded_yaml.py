"""YAML of cassettes, built from the parser's events so that depth, nodes and what aliases expand to are bounded."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from antiphon.errors import RecordingError
from antiphon.recording.importers.values import decode_base64
from antiphon.recording.source import shorten

NODES: Final = 3_000_000
DEPTH: Final = 200

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,18})")
_FLOAT = re.compile(r"[-+]?[0-9]{1,400}(?:\.[0-9]{0,400})?(?:[eE][-+]?[0-9]{1,4})?")
_WORDS: Final = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    word: value for name, value in (("true", True), ("false", False)) for word in (name, name.title(), name.upper())
}


def load_all(data: bytes, name: str) -> list[Any]:
    """The values of the documents. Raises RecordingError, with the line, where it is not YAML or is out of bounds.

    Dates stay text, as in JSON; a tag of an object is passed over.
    """
    builder = _Builder(name)
    documents: list[Any] = []
    try:
        for event in yaml.parse(data, Loader=_LOADER):
            if isinstance(event, yaml.DocumentEndEvent):
                documents.append(builder.root)
                builder.end_document()
                continue
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise RecordingError(
            f"{name}, line {line}: not YAML ({shorten(error.problem or error.context)}); was the file cut off?"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise RecordingError(f"{name}: not YAML ({shorten(error)}).") from None
    return documents


class _Open:
    """A collection whose end has not come."""

    __slots__ = ("anchor", "key", "nodes", "value")

    def __init__(self, value: dict[str, Any] | list[Any], anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.key: str | None = None
        self.nodes = 1


class _Builder:
    """Puts the events of a document together."""

    def __init__(self, name: str) -> None:
        self.root: Any = None
        self._name = name
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._nodes = 0

    def end_document(self) -> None:
        """Begin another document; the bound on values holds for all of them."""
        self.root, self._anchors = None, {}

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._add(_scalar(event), 1, event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            known = self._anchors.get(str(event.anchor))
            if known is None:
                raise self._refused(event, f"the alias *{shorten(event.anchor, 40)} stands for nothing complete")
            self._add(*known, None)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(self._open) >= DEPTH:
                raise self._refused(event, f"nested more than {DEPTH} deep")
            self._open.append(_Open({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            closed = self._open.pop()
            self._add(closed.value, closed.nodes, closed.anchor)
        if self._nodes > NODES:
            raise self._refused(event, f"more than {NODES} values, aliases counted as what they stand for")

    def _add(self, value: Any, nodes: int, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = (value, nodes)
        self._nodes += 1
        if not self._open:
            self.root = value
            return
        parent = self._open[-1]
        parent.nodes += nodes
        self._nodes = max(self._nodes, parent.nodes)
        if isinstance(parent.value, list):
            parent.value.append(value)
        elif parent.key is None:
            parent.key = value if isinstance(value, str) else str(value)[:200] if nodes == 1 else "?"
        else:
            parent.value[parent.key] = value
            parent.key = None

    def _refused(self, event: yaml.Event, why: str) -> RecordingError:
        line = event.start_mark.line + 1 if event.start_mark else "?"
        return RecordingError(f"{self._name}, line {line}: {why}; this is not a cassette.")


def _scalar(event: yaml.ScalarEvent) -> Any:
    value: str = event.value
    if event.tag in ("tag:yaml.org,2002:binary", "!binary"):
        try:
            return decode_base64(value)
        except ValueError:
            return value
    if event.tag is not None or not event.implicit[0] or event.style:
        return value
    if value in _WORDS:
        return _WORDS[value]
    if _INT.fullmatch(value):
        return int(value)
    return float(value) if _FLOAT.fullmatch(value) else value
