"""The calls of an examination: one or two small ones for each capability and form of input."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import anyio

from antiphon.effects.create_record import as_object
from antiphon.exercise.http.transport import Transport
from antiphon.exercise.input_form import as_list
from antiphon.exercise.target import Target
from antiphon.recording.exchange import Exchange, Request

SHORT = {"input": "Say hi.", "max_output_tokens": 16}
PIXEL = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather in a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}
ANSWER = {
    "type": "json_schema",
    "name": "answer",
    "schema": {
        "type": "object",
        "properties": {"answer": {"type": "string", "enum": ["yes"]}},
        "required": ["answer"],
        "additionalProperties": False,
    },
    "strict": True,
}
"""A format that leaves no choice, so that an answer shows whether it was heeded."""
LONG = "Say hi. " * 40
"""Long enough for its tokens to show in the count of a continuation."""
STEPS = (2, 4, 8)
"""Calls at once that are tried, until one of them is not answered."""


@dataclass
class Probes:
    """Sends the calls to a target and keeps their exchanges by name. Stored objects are deleted at the end."""

    transport: Transport
    target: Target
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    borne: int = 1
    """Calls at once that were all answered."""
    _inputs: Any = SHORT["input"]
    """A text as input, or the same as a list where a text is refused."""
    _stored: list[str] = field(default_factory=list)
    """Paths of what is to be deleted."""

    async def send(self, name: str, method: str, path: str, body: Any = None) -> Exchange:
        """One call; its exchange is kept under `name`."""
        exchange = await self.transport.exchange(Request(method, path, body=body), id=f"doctor/{name}", scenario=name)
        self.exchanges[name] = exchange
        id = as_object(exchange.reply).get("id") if method == "POST" else None
        stores = path == "/conversations" or (path == "/responses" and as_object(body).get("store", True))
        if isinstance(id, str) and stores:
            self._stored.append(f"{path}/{id}")
        return exchange

    async def create(self, name: str, **fields: Any) -> Exchange:
        """A create with a short text, and some fields more, that is not stored unless they say so."""
        body = {"model": self.target.model, **SHORT, "store": False, **fields}
        return await self.send(name, "POST", "/responses", body)

    async def play(self) -> None:
        """All calls, those that rest on a plain answer only where there is one."""
        plain = await self.create("text input")
        listed = _listed(SHORT["input"])
        as_items = await self.create("list input", input=listed)
        if not plain.is_success and as_items.is_success:
            self._inputs = listed
        if plain.is_success or as_items.is_success:
            await self._forms()
            await self._stored_responses()
            await self._operations()
            await self._load()
        await self._chat()
        for path in reversed(self._stored):
            await self.send(f"delete {path}", "DELETE", path)

    async def _forms(self) -> None:
        image = [{"type": "input_text", "text": "What is it?"}, {"type": "input_image", "image_url": PIXEL}]
        await self.create("image input", input=[{"type": "message", "role": "user", "content": image}])
        await self.create("streaming", input=self._inputs, stream=True)
        await self.create("tools", input=self._inputs, tools=[WEATHER], tool_choice="required", max_output_tokens=64)
        await self.create("structured-output", input=self._inputs, text={"format": ANSWER}, max_output_tokens=256)
        model = self.target.reasoning_model or self.target.model
        await self.create(
            "reasoning", model=model, input=self._inputs, reasoning={"effort": "low"}, max_output_tokens=256
        )

    async def _stored_responses(self) -> None:
        first = await self.create("stored", input=self._inputs, store=True)
        path = self._path_of(first)
        if path:
            await self.send("store", "GET", path)
            await self.send("input-items", "GET", f"{path}/input_items")
        if id := path.rpartition("/")[2]:
            long = await self.create("chain base", input=self._long(), store=True)
            await self.create("chaining", input=self._inputs, previous_response_id=self._id_of(long) or id)
        background = await self.create("background", input=self._inputs, store=True, background=True)
        if path := self._path_of(background):
            await self.send("cancel", "POST", f"{path}/cancel")

    def _long(self) -> Any:
        return LONG if isinstance(self._inputs, str) else _listed(LONG)

    async def _operations(self) -> None:
        model = self.target.model
        await self.send("conversations", "POST", "/conversations", {})
        await self.send("input-tokens", "POST", "/responses/input_tokens", {"model": model, "input": self._inputs})
        await self.send("compact", "POST", "/responses/compact", {"model": model, "input": self._inputs})

    async def _chat(self) -> None:
        messages = [{"role": "user", "content": SHORT["input"]}]
        body = {"model": self.target.model, "messages": messages, "max_completion_tokens": 16}
        await self.send("chat", "POST", "/chat/completions", body)

    async def _load(self) -> None:
        """More and more calls at once, until one is not answered."""
        for step in STEPS:
            async with anyio.create_task_group() as group:
                for number in range(step):
                    group.start_soon(self._one_of, step, number)
            if not all(self.exchanges[f"{step} at once/{number}"].is_success for number in range(step)):
                return
            self.borne = step

    async def _one_of(self, step: int, number: int) -> None:
        await self.create(f"{step} at once/{number}", input=self._inputs)

    @staticmethod
    def _id_of(exchange: Exchange) -> str:
        id = as_object(exchange.reply).get("id")
        return id if exchange.is_success and isinstance(id, str) else ""

    def _path_of(self, exchange: Exchange) -> str:
        id = self._id_of(exchange)
        return f"/responses/{id}" if id else ""


def _listed(text: Any) -> Any:
    return as_list(Request("POST", "/responses", body={"input": text})).body["input"]
