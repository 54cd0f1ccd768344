"""Intents of the calls of a walk, from what the model knows of the objects that they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from antiphon.generated.model import ENDED, ObjectModel
from antiphon.generated.object_record import ObjectRecord
from antiphon.recording.intent import PROBE, Intent, must_refuse, optional

_OPEN_WHERE_DELETED = frozenset({"conversations.items.list"})
"""What a deleted conversation lists, no source says."""


def walk_intent(model: ObjectModel, operation: str, needs: Iterable[str], arguments: Mapping[str, Any]) -> Intent:
    """The intent of a call: legal where all that it names is there, to be refused where some of it was deleted.

    A probe where the model does not know, or where the answer depends on how far a response has come.
    """
    records = list(_named(model, arguments))
    if any(record is not None and record.deleted for record in records):
        return PROBE if operation in _OPEN_WHERE_DELETED else must_refuse("deleted")
    if operation == "cancel" or any(record is None for record in records):
        return PROBE
    runs = any(record is not None and record.status not in ENDED for record in records)
    if runs and operation in ("delete", "create", "websocket"):
        return PROBE
    return optional(*needs)


def _named(model: ObjectModel, arguments: Mapping[str, Any]) -> Iterator[ObjectRecord | None]:
    """The records of the objects that a call names; None for one that the model does not know."""
    body = arguments.get("body") or {}
    for id in (arguments.get("response_id"), body.get("previous_response_id")):
        if id is not None:
            yield model.responses.get(id)
    for id in (arguments.get("conversation_id"), body.get("conversation")):
        if id is not None:
            yield model.conversations.get(id)
