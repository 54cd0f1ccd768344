"""Scripts: answers from a file, over Responses in every mode and over Chat."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
import yaml
from openai import OpenAI
from tests.server.server_wire import FUNCTION, MODEL, create, events, stream
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from antiphon.server import background_server

Serve = Callable[..., Any]
WEATHER = {**FUNCTION, "name": "get_weather"}


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Serve a script that is given as its answers."""

    @contextmanager
    def serving(*answers: dict[str, Any], **more: Any) -> Iterator[httpx.Client]:
        path = tmp_path / "script.yaml"
        path.write_text(yaml.safe_dump({"answers": list(answers), **more}, allow_unicode=True), encoding="utf-8")
        with background_server(script=path, pace=0) as url, httpx.Client(base_url=url, timeout=10) as http:
            yield http

    return serving


def text(response: dict[str, Any]) -> str:
    said: str = response["output"][-1]["content"][0]["text"]
    return said


def chat(http: httpx.Client, **body: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": "hi"}]
    reply = http.post("/chat/completions", json={"model": MODEL, "messages": messages, **body})
    assert reply.status_code == 200, reply.text
    choice: dict[str, Any] = reply.json()["choices"][0]
    return choice


def over_socket(http: httpx.Client, **body: Any) -> list[dict[str, Any]]:
    """The events of one create over a WebSocket."""
    address = str(http.base_url).replace("http://", "ws://").rstrip("/") + "/responses"
    received = []
    with connect(address, proxy=None) as socket:
        socket.send(json.dumps({"type": "response.create", "model": MODEL, "input": "hi", **body}))
        for message in socket:
            received.append(json.loads(message))
            if received[-1]["type"] in ("response.completed", "response.failed", "response.incomplete", "error"):
                break
    return received


def test_one_answer_goes_out_every_way(serve: Serve) -> None:
    with serve({"when": {"text": "moon"}, "think": "Far away.", "say": "It is über there."}) as http:
        plain = create(http, input="Where is the Moon?")
        streamed = stream(http, input="Where is the Moon?")
        socket = over_socket(http, input="Where is the Moon?")
        messages = [{"role": "user", "content": "the moon"}]
        completion, other = chat(http, messages=messages), create(http, input="Where is Mars?")
    assert [item["type"] for item in plain["output"]] == ["reasoning", "message"]
    for response in (plain, streamed[-1]["response"], socket[-1]["response"]):
        assert text(response) == "It is über there."
    for told in (streamed, socket):
        assert "".join(e["delta"] for e in told if e["type"] == "response.output_text.delta") == "It is über there."
        assert [event["sequence_number"] for event in told] == list(range(len(told)))
    assert completion["message"]["content"] == "It is über there."
    assert "reference server" in text(other)


WHEN: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"model": "mini"}, {"model": "antiphon-1-mini"}, {"model": MODEL}),
    ({"text": "/^a+$/"}, {"input": "aaa"}, {"input": "AAA"}),
    ({"text": "/^a+$/i"}, {"input": "AAA"}, {"input": "b"}),
    ({"text": "a.c"}, {"input": "xA.Cx"}, {"input": "abc"}),
    ({"instructions": "pirate"}, {"instructions": "Be a Pirate."}, {"instructions": "Be kind."}),
    ({"stream": True}, {"stream": True}, {}),
    ({"tool": "get_weather"}, {"tools": [WEATHER]}, {"tools": [FUNCTION]}),
    ({"tool": "function"}, {"tools": [WEATHER]}, {"tools": [{"type": "web_search"}]}),
    ({"api": "responses"}, {}, {"model": "antiphon-1-missing"}),
    ({"turn": 2}, {"input": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]}, {"input": "a"}),
]


