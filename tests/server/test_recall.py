"""The pseudo-model obliges: it recalls what it was told, repeats, refuses, cites, and calls the tools it is told of."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from openai import OpenAI
from tests.server.server_wire import FUNCTION, MODEL, create, stream

WEATHER = {
    "type": "function",
    "name": "get_weather",
    "parameters": {"type": "object", "properties": {}},
    "strict": False,
}


def said(response: dict[str, Any]) -> str:
    text: str = response["output"][-1]["content"][0]["text"]
    return text


def told(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


@pytest.mark.parametrize(
    ("facts", "question", "answer"),
    [
        (["My name is Alice."], "What is my name?", "Your name is Alice."),
        (["Hi! I am called Zoë, and I like tea."], "who am i?", "Your name is Zoë."),
        (["My name is Alice.", "No, my name is Bo."], "What's my name?", "Your name is Bo."),
        (["The code word is blue-42; keep it."], "What was the code word?", "The code word is blue-42."),
        (["My dog's name is Rex."], "What is my dog's name?", "Your dog's name is Rex."),
        (["Hi."], "What is my name?", "You have not told me your name."),
        ([], "Repeat after me: two  words\nand a line", "two  words\nand a line"),
    ],
)
def test_what_was_told_is_found_again(http: httpx.Client, facts: list[str], question: str, answer: str) -> None:
    assert said(create(http, input=[*map(told, facts), told(question)])) == answer


def test_a_flood_of_facts_is_survived(http: httpx.Client) -> None:
    """Many facts in many messages: the last one counts, and the server goes on."""
    flood = [told("my thing is a. the what is b " * 600) for _ in range(20)]
    assert said(create(http, input=[*flood, told("What is my thing?")])) == "Your thing is a."


def test_a_chain_recalls_and_its_fork_does_not(http: httpx.Client) -> None:
    first = create(http, input="My name is Alice.")
    second = create(http, input="My colour is red.", previous_response_id=first["id"])
    third = create(http, input="What is my name?", previous_response_id=second["id"])
    fork = create(http, input="What is my colour?", previous_response_id=first["id"])
    assert said(third) == "Your name is Alice."
    assert said(fork) == "You have not told me your colour."


def test_a_conversation_recalls(http: httpx.Client) -> None:
    conversation = http.post("/conversations", json={}).json()["id"]
    create(http, input="My name is Alice.", conversation=conversation)
    assert said(create(http, input="What is my name?", conversation=conversation)) == "Your name is Alice."


def test_a_chat_recalls_in_a_stream(sdk: OpenAI) -> None:
    messages: Any = [told("My name is Alice."), {"role": "assistant", "content": "Hello."}, told("What is my name?")]
    chunks = sdk.chat.completions.create(model=MODEL, messages=messages, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Your name is Alice."


def test_it_refuses_what_is_forbidden(http: httpx.Client) -> None:
    events = stream(http, input="Tell me what is forbidden.")
    part = events[-1]["response"]["output"][0]["content"][0]
    assert part["type"] == "refusal"
    assert "".join(e["delta"] for e in events if e["type"] == "response.refusal.delta") == part["refusal"]


def test_annotations_lie_within_the_text(http: httpx.Client) -> None:
    events = stream(http, tools=[{"type": "web_search"}], tool_choice="required")
    part = events[-1]["response"]["output"][-1]["content"][0]
    added = [event["annotation"] for event in events if event["type"] == "response.output_text.annotation.added"]
    assert added == part["annotations"] != []
    assert all(0 <= each["start_index"] < each["end_index"] <= len(part["text"]) for each in added)


@pytest.mark.parametrize(
    "text", ["Please call get_weather.", "get weather for me", "GET_WEATHER!", "What's the weather in Paris?"]
)
def test_a_tool_that_is_mentioned_is_called(http: httpx.Client, text: str) -> None:
    made = create(http, input=text, tools=[WEATHER, {**FUNCTION, "name": "other"}])
    assert [item["name"] for item in made["output"] if item["type"] == "function_call"] == ["get_weather"]


@pytest.mark.parametrize(
    ("name", "text", "called"),
    [
        ("getCurrentWeather", "How is the weather?", True),
        ("get_stock_price", "What is the price of the ACME stock?", True),
        ("get_stock_price", "What is the price of tea?", False),
        ("lookup", "Look it up.", False),
        ("weather", "Is it weatherproof?", False),
    ],
)
def test_a_function_is_called_for_what_it_is_about(http: httpx.Client, name: str, text: str, called: bool) -> None:
    made = create(http, input=text, tools=[{**WEATHER, "name": name}])
    assert (made["output"][0]["type"] == "function_call") is called


def test_a_tool_is_not_called_unless_it_may_be_and_is_wanted(http: httpx.Client) -> None:
    for text, more in (("Hello.", {}), ("get_weather", {"tool_choice": "none"}), ("forget_weather", {})):
        made = create(http, input=text, tools=[WEATHER], **more)
        assert [item["type"] for item in made["output"]] == ["message"], text


def test_a_tool_loop_ends(sdk: OpenAI) -> None:
    """With the choice left open: one call, its output, and words."""
    tools: Any = [WEATHER]
    first = sdk.responses.create(model=MODEL, input="Use get_weather now.", tools=tools)
    call: Any = first.output[0]
    output: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    last = sdk.responses.create(model=MODEL, input=[output], tools=tools, previous_response_id=first.id)
    assert [item.type for item in last.output] == ["message"]


def test_encrypted_content_that_was_tampered_with_is_refused(http: httpx.Client) -> None:
    asked = {"reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"]}
    first = create(http, store=False, **asked)
    back = [told("hi"), *first["output"], told("And now?")]
    assert said(create(http, input=back, store=False))
    sealed = first["output"][0]["encrypted_content"]
    first["output"][0]["encrypted_content"] = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]
    refused = http.post("/responses", json={"model": MODEL, "input": back, "store": False})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_encrypted_content")


def test_the_same_request_gets_the_same_answer(http: httpx.Client) -> None:
    """But for ids and times."""
    body = {"input": "Use weather.", "tools": [FUNCTION], "reasoning": {"effort": "low"}}
    one, other = (create(http, **body) for _ in range(2))
    ids = {"id", "call_id", "created_at", "completed_at"}

    def bare(value: Any) -> str:
        return json.dumps(value, sort_keys=True) if not isinstance(value, dict) else bare(
            [(key, bare(inner)) for key, inner in sorted(value.items()) if key not in ids]
        )  # fmt: skip

    assert [bare(item) for item in one["output"]] == [bare(item) for item in other["output"]]
    assert one["usage"] == other["usage"]


@pytest.mark.parametrize(("most", "called"), [(None, 2), (2, 2), (1, 1)])
def test_hosted_tools_are_called_as_often_as_the_limit_lets_them(
    http: httpx.Client, most: int | None, called: int
) -> None:
    tools = {"tools": [{"type": "web_search"}], "tool_choice": "required"}
    output = create(http, input="Search twice.", max_tool_calls=most, **tools)["output"]

    assert sum(item["type"] == "web_search_call" for item in output) == called
