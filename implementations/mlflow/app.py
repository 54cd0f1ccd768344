"""A ResponsesAgent over a chat upstream: python app.py PORT UPSTREAM."""

import sys
from collections.abc import Iterator
from typing import Any

import httpx
import mlflow
import uvicorn
from mlflow.genai.agent_server import AgentServer, invoke, stream
from mlflow.types.responses import (
    ResponsesAgentRequest,
    ResponsesAgentResponse,
    ResponsesAgentStreamEvent,
    output_to_responses_items_stream,
    to_chat_completions_input,
)

upstream = httpx.Client(base_url=sys.argv[2], timeout=60)


def options(request: ResponsesAgentRequest) -> dict[str, Any]:
    """The functions of a request and its tool_choice, as Chat Completions has them."""
    found = [each.model_dump(exclude_none=True) for each in request.tools or []]
    keys = ("name", "description", "parameters")
    tools = [
        {"type": "function", "function": {key: each[key] for key in keys if key in each}}
        for each in found
        if each.get("type") == "function" and "name" in each
    ]
    choice = request.tool_choice or "auto"
    if not isinstance(choice, str):
        given = choice if isinstance(choice, dict) else choice.model_dump()
        choice = {"type": "function", "function": {"name": given.get("name")}}
    return {"tools": tools, "tool_choice": choice} if tools else {}


def completion(request: ResponsesAgentRequest) -> Iterator[dict[str, Any]]:
    """What the upstream says, as one chunk."""
    messages = to_chat_completions_input([each.model_dump(exclude_none=True) for each in request.input])
    body = {"model": "fake-model", "messages": messages, **options(request)}
    reply = upstream.post("/chat/completions", json=body).raise_for_status().json()
    for choice in reply["choices"]:
        calls = [{"index": place, **call} for place, call in enumerate(choice["message"].get("tool_calls") or [])]
        delta = {"role": "assistant", "content": choice["message"]["content"]} | ({"tool_calls": calls} if calls else {})
        yield {**reply, "object": "chat.completion.chunk", "choices": [{**choice, "delta": delta}]}


@stream()
def streamed(request: ResponsesAgentRequest) -> Iterator[ResponsesAgentStreamEvent]:
    """The events of an answer."""
    yield from output_to_responses_items_stream(completion(request))


@invoke()
def whole(request: ResponsesAgentRequest) -> ResponsesAgentResponse:
    """An answer."""
    done = [each.item for each in streamed(request) if each.type == "response.output_item.done"]
    return ResponsesAgentResponse(output=done, custom_outputs=request.custom_inputs)


mlflow.tracing.disable()
uvicorn.run(AgentServer("ResponsesAgent").app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
