"""Chat completions over a real socket: whole, as streams, with tools, cut and stopped."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from openai import OpenAI
from pydantic import BaseModel
from tests.server.server_wire import MODEL

HI: list[Any] = [{"role": "user", "content": "hi"}]
WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "enum": ["Paris"]}},
            "required": ["city"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}
TIME: dict[str, Any] = {"type": "function", "function": {**WEATHER["function"], "name": "time"}}
NAMED = {"type": "function", "function": {"name": "weather"}}


def complete(http: httpx.Client, **body: Any) -> dict[str, Any]:
    reply = http.post("/chat/completions", json={"model": MODEL, "messages": HI, **body})
    assert reply.status_code == 200, reply.text
    made: dict[str, Any] = reply.json()
    return made


def chunks(http: httpx.Client, **body: Any) -> list[dict[str, Any]]:
    """The chunks of a stream, whose framing is looked at on the way."""
    reply = http.post("/chat/completions", json={"model": MODEL, "messages": HI, "stream": True, **body})
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    *frames, done, rest = reply.text.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    assert all(frame.startswith("data: {") and "\n" not in frame for frame in frames)
    return [json.loads(frame.removeprefix("data: ")) for frame in frames]


def said(stream: list[dict[str, Any]], index: int = 0) -> str:
    parts = [choice for chunk in stream for choice in chunk["choices"] if choice["index"] == index]
    return "".join(part["delta"].get("content") or "" for part in parts)


def test_a_completion_has_the_shape_of_the_service(http: httpx.Client) -> None:
    made = complete(http)
    assert made["id"].startswith("chatcmpl-")
    assert made["object"] == "chat.completion"
    assert made["model"] == "antiphon-1-2026-08-01"
    (choice,) = made["choices"]
    assert choice["finish_reason"] == "stop"
    assert choice["message"].keys() == {"role", "content", "refusal", "annotations"}
    usage = made["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0


def test_a_stream_says_what_a_completion_says(http: httpx.Client) -> None:
    stream = chunks(http)
    assert said(stream) == complete(http)["choices"][0]["message"]["content"]
    assert stream[0]["choices"][0]["delta"]["role"] == "assistant"
    assert stream[-1]["choices"][0] == {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}
    assert len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in stream}) == 1
    assert all("usage" not in chunk and chunk["obfuscation"] for chunk in stream)


def test_usage_comes_last_where_it_is_asked_for(http: httpx.Client) -> None:
    *rest, last = chunks(http, stream_options={"include_usage": True, "include_obfuscation": False})
    assert last["choices"] == []
    assert last["usage"] == complete(http)["usage"]
    assert all(chunk["usage"] is None and "obfuscation" not in chunk for chunk in rest)


def test_every_choice_is_told_apart(http: httpx.Client) -> None:
    made = complete(http, n=3)
    assert [choice["index"] for choice in made["choices"]] == [0, 1, 2]
    assert made["usage"]["completion_tokens"] == 3 * complete(http)["usage"]["completion_tokens"]
    stream = chunks(http, n=2)
    assert [said(stream, index) for index in (0, 1)] == [made["choices"][0]["message"]["content"]] * 2
    ends = [choice["index"] for chunk in stream for choice in chunk["choices"] if choice["finish_reason"]]
    assert ends == [0, 1]


@pytest.mark.parametrize("name", ["max_completion_tokens", "max_tokens"])
def test_a_limit_cuts(http: httpx.Client, name: str) -> None:
    made = complete(http, **{name: 2})
    assert made["choices"][0]["finish_reason"] == "length"
    assert made["usage"]["completion_tokens"] == 2
    assert chunks(http, **{name: 2})[-1]["choices"][0]["finish_reason"] == "length"


@pytest.mark.parametrize("stop", ["from", ["zzz", "from"]])
def test_a_stop_sequence_is_not_said(http: httpx.Client, stop: Any) -> None:
    made = complete(http, stop=stop)
    assert made["choices"][0]["message"]["content"] == "Hello "
    assert made["choices"][0]["finish_reason"] == "stop"
    assert said(chunks(http, stop=stop)) == "Hello "


def test_each_token_has_its_probability(http: httpx.Client) -> None:
    choice = complete(http, logprobs=True, top_logprobs=2, max_completion_tokens=3)["choices"][0]
    told = choice["logprobs"]["content"]
    assert "".join(entry["token"] for entry in told) == choice["message"]["content"]
    assert all(entry["logprob"] <= 0 and len(entry["top_logprobs"]) == 2 for entry in told)
    stream = chunks(http, logprobs=True, max_completion_tokens=3)
    heard = [entry for chunk in stream for entry in (chunk["choices"][0]["logprobs"] or {}).get("content") or ()]
    assert [entry["token"] for entry in heard] == [entry["token"] for entry in told]


def test_a_tool_is_called_as_it_is_wished(http: httpx.Client) -> None:
    tools = [TIME, WEATHER]
    named = complete(http, tools=tools, tool_choice=NAMED)["choices"][0]
    assert named["finish_reason"] == "tool_calls"
    (call,) = named["message"]["tool_calls"]
    assert (call["type"], call["function"]) == ("function", {"name": "weather", "arguments": '{"city":"Paris"}'})
    assert "tool_calls" not in complete(http, tools=tools, tool_choice="none")["choices"][0]["message"]
    allowed = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [NAMED]}}
    only = complete(http, tools=tools, tool_choice=allowed)["choices"][0]["message"]["tool_calls"]
    assert [each["function"]["name"] for each in only] == ["weather"]
    both = complete(http, tools=tools, tool_choice="required", messages=[{"role": "user", "content": "do both"}])
    assert len({each["id"] for each in both["choices"][0]["message"]["tool_calls"]}) == 2


def test_calls_come_in_pieces(http: httpx.Client) -> None:
    both = [{"role": "user", "content": "do both"}]
    stream = chunks(http, tools=[TIME, WEATHER], tool_choice="required", messages=both)
    pieces = [call for chunk in stream for call in chunk["choices"][0]["delta"].get("tool_calls") or ()]
    for index, name in enumerate(("time", "weather")):
        first, *rest = [piece for piece in pieces if piece["index"] == index]
        assert (first["type"], first["function"]) == ("function", {"name": name, "arguments": ""})
        assert all(piece.keys() == {"index", "function"} for piece in rest)
        assert json.loads("".join(piece["function"]["arguments"] for piece in rest)) == {"city": "Paris"}


def test_a_custom_tool_is_called_with_text(http: httpx.Client) -> None:
    tool = {"type": "custom", "custom": {"name": "shout"}}
    made = complete(http, tools=[tool], tool_choice={"type": "custom", "custom": {"name": "shout"}})
    (call,) = made["choices"][0]["message"]["tool_calls"]
    assert call["custom"] == {"name": "shout", "input": "hello"}
    history = [
        *HI,
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call["id"], "content": "!"},
    ]
    assert complete(http, messages=history)["choices"][0]["finish_reason"] == "stop"


def test_a_refusal_is_no_content(http: httpx.Client) -> None:
    message = complete(http, messages=[{"role": "user", "content": "something forbidden"}])["choices"][0]["message"]
    assert message["content"] is None
    assert message["refusal"]


def test_parts_of_all_kinds_are_taken(http: httpx.Client) -> None:
    content = [
        {"type": "text", "text": "What is that?"},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
        {"type": "file", "file": {"file_id": "file_1"}},
    ]
    more = complete(http, messages=[{"role": "user", "content": content}])["usage"]["prompt_tokens"]
    assert more > complete(http)["usage"]["prompt_tokens"]
    assert complete(http, messages=[{"role": "user", "content": []}, {"role": "assistant", "content": "x"}])


def test_effort_costs_tokens(http: httpx.Client) -> None:
    usage = complete(http, reasoning_effort="high")["usage"]
    assert 0 < usage["completion_tokens_details"]["reasoning_tokens"] < usage["completion_tokens"]


class City(BaseModel):
    name: str
    people: int


def test_the_official_client_completes(sdk: OpenAI) -> None:
    made = sdk.chat.completions.create(model=MODEL, messages=HI)
    assert made.choices[0].message.content
    parsed = sdk.chat.completions.parse(model=MODEL, messages=HI, response_format=City)
    assert isinstance(parsed.choices[0].message.parsed, City)
    with pytest.raises(Exception, match="does not exist"):
        sdk.chat.completions.create(model="no-such-model", messages=HI)


def test_the_official_client_follows_a_stream(sdk: OpenAI) -> None:
    with sdk.chat.completions.stream(model=MODEL, messages=HI, stream_options={"include_usage": True}) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= set(kinds)
    assert (
        final.choices[0].message.content
        == sdk.chat.completions.create(model=MODEL, messages=HI).choices[0].message.content
    )
    assert final.usage is not None


def test_the_official_client_gathers_calls(sdk: OpenAI) -> None:
    call: Any = {"tools": [WEATHER], "tool_choice": NAMED}
    with sdk.chat.completions.stream(model=MODEL, messages=HI, **call) as stream:
        final = stream.get_final_completion()
    calls: Any = final.choices[0].message.tool_calls
    (made,) = calls
    assert json.loads(made.function.arguments) == {"city": "Paris"}


def test_models_are_listed(http: httpx.Client, sdk: OpenAI) -> None:
    names = {model.id for model in sdk.models.list()}
    assert {"antiphon-1", "antiphon-1-mini"} <= names
    assert sdk.models.retrieve("antiphon-1").id == "antiphon-1"
    refused = http.get("/models/no-such-model")
    assert refused.status_code == 404
    assert refused.json()["error"]["code"] == "model_not_found"
