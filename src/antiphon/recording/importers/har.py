"""HTTP Archive 1.2, as browsers and proxies export it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from antiphon.errors import RecordingError
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import parts, values
from antiphon.recording.records import Record
from antiphon.recording.source import Remark

_EMPTY = frozenset({204, 205, 304})


def is_document(value: Any) -> bool:
    """The value is a HAR document."""
    return isinstance(value, dict) and isinstance(value.get("log"), dict)


def read_har(value: Mapping[str, Any], name: str) -> Iterator[Record | Remark]:
    """The exchanges of a HAR document."""
    entries = value["log"].get("entries")
    if not isinstance(entries, list):
        raise RecordingError(f"{name}: a HAR file has a list `log.entries`, this one has none.")
    yield from parts.exchanges_of(name, "entry", entries, _exchange)


def _exchange(entry: Mapping[str, Any], id: str) -> Exchange:
    request, response = entry["request"], entry["response"]
    elapsed = values.seconds(entry.get("time"), 0.001)
    post = request.get("postData") or {}
    data = post.get("text")
    if data is None and post.get("params"):
        data = urlencode([(pair.get("name", ""), pair.get("value", "")) for pair in post["params"]])
    elif data is not None and post.get("encoding") == "base64":
        data = values.decode_base64(data)
    sent = parts.request_to(
        request["method"],
        request["url"],
        values.header_pairs(request.get("headers")),
        None if data is None else values.as_bytes(data),
    )
    status = values.status(response["status"])
    body, notes = _body(entry, response.get("content") or {}, status)
    said = parts.RecordedReply(status, values.header_pairs(response.get("headers")), body, elapsed, notes)
    return parts.exchange(
        id, sent, said, values.moment(entry.get("startedDateTime")), {values.provider(request["url"])}
    )


def _body(
    entry: Mapping[str, Any], content: Mapping[str, Any], status: int | None
) -> tuple[bytes | None, frozenset[str]]:
    text = content.get("text")
    if text:
        based = content.get("encoding") == "base64"
        return values.decode_base64(text) if based else values.as_bytes(text), frozenset({"untimed"})
    if messages := entry.get("_eventSourceMessages"):
        return b"".join(map(_frame, messages)), frozenset({"untimed", "framing-reconstructed"})
    if status in _EMPTY or content.get("size") == 0:
        return b"", frozenset({"untimed"})
    return None, frozenset({"untimed"})


def _frame(message: Mapping[str, Any]) -> bytes:
    """A frame from a message of an event stream, as browsers list them beside a body that they do not keep."""
    name = str(message.get("eventName") or "message")
    lines = [] if name == "message" else [f"event: {name}"]
    lines += [f"data: {line}" for line in str(message["data"]).split("\n")]
    return ("\n".join(lines) + "\n\n").encode("utf-8", "surrogatepass")
