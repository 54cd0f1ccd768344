"""VCR cassettes in YAML or JSON: of vcrpy and its plugins, langchain-tests, Ruby's VCR, R's vcr, go-vcr and PHP-VCR."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import parts, values
from antiphon.recording.importers.form import DocumentForm, Origin, Records

_ADDRESSES = ("uri", "url", "path")
_DURATION = re.compile(r"(?:([0-9.]+)m)?([0-9.]+)(ms|s)")


def interactions(value: Any) -> list[Any] | None:
    """The interactions of a cassette; None where the value is none."""
    if isinstance(value, dict):
        found = value.get("interactions", value.get("http_interactions"))
        requests, responses = value.get("requests"), value.get("responses")
        if found is None and isinstance(requests, list) and isinstance(responses, list):
            found = [{"request": sent, "response": said} for sent, said in zip(requests, responses, strict=False)]
        return found if isinstance(found, list) else None
    first = value[0] if isinstance(value, list) and value else None
    request = first.get("request") if isinstance(first, dict) and "response" in first else None
    return value if isinstance(request, dict) and any(key in request for key in _ADDRESSES) else None


def read(value: Any, origin: Origin) -> Records:
    """The exchanges of a cassette's interactions."""
    return parts.exchanges_of(origin.name, "interaction", interactions(value) or [], _exchange, origin.cut)


def _exchange(interaction: Mapping[str, Any], id: str) -> Exchange:
    request, response = interaction["request"], interaction["response"]
    url = request[next((key for key in _ADDRESSES if key in request), "url")]
    data, _ = _body(request)
    sent = parts.request_to(request["method"], url, values.header_pairs(request.get("headers")), data)
    body, notes = _body(response)
    said = parts.RecordedReply(
        _status(response), values.header_pairs(response.get("headers")), body, _elapsed(response), notes
    )
    extra = {"untimed", "headers-partial", values.provider(url)}
    return parts.exchange(id, sent, said, values.moment(interaction.get("recorded_at")), extra)


def _status(response: Mapping[str, Any]) -> int | None:
    status = response.get("status", response.get("status_code"))
    if isinstance(status, Mapping):
        status = status["code"]
    return values.status(response.get("code", status))


def _body(message: Mapping[str, Any]) -> tuple[bytes | None, frozenset[str]]:
    """The bytes of a message's body, None where it was not saved, and what is not verbatim in them."""
    if message.get("parsed_body") is not None:
        # The serialiser that parses bodies also replaces typographic characters.
        return values.json_bytes(message["parsed_body"]), frozenset({"reserialised", "text-normalised"})
    if not {"body", "content"} & message.keys():
        return None, frozenset()
    body = message.get("body", message.get("content"))
    if isinstance(body, Mapping):
        for key in ("base64_string", "base64"):
            if body.get(key) is not None:
                return values.decode_base64(body[key]), frozenset()
        if body.get("encoding") == "base64":
            return values.decode_base64(body.get("string") or ""), frozenset()
        if body and not {"string", "encoding"} & body.keys():
            return values.json_bytes(body), frozenset({"reserialised"})
        body = body.get("string")
    return (b"" if body is None else values.as_bytes(body)), frozenset()


def _elapsed(response: Mapping[str, Any]) -> float:
    match = _DURATION.fullmatch(str(response.get("duration", "")))
    if match is None:
        return 0.0
    minutes, number, unit = match.groups()
    return 60 * float(minutes or 0) + float(number) * (0.001 if unit == "ms" else 1)


FORM = DocumentForm(
    "VCR cassettes",
    "of vcrpy and its plugins, langchain-tests, Ruby's VCR, R's vcr, go-vcr and PHP-VCR, in YAML or JSON",
    "when parts arrived; headers that were filtered; where bodies were parsed, how they were formatted",
    lambda value: interactions(value) is not None,
    read,
)
