"""A stand-in for a live API that changes under its watchers: the reference server behind a proxy that alters replies.

    python -m tests.nightly.changing_server PORT UPSTREAM CHANGES

CHANGES is a JSON file, read at each request: `{"replace": {OLD: NEW}}` in every reply; `{"refuse": [STATUS, CODE]}`
every request, or every N-th with `{"each": N}`; `{"only_after": N}` requests; `{"most_output": N}` refuses a
`max_output_tokens` above it; `{"lost": N}` streams that lose their deltas.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

DELTA = b"event: response.output_text.delta"


class ChangingServer:
    """The proxy."""

    def __init__(self, upstream: str, changes: Path) -> None:
        self._client = httpx.AsyncClient(base_url=upstream, timeout=60)
        self._changes, self._seen, self._streams, self._calls = changes, "", 0, 0

    async def answer(self, request: Request) -> Response:
        """The reply of the reference server, as it is today."""
        text = self._changes.read_text(encoding="utf-8")
        if text != self._seen:
            self._seen, self._streams, self._calls = text, 0, 0
        today: dict[str, Any] = json.loads(text)
        self._calls += 1
        refuses = self._calls > today.get("only_after", 0) and self._calls % today.get("each", 1) == 0
        if refuses and (refuse := today.get("refuse")):
            return _refusal(*refuse)
        sent = await request.body()
        if _is_over(sent, today.get("most_output")):
            return _refusal(400, "integer_above_max_value", "max_output_tokens")
        headers = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
        headers["accept-encoding"] = "identity"
        address = httpx.URL(request.url.path, query=request.url.query.encode())
        passed = self._client.build_request(request.method, address, headers=headers, content=sent)
        reply = await self._client.send(passed, stream=True)
        kept = {
            name: value for name, value in reply.headers.items() if name not in ("content-length", "transfer-encoding")
        }
        streams = reply.headers.get("content-type", "").startswith("text/event-stream")
        self._streams += streams
        loses = streams and self._streams <= today.get("lost", 0)
        if streams:
            return StreamingResponse(_frames(reply, today, loses), reply.status_code, kept)
        body = _replaced(await reply.aread(), today)
        await reply.aclose()
        return Response(body, reply.status_code, kept)


def _refusal(status: int, code: str, param: str | None = None) -> Response:
    kind = {
        400: "invalid_request_error",
        401: "invalid_request_error",
        429: "insufficient_quota" if "quota" in code else "rate_limit_error",
    }
    error = {"message": f"Not now: {code}.", "type": kind.get(status, "server_error"), "param": param, "code": code}
    headers = {"retry-after": "0"} if status == 429 else {}
    return JSONResponse({"error": error}, status, headers)


def _is_over(body: bytes, most: int | None) -> bool:
    """A request asks for more output than the server gives."""
    try:
        value = json.loads(body)
    except ValueError:
        return False
    return most is not None and isinstance(value, dict) and (value.get("max_output_tokens") or 0) > most


async def _frames(reply: httpx.Response, today: dict[str, Any], loses: bool) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in reply.aiter_raw():
        *frames, rest = (rest + chunk).split(b"\n\n")
        for frame in frames:
            if not (loses and frame.startswith(DELTA)):
                yield _replaced(frame + b"\n\n", today)
    if rest:
        yield _replaced(rest, today)
    await reply.aclose()


def _replaced(data: bytes, today: dict[str, Any]) -> bytes:
    for old, new in today.get("replace", {}).items():
        data = data.replace(old.encode(), new.encode())
    return data


if __name__ == "__main__":
    port, upstream, changes = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    server = ChangingServer(upstream, changes)
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    app = Starlette(routes=[Route("/{path:path}", server.answer, methods=methods)])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")
