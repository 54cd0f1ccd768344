"""Transcripts on disk: JSON Lines, one record a line, made to be concatenated.

A record is a header (`{"antiphon": …}`), an exchange (`{"exchange": …}`) or the end of a scenario (`{"scenario": …,
"outcome": …}`). Bytes that are UTF-8 are written as text, others as `{"b64": …}`.

The times of an exchange are seconds: `started_at` since 1970, when the request went out; `elapsed`, and that of each
chunk, since then. `lag` is there where the event loop of the exercise was late meanwhile: by how much at most.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from antiphon.errors import RecordingError
from antiphon.recording.exchange import Chunk, Exchange, Failure, Pairs, Request, Response
from antiphon.recording.fast_json import read_json
from antiphon.recording.intent import parse_intent
from antiphon.recording.source import shorten

UNSENT = "Not sent: "
"""Beginning of the reason for a call, or a whole scenario, that was not sent because of a bound."""
EARLY = f"{UNSENT}the run ended early: "
"""Beginning of the reason for a scenario that was not played to its end, because the run ended before."""

WITH_MORE_TIME = "with a --max-time above "
"""Beginning of the reason for a scenario that was left out in time, after all that a standard run plays."""


@dataclass(frozen=True)
class ScenarioEnd:
    """End of a scenario: `finished`, `broken` (could not continue), `declined` (a capability is absent), `skipped`."""

    scenario: str
    outcome: str
    reason: str = ""
    capability: str = ""
    exchange: str = ""
    case: str = ""


@dataclass(frozen=True)
class Header:
    """Facts of a run: version, edition, target (without secrets), start."""

    data: Mapping[str, Any] = field(default_factory=dict)


Record = Exchange | ScenarioEnd | Header


def dump(record: Record) -> str:
    """A record as one line without its end, free of lone surrogates. Raises ValueError for what JSON cannot hold."""
    try:
        value = _encode(record)
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if not line.isascii():
            line.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return line


def _encode(record: Record) -> dict[str, Any]:
    match record:
        case Header(data):
            return dict(data)
        case ScenarioEnd():
            return {key: value for key, value in vars(record).items() if value}
        case Exchange():
            return _encode_exchange(record)


def _encode_exchange(exchange: Exchange) -> dict[str, Any]:
    request, response, failure = exchange.request, exchange.response, exchange.failure
    record: dict[str, Any] = {"exchange": exchange.id}
    if exchange.scenario:
        record["of"] = exchange.scenario
    record |= {"started_at": stored_time(exchange.started_at), "elapsed": stored_time(exchange.elapsed)}
    if exchange.lag:
        record["lag"] = stored_time(exchange.lag)
    if request:
        record["request"] = {"method": request.method, "path": request.path}
        for key, pairs in (("query", request.query), ("headers", request.headers)):
            if pairs:
                record["request"][key] = [list(pair) for pair in pairs]
        if request.body is not None:
            record["request"]["body"] = request.body
        if request.content is not None:
            record["request"]["content"] = _text(request.content)
    if response:
        record["response"] = {
            "status": response.status,
            "headers": [list(pair) for pair in response.headers],
            "chunks": [[stored_time(chunk.at), _text(chunk.data)] for chunk in response.chunks],
            "complete": response.complete,
        }
    if failure:
        record["failure"] = {"kind": failure.kind, "message": failure.message}
    if exchange.notes:
        record["notes"] = sorted(exchange.notes)
    if exchange.intent:
        record["intent"] = str(exchange.intent)
    return record


def stored_time(seconds: float) -> float:
    """A time, or a duration, as a transcript has it: to the microsecond."""
    return round(seconds, 6)


def _text(data: bytes) -> Any:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(data).decode("ascii")}


def parse(line: str, where: str) -> Record:
    """The record of a line. Raises RecordingError naming `where` for anything else."""
    try:
        value = read_json(line, json.loads)
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"{where}: not a line of JSON ({shorten(error)}); was the file cut off?") from None
    return decode(value, where)


def decode(value: Any, where: str) -> Record:
    """The record that a JSON value stands for. Raises RecordingError naming `where` for anything else."""
    if not isinstance(value, dict):
        raise RecordingError(f"{where}: a record is an object, not {type(value).__name__}.")
    try:
        if "outcome" in value:
            return ScenarioEnd(**{key: str(value.get(key, "")) for key in ScenarioEnd.__dataclass_fields__})
        if "exchange" in value:
            return _decode_exchange(value)
        if "antiphon" in value:
            return Header(value)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        why = shorten(f"{type(error).__name__}: {error}")
        raise RecordingError(f"{where}: not a record of a transcript ({why}).") from None
    keys = shorten(", ".join(sorted(value)[:6])) or "none"
    raise RecordingError(f"{where}: not a record of a transcript (keys {keys}).")


def _decode_exchange(value: Mapping[str, Any]) -> Exchange:
    request, response, failure = value.get("request"), value.get("response"), value.get("failure")
    return Exchange(
        id=str(value["exchange"]),
        scenario=None if value.get("of") is None else str(value["of"]),
        request=None if request is None else _decode_request(request),
        response=None if response is None else _decode_response(response),
        started_at=_seconds(value.get("started_at", 0)),
        elapsed=_seconds(value.get("elapsed", 0)),
        failure=None if failure is None else Failure(str(failure["kind"]), str(failure["message"])),
        notes=frozenset(map(str, value.get("notes", ()))),
        intent=parse_intent(str(value.get("intent", ""))),
        lag=_seconds(value.get("lag", 0)),
    )


def _decode_request(value: Mapping[str, Any]) -> Request:
    return Request(
        method=str(value["method"]),
        path=str(value["path"]),
        query=_pairs(value.get("query", ())),
        headers=_pairs(value.get("headers", ())),
        body=value.get("body"),
        content=_bytes(value["content"]) if "content" in value else None,
    )


def _decode_response(value: Mapping[str, Any]) -> Response:
    status = value["status"]
    return Response(
        status=None if status is None else int(status),
        headers=_pairs(value.get("headers", ())),
        chunks=tuple(Chunk(_seconds(at), _bytes(data)) for at, data in value.get("chunks", ())),
        complete=bool(value.get("complete", True)),
    )


def _seconds(value: Any) -> float:
    seconds = float(value)
    if not math.isfinite(seconds):
        raise ValueError(f"{seconds} is no time")
    return seconds


def _pairs(value: Iterable[Any]) -> Pairs:
    return tuple((str(name), str(each)) for name, each in value)


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return base64.b64decode(value["b64"], validate=True)
