"""Contents of a JSON value: the events, replies and messages of this API in it, however they are wrapped."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Final, NamedTuple

from antiphon.recording.importers.bodies import is_body, is_event
from antiphon.recording.importers.values import decode_base64, json_bytes

DEPTH: Final = 16
_SIDES: Final = ("log", "message", "msg", "line", "text", "chunk", "raw", "textPayload", "@message", "payload", "data")
"""Keys under which a log has the text of a line."""
_FIELD = re.compile(r"\s*(?:(?:event|data|id|retry):|:)")
_EMBEDDED = re.compile(
    r"""(?:^|\n)[ >\t]*(?:(?:event|data): ?\S|```)|[{(]\s*\\?["']?type\\?["']?\s*[:=]\s*\\?["'](?:response\.|error)"""
    r"""|\btype=['"<][\w.: ']*response\."""
    r"""|["']object["']: ?["'](?:response|chat\.completion)"""
)
"""What a text has in which a stream, an event or a body stands below other words."""
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
LEAST_ENCODED: Final = 24
LEAST_NUMBERS: Final = 16
_NOT_UTF8 = re.compile(r"(?<!\\ud[89ab][0-9a-f]{2})\\udc[89a-f][0-9a-f]")
"""A byte as it stands for itself in text that was not UTF-8."""
_SENT = frozenset({"send", "sent", "out", "outgoing", "outbound", "client", "request", "tx", "upstream"})
_RECEIVED = frozenset({"receive", "received", "in", "incoming", "inbound", "server", "response", "rx", "downstream"})
_DIRECTIONS: Final = ("direction", "dir", "type", "from", "side", "kind")


class Kind(Enum):
    """What a content is."""

    EVENT = "event"
    BODY = "body"
    SENT = "sent"
    """A message of the client over a socket."""
    TEXT = "text"
    """A piece of an event stream's text."""


class Content(NamedTuple):
    """One event, body, message or piece of text."""

    kind: Kind
    text: str
    event: str | None = None
    """The event line of an event, where the wrapper has it."""
    received: bool = False
    """The wrapper says that it came over a socket."""
    key: str | None = None
    """Under which a piece of text stood."""


def contents(value: Any, text: str | None = None, depth: int = 0, open_key: str | None = None) -> Iterator[Content]:
    """What a value holds; `text` is how it is written, and `open_key` where a text ended within a line before."""
    if isinstance(value, list):
        if len(value) == 3 and value[1] in ("o", "i") and isinstance(value[2], str):  # a row of a recorded terminal
            value = value[2:] if value[1] == "o" else []
        for item in value if depth < DEPTH else ():
            if isinstance(item, str | bytes):
                yield from _in_text(_Place("", open_key), item, depth)
            else:
                yield from contents(item, None, depth + 1, open_key)
        return
    if not isinstance(value, dict):
        return
    written = text if text is not None and "\n" not in text and "\r" not in text else _as_json(value)
    if value.get("type") == "response.create":
        yield Content(Kind.SENT, written)
    elif is_event(value):
        yield Content(Kind.EVENT, written)
    elif isinstance(value.get("event"), str) and "data" in value and not is_body(value):
        yield from _framed(value)
    elif is_body(value):
        yield Content(Kind.BODY, text if text is not None else written)
    elif depth < DEPTH:
        yield from _inside(value, depth, open_key)


def holds_text(value: Any, text: str) -> bool:
    """A text stands in a value as a text: what the value lacks besides is nothing to it."""
    if isinstance(value, Mapping | list):
        return any(holds_text(each, text) for each in (value.values() if isinstance(value, Mapping) else value))
    return isinstance(value, str) and text in value


def _as_json(value: Any) -> str:
    """A value as JSON; what was not UTF-8 in the paste is U+FFFD."""
    return _NOT_UTF8.sub("\ufffd", json_bytes(value).decode())


def _framed(value: Mapping[str, Any]) -> Iterator[Content]:
    """An event as libraries hand it on: its name, and its data as an object or as text."""
    data = value["data"]
    if isinstance(data, dict | list):
        yield Content(Kind.EVENT, _as_json(data), value["event"])
    elif isinstance(data, str):
        yield Content(Kind.EVENT, _line_of(data), value["event"] or None)


def _line_of(data: str) -> str:
    if "\n" not in data:
        return data
    try:
        return json.dumps(json.loads(data), ensure_ascii=False)
    except (ValueError, RecursionError):
        return data.replace("\n", " ")


def _inside(value: Mapping[str, Any], depth: int, open_key: str | None) -> Iterator[Content]:
    sent, received = _direction(value)
    for key, inner in value.items():
        if written := _as_text(inner):
            yield from _in_text(_Place(str(key), open_key, received, sent), written, depth)
        elif isinstance(inner, dict | list):
            for content in contents(inner, None, depth + 1, open_key):
                yield content._replace(received=content.received or received)
        elif isinstance(inner, str | bytes):
            yield from _in_text(_Place(str(key), open_key, received, sent), inner, depth)


def _as_text(value: Any) -> str:
    """The text that a list of the numbers of bytes stands for, as journald exports what is not ASCII."""
    if not isinstance(value, list) or len(value) < LEAST_NUMBERS or not all(map(_is_byte, value)):
        return ""
    return bytes(value).decode("utf-8", "surrogateescape")


def _is_byte(value: Any) -> bool:
    return type(value) is int and 0 <= value < 256


class _Place(NamedTuple):
    """Where a text stands, and in which direction it went."""

    key: str
    open_key: str | None
    received: bool = False
    sent: bool = False


def _in_text(place: _Place, inner: str | bytes, depth: int) -> Iterator[Content]:
    text = inner.decode("utf-8", "replace") if isinstance(inner, bytes) else inner
    start = text.lstrip()
    if place.key != place.open_key and start[:1] in ("{", "["):
        try:
            value = json.loads(start)
        except (ValueError, RecursionError):
            value = None
        for content in contents(value, start.rstrip(), depth + 1):
            kind = Kind.SENT if place.sent and content.kind is Kind.EVENT else content.kind
            yield content._replace(kind=kind, received=content.received or place.received)
        if value is not None:
            return
    if decoded := _decoded(text):
        yield from _in_text(place, decoded, depth)
    elif (
        place.key == place.open_key
        or _FIELD.match(text)
        or _EMBEDDED.search(text)
        or (place.key in _SIDES and not start and place.key == "log")
    ):
        yield Content(Kind.TEXT, text, key=place.key)


def _decoded(text: str) -> str:
    """The text that stands in Base64; empty where there is none."""
    if len(text) < LEAST_ENCODED or not _BASE64.fullmatch(text):
        return ""
    try:
        return decode_base64(text).decode()
    except ValueError:
        return ""


def _direction(value: Mapping[str, Any]) -> tuple[bool, bool]:
    words = {str(value.get(key, "")).lower() for key in _DIRECTIONS}
    return bool(words & _SENT), bool(words & _RECEIVED)
