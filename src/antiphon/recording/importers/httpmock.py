"""Recordings of httpmock for Rust: YAML documents with `when` and `then`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import parts, values
from antiphon.recording.importers.form import DocumentForm, Origin, Records


def is_document(value: Any) -> bool:
    """The value is a mock, or a list of them."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and {"when", "then"} <= first.keys()


def read(value: Any, origin: Origin) -> Records:
    """The exchanges of mocks."""
    entries = value if isinstance(value, list) else [value]
    return parts.exchanges_of(origin.name, "mock", entries, _exchange, origin.cut)


def _exchange(entry: Mapping[str, Any], id: str) -> Exchange:
    when, then = entry["when"], entry["then"]
    url = f"{when.get('scheme') or 'http'}://{when['host']}{when['path']}" if when.get("host") else when["path"]
    query = [(str(each["name"]), str(each.get("value", ""))) for each in when.get("query_param") or ()]
    sent = parts.request_to(
        when.get("method", "GET"), url, values.header_pairs(when.get("header")), _body(when)[0] or None
    )
    data, notes = _body(then)
    said = parts.RecordedReply(
        values.status(then.get("status", 200)), values.header_pairs(then.get("header")), data or b"", notes=notes
    )
    if query and not sent.query:
        sent = parts.with_query(sent, query)
    return parts.exchange(id, sent, said, notes={"untimed", "headers-partial", values.provider(url)})


def _body(side: Mapping[str, Any]) -> tuple[bytes | None, frozenset[str]]:
    if side.get("json_body") is not None:
        body = side["json_body"]
        return values.as_bytes(body), frozenset() if isinstance(body, str) else frozenset({"reserialised"})
    for key in ("body_base64", "body_b64"):
        if side.get(key) is not None:
            return values.decode_base64(side[key]), frozenset()
    return (None if side.get("body") is None else values.as_bytes(side["body"])), frozenset()


FORM = DocumentForm(
    "httpmock (Rust)",
    "the mocks that its recorder writes",
    "arrival times; headers of requests that were not recorded",
    is_document,
    read,
)
