"""JSON Lines of exchanges with `request`, `response`, `provider` and `notes`: one recorded exchange a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from antiphon.errors import RecordingError
from antiphon.recording.exchange import Exchange, Request
from antiphon.recording.importers import parts, values
from antiphon.recording.importers.form import LineForm
from antiphon.recording.source import shorten


def is_line(value: Mapping[str, Any]) -> bool:
    """The object is a line of this format."""
    return isinstance(value.get("response"), dict) and {"request", "provider"} <= value.keys()


def decode(value: Any, where: str) -> Exchange:
    """The exchange of a line. Raises RecordingError naming `where` for anything else."""
    if not isinstance(value, dict):
        raise RecordingError(f"{where}: an exchange is an object, not {type(value).__name__}.")
    try:
        return _exchange(value)
    except parts.DAMAGE as error:
        raise RecordingError(f"{where}: not an exchange ({shorten(repr(error))}).") from None


def _exchange(value: Mapping[str, Any]) -> Exchange:
    request, response = value["request"], value["response"]
    notes = {str(note) for note in value.get("notes") or ()} | {"untimed", "headers-partial"}
    if provider := value.get("provider"):
        notes.add(f"provider:{provider}")
    if "sse" in response:
        data = values.as_bytes(response["sse"])
    else:
        body = response["body"]
        data = b"" if body is None else values.json_bytes(body)
    said = parts.RecordedReply(
        values.status(response.get("status")), values.header_pairs(response.get("headers")), data
    )
    sent = None if request is None else _request(request)
    return parts.exchange(str(value["id"]), sent, said, values.moment(value.get("recorded")), notes)


def _request(value: Mapping[str, Any]) -> Request:
    query = value.get("query") or {}
    return Request(
        method=str(value["method"]).upper(),
        path=str(value["path"]),
        query=tuple(parse_qsl(query, keep_blank_values=True)) if isinstance(query, str) else values.header_pairs(query),
        headers=values.header_pairs(value.get("headers")),
        body=value.get("body"),
    )


FORM = LineForm(
    "JSON Lines of exchanges",
    "`request`, `response`, `provider` and `notes` of one exchange a line",
    "arrival times; headers that were not kept",
    is_line,
    decode,
)