@pytest.mark.parametrize(("when", "fitting", "other"), WHEN, ids=lambda value: json.dumps(value)[:40])
def test_an_answer_is_given_where_all_of_when_is_so(
    serve: Serve, when: dict[str, Any], fitting: dict[str, Any], other: dict[str, Any]
) -> None:
    with serve({"when": when, "say": "SCRIPTED"}) as http:
        asked = (http.post("/responses", json={"model": MODEL, "input": "hi", **body}) for body in (fitting, other))
        assert ["SCRIPTED" in reply.text for reply in asked] == [True, False]


def test_headers_choose_an_answer(serve: Serve) -> None:
    with serve({"when": {"header": {"X-Case": "/^two$/"}}, "say": "SCRIPTED"}) as http:
        body = {"model": MODEL, "input": "hi"}
        told = [http.post("/responses", json=body, headers={"x-case": case}).text for case in ("two", "twofold")]
    assert ["SCRIPTED" in each for each in told] == [True, False]


def test_an_agent_is_led_through_its_loop(serve: Serve) -> None:
    """The official client: a call, the output of it, then words; by chain and by chat alike."""
    answers = [
        {"when": {"output": "rain"}, "say": "Take an umbrella."},
        {"when": {"tool": "get_weather"}, "call": {"name": "get_weather", "arguments": {"city": "Paris", "days": 2}}},
    ]
    with serve(*answers) as http, OpenAI(base_url=str(http.base_url), api_key="none", max_retries=0) as sdk:
        tools: Any = [WEATHER]
        first = sdk.responses.create(model=MODEL, input="Weather?", tools=tools)
        call: Any = first.output[0]
        output: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "Rain all day"}
        last = sdk.responses.create(model=MODEL, input=[output], tools=tools, previous_response_id=first.id)

        inner = {key: value for key, value in WEATHER.items() if key != "type"}
        nested: Any = [{"type": "function", "function": inner}]
        messages: list[Any] = [{"role": "user", "content": "Weather?"}]
        asked = sdk.chat.completions.create(model=MODEL, messages=messages, tools=nested).choices[0]
        made: Any = (asked.message.tool_calls or [])[0]
        messages += [asked.message, {"role": "tool", "tool_call_id": made.id, "content": "Rain"}]
        ended = sdk.chat.completions.create(model=MODEL, messages=messages, tools=nested).choices[0]
    assert json.loads(call.arguments) == json.loads(made.function.arguments) == {"city": "Paris", "days": 2}
    assert last.output_text == ended.message.content == "Take an umbrella."
    assert asked.finish_reason == "tool_calls"


def test_an_answer_is_used_up(serve: Serve) -> None:
    with serve({"times": 2, "say": "one"}, {"times": 1, "say": "two"}, {"say": "rest"}) as http:
        assert [text(create(http)) for _ in range(5)] == ["one", "one", "two", "rest", "rest"]


def test_json_refusals_and_custom_calls(serve: Serve) -> None:
    calls = [{"name": "a", "arguments": '{"bad": '}, {"name": "b", "input": "free text", "call_id": "call_mine"}]
    answers = [
        {"when": {"text": "json"}, "json": {"größe": [1, None]}},
        {"when": {"text": "no"}, "refuse": "I will not."},
        {"call": calls},
    ]
    with serve(*answers) as http:
        assert text(create(http, input="json")) == '{"größe":[1,null]}'
        assert create(http, input="no")["output"][0]["content"] == [{"type": "refusal", "refusal": "I will not."}]
        first, second = create(http)["output"]
        assert chat(http, messages=[{"role": "user", "content": "no"}])["message"]["refusal"] == "I will not."
    assert (first["type"], first["arguments"]) == ("function_call", '{"bad": ')
    assert (second["type"], second["input"], second["call_id"]) == ("custom_tool_call", "free text", "call_mine")


