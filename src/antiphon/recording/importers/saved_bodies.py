"""Bodies as JSON Lines: one reply on each line, without its request."""

from __future__ import annotations

from typing import Any

from antiphon.errors import RecordingError
from antiphon.recording.exchange import REFUSAL, Chunk, Exchange, Response
from antiphon.recording.importers.bodies import is_body, is_refusal
from antiphon.recording.importers.form import LineForm
from antiphon.recording.importers.raw import NOTES
from antiphon.recording.importers.values import json_bytes


def decode(value: Any, where: str) -> Exchange:
    """The exchange of a body. Raises RecordingError naming `where` for what is none."""
    if not is_body(value):
        raise RecordingError(f"{where}: not the body of a reply of this API.")
    name, _, line = where.partition(", line ")
    notes = NOTES | {"reserialised"} | ({REFUSAL} if is_refusal(value) else set())
    return Exchange(f"{name}#{line}", None, Response(None, (), (Chunk(0.0, json_bytes(value)),)), notes=notes)


FORM = LineForm(
    "bodies as JSON Lines",
    "each body, by its `object`",
    "requests, status, headers, arrival times, how the body was formatted",
    is_body,
    decode,
)
