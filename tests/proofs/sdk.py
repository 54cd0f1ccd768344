"""Streams of the reference server, and what the official SDK makes of the bytes of a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import anyio
import httpx
import openai

from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.server.app import create_app
from antiphon.server.settings import Settings

MOST_SECONDS = 1.0
"""How long a reply is waited for; some faults leave it open for ever."""
LOOKUP = {
    "type": "function", "name": "look_up", "strict": True,
    "parameters": {
        "type": "object", "additionalProperties": False, "required": ["city"],
        "properties": {"city": {"type": "string"}},
    },
}  # fmt: skip
SHAPE = {
    "type": "json_schema", "name": "answer", "strict": True,
    "schema": {"type": "object", "additionalProperties": False, "required": ["a"], "properties": {"a": {"const": 1}}},
}  # fmt: skip
CODE = {"type": "code_interpreter", "container": {"type": "auto"}}
SHELL = {"type": "shell", "environment": {"type": "container_auto"}}
SEALED = {"effort": "low", "summary": "auto"}
ASKED: tuple[Mapping[str, Any], ...] = (
    {"input": "Say hi.", "metadata": {"a": "b"}},
    {"input": "Count to 1000.", "max_output_tokens": 16},
    {"input": "What is forbidden?"},
    {"input": "Look up both.", "tools": [LOOKUP], "tool_choice": "required"},
    {"input": "Hi.", "tools": [{"type": "custom", "name": "note"}], "tool_choice": {"type": "custom", "name": "note"}},
    {"input": "Hi.", "reasoning": SEALED, "include": ["reasoning.encrypted_content"]},
    {"input": "Hi.", "text": {"format": SHAPE}},
    {"input": "Search.", "tools": [{"type": "web_search"}], "tool_choice": "required"},
    {"input": "Run.", "tools": [CODE], "tool_choice": "required"},
    {"input": "Run.", "tools": [SHELL], "tool_choice": "required"},
    {"input": "Ask.", "tools": [{"type": "mcp", "server_label": "x", "server_url": "https://example.com/mcp",
     "require_approval": "never"}], "tool_choice": "required"},
    {"input": [{"role": "user", "content": [
        {"type": "input_image", "image_url": "https://antiphon.invalid/wall.png", "detail": "low"}]}]},
)  # fmt: skip
"""Requests whose streams hold most types of events."""


def streams_under(*faults: str) -> list[Exchange]:
    """The streams with which the reference server answers `ASKED`, when it has these faults."""
    return anyio.run(_ask, faults)


async def _ask(faults: tuple[str, ...]) -> list[Exchange]:
    app = create_app(Settings(faults=faults, pace=0.0))
    made: dict[int, Exchange] = {}

    async def ask(number: int) -> None:
        made[number] = await _exchange(app, number, ASKED[number])

    async with anyio.create_task_group() as tasks:
        for number in range(len(ASKED)):
            tasks.start_soon(ask, number)
    return [made[number] for number in sorted(made)]


async def _exchange(app: Any, number: int, asked: Mapping[str, Any]) -> Exchange:
    body = {"model": "antiphon-1", "stream": True, **asked}
    sent: list[dict[str, Any]] = []
    with anyio.move_on_after(MOST_SECONDS) as scope:
        await app(_scope(), _receiver(json.dumps(body).encode()), _sender(sent))
    head = next(each for each in sent if each["type"] == "http.response.start")
    headers = tuple((name.decode(), value.decode()) for name, value in head["headers"])
    chunks = tuple(Chunk(0.0, each["body"]) for each in sent if each.get("body"))
    response = Response(head["status"], headers, chunks, complete=not scope.cancelled_caught)
    return Exchange(f"asked/{number}", Request("POST", "/responses", body=body), response, started_at=1_790_000_000.0)


def _scope() -> dict[str, Any]:
    return {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": "/v1/responses", "raw_path": b"/v1/responses", "query_string": b"", "root_path": "",
        "headers": [(b"content-type", b"application/json")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 1),
    }  # fmt: skip


def _receiver(body: bytes) -> Any:
    left = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not left:
            await anyio.sleep_forever()
        return left.pop()

    return receive


def _sender(sent: list[dict[str, Any]]) -> Any:
    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    return send


class Reader:
    """The official SDK, which gets the bytes of a stream in place of a reply. Close it when done."""

    def __init__(self) -> None:
        self._reply = httpx.Response(200)
        http: Any = httpx.Client(transport=httpx.MockTransport(lambda request: self._reply))
        self._client = openai.OpenAI(base_url="http://127.0.0.1/v1", api_key="none", max_retries=0, http_client=http)

    def close(self) -> None:
        self._client.close()

    def objection(self, exchange: Exchange) -> str:
        """What the SDK raises over a stream, with its accumulator or without; empty when it takes all of it."""
        for read in (self._accumulated, self._plain):
            kind = exchange.response.header("content-type") if exchange.response else None
            headers = [("content-type", kind or "text/event-stream")]
            self._reply = httpx.Response(200, headers=headers, content=exchange.content)
            try:
                for _ in read():
                    pass
            except Exception as error:
                return f"{type(error).__name__}: {error}"
        return ""

    def _accumulated(self) -> Iterator[Any]:
        with self._client.responses.stream(model="antiphon-1", input="") as stream:
            yield from stream

    def _plain(self) -> Iterator[Any]:
        with self._client.responses.create(model="antiphon-1", input="", stream=True) as stream:
            yield from stream
