"""Stub mappings and the request journal of WireMock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import parts, values
from antiphon.recording.importers.attached_files import attached_file
from antiphon.recording.importers.form import DocumentForm, Origin, Records


def _entries(value: Any) -> list[Any] | None:
    if not isinstance(value, dict):
        return None
    if _is_entry(value):
        return [value]
    for key in ("mappings", "requests", "serveEvents"):
        entries = value.get(key)
        if isinstance(entries, list) and entries and _is_entry(entries[0]):
            return entries
    return None


def _is_entry(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("request"), dict):
        return False
    request, response = value["request"], value.get("response", value.get("responseDefinition"))
    addressed = any(key in request for key in ("url", "urlPath", "absoluteUrl", "urlPattern", "urlPathPattern"))
    return addressed and isinstance(response, dict) and "status" in response


def is_document(value: Any) -> bool:
    """The value is a mapping, a list of mappings, or a journal."""
    return _entries(value) is not None


def read(value: Any, origin: Origin) -> Records:
    """The exchanges of mappings or of a journal."""
    return parts.exchanges_of(origin.name, "mapping", _entries(value) or [], partial(_exchange, folder=origin.folder))


def _exchange(entry: Mapping[str, Any], id: str, folder: Path) -> Exchange:
    request = entry["request"]
    url = next(
        request[key] for key in ("absoluteUrl", "url", "urlPath", "urlPattern", "urlPathPattern") if key in request
    )
    sent = parts.request_to(
        request.get("method", "POST"), url, values.header_pairs(_plain(request.get("headers"))), _sent(request)
    )
    reply = entry.get("response", entry.get("responseDefinition"))
    data, notes = _body(reply, folder)
    said = parts.RecordedReply(
        values.status(reply["status"]), values.header_pairs(reply.get("headers")), data, notes=notes
    )
    moment = request.get("loggedDate")
    began = moment / 1000 if isinstance(moment, int | float) and not isinstance(moment, bool) else 0.0
    return parts.exchange(id, sent, said, began, {"untimed", "headers-partial", values.provider(url)})


def _plain(headers: Any) -> dict[str, Any]:
    """Headers of a journal; those of a mapping are patterns."""
    if not isinstance(headers, Mapping):
        return {}
    return {name: value.get("equalTo", "") if isinstance(value, Mapping) else value for name, value in headers.items()}


def _sent(request: Mapping[str, Any]) -> bytes | None:
    if request.get("bodyAsBase64"):
        return values.decode_base64(request["bodyAsBase64"])
    if request.get("body"):
        return values.as_bytes(request["body"])
    for pattern in request.get("bodyPatterns") or ():
        for key in ("equalToJson", "equalTo"):
            if key in pattern:
                return values.as_bytes(pattern[key])
        if "binaryEqualTo" in pattern:
            return values.decode_base64(pattern["binaryEqualTo"])
    return None


def _body(reply: Mapping[str, Any], folder: Path) -> tuple[bytes | None, frozenset[str]]:
    if "jsonBody" in reply:
        return json.dumps(reply["jsonBody"]).encode(), frozenset({"reserialised"})
    for key in ("base64Body", "bodyAsBase64"):
        if reply.get(key):
            return values.decode_base64(reply[key]), frozenset()
    if "body" in reply:
        return values.as_bytes(reply["body"]), frozenset()
    if "bodyFileName" in reply:
        return attached_file(folder, ("__files", "../__files", "."), reply["bodyFileName"]), frozenset()
    return b"", frozenset()


FORM = DocumentForm(
    "WireMock",
    "mappings, also with bodies in `__files`, and the request journal",
    "arrival times; of mappings, the headers of requests that they do not match on",
    is_document,
    read,
)
