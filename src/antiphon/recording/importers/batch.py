"""Output and error files of the Batch API: the reply to one request on each line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.errors import RecordingError
from antiphon.recording.exchange import Exchange, Request
from antiphon.recording.importers import parts, values
from antiphon.recording.importers.form import LineForm
from antiphon.recording.source import shorten

_PATHS = {"chat.completion": "/v1/chat/completions", "response": "/v1/responses"}


def is_line(value: Mapping[str, Any]) -> bool:
    """The object is a line of such a file."""
    return "custom_id" in value and {"response", "error"} <= value.keys()


def decode(value: Any, where: str) -> Exchange:
    """The exchange of a line. Raises RecordingError naming `where` for anything else."""
    try:
        return _exchange(value, where)
    except parts.DAMAGE as error:
        raise RecordingError(f"{where}: not a line of a batch ({shorten(repr(error))}).") from None


def _exchange(value: Mapping[str, Any], where: str) -> Exchange:
    id = f"{where.split(',')[0]}#{value['custom_id']}"
    response = value["response"]
    notes = {"untimed", "headers-partial", "reserialised"}
    if response is None:
        return parts.exchange(id, None, parts.RecordedReply(None), notes=notes)
    body = response["body"]
    kind = body.get("object") if isinstance(body, dict) else None
    path = _PATHS.get(str(kind), "")
    request = Request("POST", path) if path else None
    headers = (("content-type", "application/json"), ("x-request-id", str(response.get("request_id") or "")))
    said = parts.RecordedReply(values.status(response["status_code"]), headers, values.json_bytes(body))
    return parts.exchange(id, request, said, notes=notes | ({"body-only"} if request is None else set()))


FORM = LineForm(
    "Batch output",
    "the status and the body of each reply; those that never got one are skipped",
    "requests, headers, arrival times; whether the body was formatted so",
    is_line,
    decode,
)