def test_items_are_filled_in_and_streamed(serve: Serve) -> None:
    items = [
        {"type": "web_search_call"},
        {"type": "code_interpreter_call", "code": "print(1)"},
        {"type": "message", "id": "msg_mine", "content": "Done.", "phase": "final_answer"},
        {"type": "vendor:thing", "payload": 5},
    ]
    with serve({"items": items}) as http:
        told = stream(http)
    shown = told[-1]["response"]["output"]
    assert shown[0]["action"]["type"] == "search"
    assert (shown[1]["code"], shown[1]["status"]) == ("print(1)", "completed")
    assert (shown[2]["id"], shown[2]["phase"], shown[2]["content"][0]["annotations"]) == (
        "msg_mine",
        "final_answer",
        [],
    )
    assert shown[3]["payload"] == 5
    assert [event["item"] for event in told if event["type"] == "response.output_item.done"] == shown


def test_what_is_scripted_is_remembered(serve: Serve) -> None:
    with serve({"when": {"turn": 1}, "say": "The code is 7."}) as http:
        first = create(http)
        read = http.get(f"/responses/{first['id']}").json()
        follow = create(http, input="Go on.", previous_response_id=first["id"])
    assert read == first
    assert follow["usage"]["input_tokens"] > first["usage"]["input_tokens"]


def test_usage_and_early_ends(serve: Serve) -> None:
    answers = [
        {"when": {"text": "cost"}, "say": "x", "usage": {"input": 1000, "output": 20, "reasoning": 5}},
        {"when": {"text": "cut"}, "say": "half of", "incomplete": "content_filter"},
        {"fail": {"code": "rate_limit_exceeded", "message": "Slow down."}},
    ]
    with serve(*answers) as http:
        usage = create(http, input="cost")["usage"]
        cut, failed = create(http, input="cut"), stream(http)
        filtered = chat(http, messages=[{"role": "user", "content": "cut"}])
        broken = http.post("/chat/completions", json={"model": MODEL, "messages": [{"role": "user", "content": "x"}]})
    assert (usage["input_tokens"], usage["output_tokens"], usage["total_tokens"]) == (1000, 20, 1020)
    assert (cut["status"], cut["incomplete_details"]) == ("incomplete", {"reason": "content_filter"})
    assert cut["output"][-1]["status"] == "incomplete"
    assert [event["type"] for event in failed[-2:]] == ["error", "response.failed"]
    assert failed[-1]["response"]["error"] == {"code": "rate_limit_exceeded", "message": "Slow down."}
    assert filtered["finish_reason"] == "content_filter"
    assert (broken.status_code, broken.json()["error"]["code"]) == (500, "rate_limit_exceeded")


def test_errors_are_refusals_before_anything(serve: Serve) -> None:
    error = {
        "status": 429,
        "code": "slow_down",
        "message": "Wait.",
        "headers": {"Retry-After": 7, "x-should-retry": "false"},
    }
    with serve({"error": error}) as http, OpenAI(base_url=str(http.base_url), api_key="none", max_retries=2) as sdk:
        with pytest.raises(openai.RateLimitError) as caught:
            sdk.responses.create(model=MODEL, input="hi", stream=True)
        assert (
            http.post(
                "/chat/completions", json={"model": MODEL, "messages": [{"role": "user", "content": "x"}]}
            ).status_code
            == 429
        )
        socket = over_socket(http)
    assert (caught.value.code, caught.value.type) == ("slow_down", "rate_limit_error")
    assert caught.value.response.headers["retry-after"] == "7"
    assert [(event["type"], event["status"], event["error"]["code"]) for event in socket] == [
        ("error", 429, "slow_down")
    ]


