"""Digests of responses, small enough to store for every response of a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from sys import intern
from typing import Any, NamedTuple

from antiphon.judge.checks.response.fields import STATUSES
from antiphon.judge.subjects.responses import WHOLE, ResponseObject
from antiphon.judge.values import is_text
from antiphon.recording.fast_json import sorted_json

FORGOTTEN = frozenset({"encrypted_content", "fingerprint", "obfuscation"})
"""Fields that change with every reply."""
_FORGOTTEN = tuple(f'"{name}"'.encode() for name in sorted(FORGOTTEN))
COMPARED_FIELDS = ("usage", "metadata", "created_at", "background")
"""Fields that are compared whole; the output is compared item by item."""
SIZE = 8
"""Bytes of a digest. A run may hold a hundred thousand responses, so little is kept of each."""
MOST_ITEMS = 32
"""Items of an output that are told apart; those after them count as one."""


class View(NamedTuple):
    """A digest of a response as one exchange showed it."""

    at: float
    requested: float
    exchange: str
    operation: str
    status: str
    digests: bytes
    """The digests of each compared field of a finished response, then of each item of its output, joined; empty for
    others. One object, as several of each response would be most of what a run keeps."""


def without_volatile_fields(value: Any) -> Any:
    """A value without the fields that change with every reply."""
    if isinstance(value, dict):
        return {key: without_volatile_fields(each) for key, each in value.items() if key not in FORGOTTEN}
    return [without_volatile_fields(each) for each in value] if isinstance(value, list) else value


def digest(value: Any) -> bytes:
    """A short digest of a JSON value; 1 and 1.0 have the same."""
    return blake2b(_canonical(value), digest_size=SIZE).digest()


def _canonical(value: Any) -> bytes:
    """The same text for values that differ only in excluded fields, and for no others."""
    text = sorted_json(value)
    if text is not None and not any(name in text for name in _FORGOTTEN):
        return text
    try:
        pruned_value = without_volatile_fields(value)
        text = sorted_json(pruned_value)
        return json.dumps(pruned_value, sort_keys=True, default=str).encode() if text is None else text
    except RecursionError:
        return b""


def _digests(body: Mapping[str, Any]) -> bytes:
    """The digests of what is compared, joined."""
    parts, output = [body.get(name) for name in COMPARED_FIELDS], body.get("output")
    if isinstance(output, list):
        parts += output[:MOST_ITEMS] + ([output[MOST_ITEMS:]] if len(output) > MOST_ITEMS else [])
    else:
        parts.append(output)
    return b"".join(map(digest, parts))


def split_digests(digests: bytes) -> tuple[list[bytes], list[bytes]]:
    """What `View.digests` joins: the digests of the compared fields, and those of the items of the output."""
    parts = [digests[at : at + SIZE] for at in range(0, len(digests), SIZE)]
    return parts[: len(COMPARED_FIELDS)], parts[len(COMPARED_FIELDS) :]


def view_of(response: ResponseObject) -> View:
    """The digest of a response object, cached for all relations. The events of a stream all count as its end."""
    if "view" not in response.memo:
        response.memo["view"] = _view(response)
    made: View = response.memo["view"]
    return made


def _view(response: ResponseObject) -> View:
    exchange, body = response.exchange, response.body
    shown = _digests(body) if response.is_terminal and not response.is_emptied else b""
    status = intern(response.status)
    return View(
        exchange.started_at + exchange.elapsed, exchange.started_at, exchange.id, response.operation, status, shown
    )


def comparable(response: ResponseObject) -> bool:
    """A whole view of a response: a body, or the end of a stream. Recordings with replaced ids are no views."""
    whole = response.event in WHOLE and is_text(response.body.get("id"))
    return whole and response.status in STATUSES and "ids-replaced" not in response.exchange.notes
