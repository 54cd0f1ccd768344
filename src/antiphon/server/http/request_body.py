"""Body of a request: its bytes and its JSON, bounded."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from starlette.requests import Request

from antiphon.server.errors import ApiError, shorten
from antiphon.server.http.content_coding import decode_body

PLAIN_BODY = "antiphon.plain"
"""Key of a scope: the body of a request that has come already, is declared as JSON, and asks for no fault."""
READ_BODY = "antiphon.body"
"""Key of a scope: the body of a request, once it has been read."""
NESTED = (dict, list)
LARGEST_BODY = 32 * 1024 * 1024
DEEPEST = 128


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_decode = msgspec.json.Decoder().decode
DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


async def read_body(request: Request, *, optional: bool = False) -> dict[str, Any]:
    """The JSON object that a request carries; an empty one where it may be left out and is."""
    body = await read_json(request, optional=optional)
    for fault in request.scope["antiphon.service"].faults:
        if fault.request:
            body = fault.request(request.url.path.removeprefix("/v1"), body)
    return body


async def read_json(request: Request, *, optional: bool = False) -> dict[str, Any]:
    """The JSON object of a request as it was sent."""
    if PLAIN_BODY not in request.scope:
        _check_kind(request.headers.get("content-type", "application/json"))
    data = await read_bytes(request)
    return {} if optional and not data else parse(data)


def _check_kind(content_type: str) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        message = f"Unsupported content type {shorten(kind)}. Send 'application/json'."
        raise ApiError(message, status=415, code="unsupported_content_type")


async def read_bytes(request: Request) -> bytes:
    """The bytes of the body, up to the largest that is taken."""
    whole: bytes | None = request.scope.get(PLAIN_BODY, request.scope.get(READ_BODY))
    if whole is not None:
        return whole
    received, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > LARGEST_BODY:
            message = f"The request body is larger than {LARGEST_BODY} bytes. Send less."
            raise ApiError(message, status=413, code="request_too_large")
        received.append(piece)
    coding = request.headers.get("content-encoding", "")
    whole = request.scope[READ_BODY] = decode_body(b"".join(received), coding, LARGEST_BODY)
    return whole


def parse(data: bytes) -> dict[str, Any]:
    """A JSON object from UTF-8."""
    try:
        body = _decode_json(data)
    except (ValueError, RecursionError) as reason:
        message = f"We could not parse the JSON body of your request: {shorten(reason, quote=False)}."
        raise ApiError(message) from None
    if not isinstance(body, dict):
        raise ApiError("The JSON body of the request must be an object.")
    if data.count(b"{") + data.count(b"[") > DEEPEST and _is_deep(body):
        raise ApiError(f"The JSON body of your request is nested deeper than {DEEPEST} levels.")
    return body


def _decode_json(data: bytes) -> Any:
    """What is written in JSON. The quick decoder refuses more, such as half a surrogate pair, and says less of it."""
    try:
        return _decode(data)
    except (ValueError, RecursionError):
        return DECODER.decode(data.decode("utf-8"))


def _is_deep(body: dict[str, Any]) -> bool:
    """Whether values lie deeper in each other than is ever needed."""
    level: list[Any] = [body]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for value in level:
            inner += value.values() if isinstance(value, dict) else value
        level = [value for value in inner if isinstance(value, NESTED)]
        if not level:
            return False
    return True
