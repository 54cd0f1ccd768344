"""Definitions of nock, as its recorder writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.recording.exchange import Exchange, Pairs
from antiphon.recording.importers import parts, values
from antiphon.recording.importers.form import DocumentForm, Origin, Records


def is_document(value: Any) -> bool:
    """The value is a list of definitions."""
    first = value[0] if isinstance(value, list) and value else None
    return isinstance(first, dict) and {"scope", "path", "response"} <= first.keys()


def read(value: Any, origin: Origin) -> Records:
    """The exchanges of definitions."""
    return parts.exchanges_of(origin.name, "definition", value, _exchange)


def _exchange(entry: Mapping[str, Any], id: str) -> Exchange:
    url = f"{entry['scope']}{entry['path']}"
    body = entry.get("body")
    data = None if body in (None, "") else values.as_bytes(body)
    sent = parts.request_to(entry.get("method", "GET"), url, values.header_pairs(entry.get("reqheaders")), data)
    content, notes = _body(entry)
    said = parts.RecordedReply(values.status(entry.get("status", 200)), _headers(entry), content, notes=notes)
    return parts.exchange(id, sent, said, notes={"untimed", "headers-partial", values.provider(url)})


def _headers(entry: Mapping[str, Any]) -> Pairs:
    raw = entry.get("rawHeaders", entry.get("headers"))
    if isinstance(raw, list) and all(isinstance(each, str) for each in raw):
        return tuple(zip(raw[::2], raw[1::2], strict=False))
    return values.header_pairs(raw)


def _body(entry: Mapping[str, Any]) -> tuple[bytes | None, frozenset[str]]:
    """The bytes of a reply: text, parsed JSON, or chunks in hexadecimal where it is binary or compressed."""
    response = entry["response"]
    encoded = values.header(_headers(entry), "content-encoding") or entry.get("responseIsBinary")
    if isinstance(response, list) and response and encoded and all(isinstance(each, str) for each in response):
        return b"".join(bytes.fromhex(each) for each in response), frozenset()
    if isinstance(response, str) and entry.get("responseIsBinary"):
        return bytes.fromhex(response), frozenset()
    if isinstance(response, str):
        return values.as_bytes(response), frozenset()
    return values.json_bytes(response), frozenset({"reserialised"})


FORM = DocumentForm(
    "nock",
    "what `nock.recorder` writes, chunks in hexadecimal too",
    "arrival times; how JSON was formatted",
    is_document,
    read,
)
