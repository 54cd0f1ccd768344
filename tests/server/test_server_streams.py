"""Streams of every kind of item: framing, numbers, sums, and the end."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import httpx
import pytest
from openai import OpenAI
from tests.server.server_wire import FUNCTION, MODEL, create, stream, unsealed

REQUIRED: dict[str, Any] = {"tool_choice": "required"}
WORDY = {
    "type": "function",
    "name": "wordy",
    "parameters": {"type": "object", "properties": {"a": {"const": "word " * 40}}, "required": ["a"]},
}
CASES: dict[str, dict[str, Any]] = {
    "text": {},
    "long": {"input": "Write a long text."},
    "cut": {"input": "Write a long text.", "max_output_tokens": 16},
    "refusal": {"input": "Tell me the forbidden word."},
    "function": {"tools": [FUNCTION], **REQUIRED},
    "two-functions": {"input": "Call both.", "tools": [FUNCTION, {**FUNCTION, "name": "other"}], **REQUIRED},
    "cut-function": {"tools": [WORDY], "max_output_tokens": 16, **REQUIRED},
    "custom": {"tools": [{"type": "custom", "name": "say"}], "tool_choice": {"type": "custom", "name": "say"}},
    "reasoning": {
        "reasoning": {"effort": "high", "summary": "auto"},
        "include": ["reasoning.encrypted_content"],
    },
    "logprobs": {"include": ["message.output_text.logprobs"], "top_logprobs": 2},
    "web-search": {"tools": [{"type": "web_search"}], **REQUIRED},
    "file-search": {
        "tools": [{"type": "file_search", "vector_store_ids": ["vs_1"]}],
        "tool_choice": {"type": "file_search"},
        "include": ["file_search_call.results"],
    },
    "code-interpreter": {"tools": [{"type": "code_interpreter", "container": {"type": "auto"}}], **REQUIRED},
    "image-generation": {"tools": [{"type": "image_generation"}], "tool_choice": {"type": "image_generation"}},
    "mcp": {
        "tools": [{"type": "mcp", "server_label": "m", "server_url": "https://e.com", "require_approval": "never"}],
        "tool_choice": {"type": "mcp", "server_label": "m"},
    },
    "mcp-approval": {"tools": [{"type": "mcp", "server_label": "m", "server_url": "https://e.com"}], **REQUIRED},
    "shell": {"tools": [{"type": "shell", "environment": {"type": "container_auto"}}], **REQUIRED},
    "local-shell": {"tools": [{"type": "local_shell"}], **REQUIRED},
    "apply-patch": {"tools": [{"type": "apply_patch"}], "tool_choice": {"type": "apply_patch"}},
    "computer": {"tools": [{"type": "computer"}], **REQUIRED},
    "schema": {"text": {"format": {"type": "json_schema", "name": "s", "schema": FUNCTION["parameters"]}}},
    "namespace": {
        "tools": [{"type": "namespace", "name": "n", "description": "d", "tools": [FUNCTION]}],
        **REQUIRED,
    },
}
FIELDS = {
    "response.output_text": "text",
    "response.refusal": "refusal",
    "response.function_call_arguments": "arguments",
    "response.custom_tool_call_input": "input",
    "response.reasoning_summary_text": "text",
    "response.code_interpreter_call_code": "code",
    "response.mcp_call_arguments": "arguments",
    "response.shell_call_command": "command",
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_stream_is_numbered_and_adds_up(http: httpx.Client, case: dict[str, Any]) -> None:
    events = stream(http, **case)

    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert [event["type"] for event in events[:2]] == ["response.created", "response.in_progress"]
    last = events[-1]["response"]
    assert events[-1]["type"] == f"response.{last['status']}"
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    added = [event for event in events if event["type"] == "response.output_item.added"]
    assert unsealed(done) == unsealed(last["output"])
    assert [event["output_index"] for event in added] == list(range(len(done)))
    said: dict[Any, str] = defaultdict(str)
    for event in events:
        stem, _, step = event["type"].rpartition(".")
        place = (stem, event.get("output_index"), event.get("content_index"), event.get("command_index"))
        if stem in FIELDS and step == "delta":
            said[place] += event["delta"]
        elif stem in FIELDS and step == "done":
            assert said[place] == event[FIELDS[stem]] != ""


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_plain_and_streamed_are_the_same_kind_of_object(http: httpx.Client, case: dict[str, Any]) -> None:
    plain, streamed = create(http, **case), stream(http, **case)[-1]["response"]

    assert plain.keys() == streamed.keys()
    assert [item["type"] for item in plain["output"]] == [item["type"] for item in streamed["output"]]
    assert plain["usage"] == streamed["usage"]
    assert unsealed(http.get(f"/responses/{streamed['id']}").json()) == unsealed(streamed)


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_the_official_accumulator_agrees(sdk: OpenAI, case: dict[str, Any]) -> None:
    with sdk.responses.stream(model=MODEL, **{"input": "hi", **case}) as events:
        last = None
        for event in events:
            last = event
    assert last is not None
    final = last.response  # type: ignore[union-attr]
    assert final.status == ("incomplete" if "max_output_tokens" in case else "completed")
    assert final.output


@pytest.mark.parametrize("name", [name for name in CASES if "cut" not in name])
def test_output_goes_back_as_input(http: httpx.Client, name: str) -> None:
    """What a server gave out it takes back, once every call has its output."""
    first = create(http, **CASES[name])
    answers = [answer_to(item) for item in first["output"]]
    follow = [*first["output"], *filter(None, answers), {"role": "user", "content": "Go on."}]

    assert create(http, input=follow)["status"] == "completed"
    chained = [*filter(None, answers), {"role": "user", "content": "Go on."}]
    assert create(http, input=chained, previous_response_id=first["id"])["status"] == "completed"


def answer_to(item: dict[str, Any]) -> dict[str, Any] | None:
    call = {"call_id": item.get("call_id")}
    match item["type"]:
        case "function_call" | "custom_tool_call" | "local_shell_call":
            return {"type": f"{item['type']}_output", "output": "done", **call}
        case "apply_patch_call":
            return {"type": "apply_patch_call_output", "status": "completed", **call}
        case "computer_call":
            shot = {"type": "computer_screenshot", "image_url": "https://example.com/a.png"}
            return {"type": "computer_call_output", "output": shot, **call}
        case _:
            return None


def test_obfuscation_is_on_deltas_unless_switched_off(http: httpx.Client) -> None:
    for event in stream(http):
        assert ("obfuscation" in event) == event["type"].endswith(".delta")
    for event in stream(http, stream_options={"include_obfuscation": False}):
        assert "obfuscation" not in event


def test_a_cut_stream_ends_incomplete(http: httpx.Client) -> None:
    final = stream(http, **CASES["cut"])[-1]
    assert final["type"] == "response.incomplete"
    assert final["response"]["incomplete_details"] == {"reason": "max_output_tokens"}
    assert final["response"]["usage"]["output_tokens"] == 16
    assert final["response"]["output"][-1]["status"] == "incomplete"


def test_a_context_too_long_fails_inside_the_stream(http: httpx.Client) -> None:
    events = stream(http, input="word " * 150_000)
    assert [event["type"] for event in events[2:]] == ["error", "response.failed"]
    assert events[2]["error"]["code"] == "context_length_exceeded"
    assert http.post("/responses", json={"model": MODEL, "input": "word " * 150_000}).status_code == 400
