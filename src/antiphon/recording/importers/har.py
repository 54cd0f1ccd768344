"""HTTP Archive 1.2, as browsers, proxies, Playwright and Polly.JS write it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from antiphon.errors import RecordingError
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import parts, values
from antiphon.recording.importers.attached_files import attached_file
from antiphon.recording.importers.form import DocumentForm, Origin, Records
from antiphon.recording.importers.socket_turns import SocketMessage, turns

_HEX = re.compile(r"(?:[0-9a-f]{2})*")
_EMPTY = frozenset({204, 205, 304})


def is_document(value: Any) -> bool:
    """The value is a HAR document, or entries of one."""
    return (isinstance(value, dict) and isinstance(value.get("log"), dict)) or bool(_bare_entries(value))


def _bare_entries(value: Any) -> list[Any]:
    """Entries that stand alone: one, several, or those of the trace of Playwright, one on each line."""
    listed = value if isinstance(value, list) else [value]
    found = [each["snapshot"] if isinstance(each, dict) and "snapshot" in each else each for each in listed]
    return [each for each in found if _is_entry(each)]


def _is_entry(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("request"), dict):
        return False
    response = value.get("response")
    return isinstance(response, dict) and isinstance(response.get("content"), dict) and "url" in value["request"]


def read(value: Any, origin: Origin) -> Records:
    """The exchanges of a HAR document."""
    entries = _bare_entries(value) or value["log"].get("entries")
    if not isinstance(entries, list):
        raise RecordingError(f"{origin.name}: a HAR file has a list `log.entries`, this one has none.")
    return parts.exchanges_of(origin.name, "entry", entries, partial(_exchanges, folder=origin.folder))


def _exchanges(entry: Mapping[str, Any], id: str, folder: Path) -> parts.Built:
    if entry.get("_webSocketMessages"):
        path, _ = values.path_and_query(str(entry["request"]["url"]))
        messages = [_message(each) for each in entry["_webSocketMessages"]]
        return turns(id, path, messages, {values.provider(entry["request"]["url"])})
    return _exchange(entry, id, folder)


def _message(row: Mapping[str, Any]) -> SocketMessage:
    """A message as browsers list them: those that are not text in Base64."""
    data = row["data"]
    content = values.decode_base64(data) if row.get("opcode") == 2 else values.as_bytes(data)
    return SocketMessage(row["type"] == "send", content, values.seconds(row.get("time")))


def _exchange(entry: Mapping[str, Any], id: str, folder: Path) -> Exchange:
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
    body, notes = _body(entry, response.get("content") or {}, status, folder)
    said = parts.RecordedReply(status, values.header_pairs(response.get("headers")), body, elapsed, notes)
    return parts.exchange(
        id, sent, said, values.moment(entry.get("startedDateTime")), {values.provider(request["url"])}
    )


def _body(
    entry: Mapping[str, Any], content: Mapping[str, Any], status: int | None, folder: Path
) -> tuple[bytes | None, frozenset[str]]:
    text = content.get("text")
    if text:
        return _text(content, text), frozenset({"untimed"})
    if messages := entry.get("_eventSourceMessages"):
        return b"".join(map(_frame, messages)), frozenset({"untimed", "framing-reconstructed"})
    if "_file" in content:
        return attached_file(folder, (".",), content["_file"]), frozenset({"untimed"})
    if status in _EMPTY or content.get("size") == 0:
        return b"", frozenset({"untimed"})
    return None, frozenset({"untimed"})


def _text(content: Mapping[str, Any], text: Any) -> bytes:
    """A body as text or in Base64; Polly.JS has the chunks of what is compressed as a list in JSON."""
    is_binary = bool(content.get("_isBinary"))
    if not is_binary and content.get("encoding") != "base64":
        return values.as_bytes(text)
    if not str(text).startswith("["):
        return values.decode_base64(text)
    chunks = json.loads(text)
    return b"".join(bytes.fromhex(each) if _is_hex(each, content) else values.decode_base64(each) for each in chunks)


def _is_hex(chunk: str, content: Mapping[str, Any]) -> bool:
    """Older versions write the chunks in hexadecimal, and name no encoding."""
    return content.get("encoding") != "base64" and bool(_HEX.fullmatch(chunk))


def _frame(message: Mapping[str, Any]) -> bytes:
    """A frame from a message of an event stream, as browsers list them beside a body that they do not keep."""
    name = str(message.get("eventName") or "message")
    lines = [] if name == "message" else [f"event: {name}"]
    lines += [f"data: {line}" for line in str(message["data"]).split("\n")]
    return ("\n".join(lines) + "\n\n").encode("utf-8", "surrogatepass")


FORM = DocumentForm(
    "HAR",
    "of browsers and proxies, of Playwright with its attached files, of Polly.JS; also the messages of WebSockets",
    "when the parts of a body arrived; the frames of streams of which a browser lists the messages alone",
    is_document,
    read,
)