def test_events_are_sent_as_they_stand(serve: Serve) -> None:
    """The response is filled in where it belongs, and numbers where there are none."""
    written: list[dict[str, Any]] = [
        {"type": "response.created"},
        {"type": "response.odd", "note": "nobody knows it", "sequence_number": 41},
        {
            "type": "response.output_text.delta",
            "delta": "lonely",
            "item_id": "msg_x",
            "output_index": 0,
            "content_index": 0,
        },
        {"type": "response.incomplete"},
    ]
    with serve({"say": "kept", "events": written}) as http:
        told = stream(http, stream_options={"include_obfuscation": False})
        read = http.get(f"/responses/{told[0]['response']['id']}").json()
        plain = create(http)
    assert [event["type"] for event in told] == [event["type"] for event in written]
    assert [event["sequence_number"] for event in told] == [0, 41, 2, 3]
    assert told[1]["note"] == "nobody knows it"
    assert told[-1]["response"]["status"] == read["status"] == "incomplete"
    assert text(read) == text(plain) == "kept"


def test_a_stream_that_is_cut_has_no_end(serve: Serve) -> None:
    with serve({"say": "one two three four", "cut": 6}) as http:
        heard: list[bytes] = []
        with http.stream("POST", "/responses", json={"model": MODEL, "input": "hi", "stream": True}) as reply:
            pieces = reply.iter_raw()
            with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked"):
                heard.extend(pieces)
        assert len(events(b"".join(heard).decode())) == 6
        with pytest.raises(httpx.RemoteProtocolError):
            create(http)
        messages = [{"role": "user", "content": "hi"}]
        with pytest.raises(httpx.RemoteProtocolError):
            http.post("/chat/completions", json={"model": MODEL, "messages": messages, "stream": True})
        with pytest.raises(ConnectionClosed):
            over_socket(http)
        assert http.get("/models").status_code == 200


def test_models_of_a_script_are_served(serve: Serve) -> None:
    with serve({"say": "x"}, models=["my-model", "thinker=reasoning"]) as http:
        listed = {each["id"] for each in http.get("/models").json()["data"]}
        assert text(create(http, model="my-model")) == "x"
    assert {"my-model", "thinker", MODEL} <= listed


def test_a_background_response_is_scripted(serve: Serve) -> None:
    with serve({"say": "later", "first": 0.2, "pace": 0.01}) as http:
        made = create(http, background=True)
        assert made["status"] == "queued"
        while made["status"] in ("queued", "in_progress"):
            made = http.get(f"/responses/{made['id']}").json()
    assert text(made) == "later"


def test_a_stream_that_was_cut_is_resumed(serve: Serve) -> None:
    """The run goes on in the background, whatever became of its first reader."""
    body = {"model": MODEL, "input": "hi", "stream": True, "background": True}
    with serve({"say": "one two three", "cut": 5}) as http:
        heard: list[bytes] = []
        with http.stream("POST", "/responses", json=body) as reply, pytest.raises(httpx.RemoteProtocolError):
            heard.extend(reply.iter_raw())
        first = events(b"".join(heard).decode())
        id = first[0]["response"]["id"]
        rest = events(http.get(f"/responses/{id}", params={"stream": "true", "starting_after": 4}).text)
    numbers = [event["sequence_number"] for event in [*first, *rest]]
    assert numbers == list(range(len(numbers)))
    assert text(rest[-1]["response"]) == "one two three"


def test_a_conversation_is_locked_while_an_answer_is_delayed(serve: Serve) -> None:
    with serve({"when": {"text": "slow"}, "say": "done", "delay": 1.5}) as http:
        conversation = http.post("/conversations", json={}).json()["id"]
        body = {"model": MODEL, "input": "slow", "conversation": conversation, "background": True}
        address = f"{http.base_url}responses"
        import threading

        replies: list[httpx.Response] = []
        thread = threading.Thread(
            target=lambda: replies.append(httpx.post(address, json={**body, "background": False}))
        )
        thread.start()
        statuses = set()
        while not replies and "conversation_locked" not in statuses:
            refused = http.post("/responses", json={**body, "input": "fast", "background": False})
            statuses.add(refused.json().get("error", {}) and refused.json()["error"]["code"])
        thread.join()
    assert "conversation_locked" in statuses
    assert replies[0].status_code == 200
