"""Chat and conversation requests that are refused: every known trigger, word for word, and a few more."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.server.server_wire import MODEL

from antiphon.contract.load import contract
from antiphon.contract.triggers import Trigger, fill_placeholders, triggers

NAMES = {
    "MODEL": MODEL,
    "UNKNOWN_MODEL": "no-such-model",
    "UNKNOWN_CONVERSATION": "conv_none",
    "UNKNOWN_COMPLETION": "chatcmpl-none",
    "UNKNOWN_ITEM": "msg_none",
}
OURS = [
    pytest.param(each, id=each.id)
    for each in triggers()
    if each.operation.startswith(("chat.", "conversations.")) and each.portable
]


@pytest.mark.parametrize("trigger", OURS)
def test_every_trigger_gives_its_refusal(http: httpx.Client, trigger: Trigger) -> None:
    names = dict(NAMES, CONVERSATION=http.post("/conversations", json={}).json()["id"])
    body = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}], "store": False}
    names["COMPLETION"] = http.post("/chat/completions", json=body).json()["id"]
    route = contract().edition.routes[trigger.operation]
    path = route.path.format(
        **{key: fill_placeholders(value, names) for key, value in trigger.request.get("path", {}).items()}
    )
    sent = trigger.body(names) if route.method == "POST" else None
    reply = http.request(route.method, path, json=sent)
    expected = dict(trigger.expected)
    assert reply.status_code == expected.pop("status"), reply.text
    error = reply.json()["error"]
    assert {key: error[key] for key in expected} == expected


TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"functions": [{"name": "f"}]}, "functions"),
        ({"response_format": {"type": "json_object"}}, "messages"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "other"}}}, "tool_choice"),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools[0].function.name"),
        ({"logit_bias": {"50": 101}}, "logit_bias.50"),
        ({"max_completion_tokens": 0}, "max_completion_tokens"),
        ({"messages": [{"role": "user", "content": "hi", "mood": "good"}]}, "messages[0].mood"),
        (
            {"messages": [{"role": "user", "content": [{"type": "input_text", "text": "hi"}]}]},
            "messages[0].content[0].type",
        ),
        ({"messages": [{"role": "system", "content": [{"type": "file", "file": {}}]}]}, "messages[0].content[0].type"),
        ({"messages": ["hi"]}, "messages[0]"),
        ({"messages": "hi"}, "messages"),
        ({"model": 5}, "model"),
    ],
)
def test_what_is_wrong_is_named(http: httpx.Client, more: dict[str, Any], param: str) -> None:
    body = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}], **more}
    reply = http.post("/chat/completions", json=body)
    assert reply.status_code == 400, reply.text
    assert reply.json()["error"]["param"] == param


def test_a_strict_function_needs_a_strict_schema(http: httpx.Client) -> None:
    tool = {"type": "function", "function": {"name": "f", "strict": True, "parameters": {"type": "object"}}}
    body = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}], "tools": [tool]}
    error = http.post("/chat/completions", json=body).json()["error"]
    assert error["code"] == "invalid_function_parameters"
    assert error["param"] == "tools[0].function.parameters"


@pytest.mark.parametrize(
    "schema",
    [
        {"required": 5},
        {"required": [5]},
        {"type": {}},
        {"properties": []},
        {"properties": {"a": 5}},
        {"anyOf": {}},
        {"items": []},
        {"minItems": 10**9},
        {"minLength": True},
        {"multipleOf": 0},
    ],
)
def test_a_schema_must_be_one(http: httpx.Client, schema: dict[str, Any]) -> None:
    messages = [{"role": "user", "content": "hi"}]
    tool = {"type": "function", "function": {"name": "f", "parameters": schema}}
    form = {"type": "json_schema", "json_schema": {"name": "f", "schema": schema}}
    for more, code in (
        ({"tools": [tool]}, "invalid_function_parameters"),
        ({"response_format": form}, "invalid_json_schema"),
    ):
        reply = http.post("/chat/completions", json={"model": MODEL, "messages": messages, **more})
        assert reply.status_code == 400, reply.text
        assert reply.json()["error"]["code"] == code


def test_too_long_a_question_is_refused(http: httpx.Client) -> None:
    body = {"model": MODEL, "messages": [{"role": "user", "content": "word " * 130_000}]}
    assert http.post("/chat/completions", json=body).json()["error"]["code"] == "context_length_exceeded"


@pytest.mark.parametrize("body", [b"", b"{}", b'{"items": null, "metadata": null}'])
def test_a_conversation_needs_nothing(http: httpx.Client, body: bytes) -> None:
    reply = http.post("/conversations", content=body, headers={"content-type": "application/json"})
    assert reply.status_code == 200
    assert reply.json()["metadata"] == {}


@pytest.mark.parametrize("items", ["hi", None, 5, [{"type": "message"}], [{"role": "user"}]])
def test_items_must_be_items(http: httpx.Client, items: Any) -> None:
    id = http.post("/conversations", json={}).json()["id"]
    reply = http.post(f"/conversations/{id}/items", json={"items": items})
    assert reply.status_code == 400, reply.text
    assert reply.json()["error"]["param"].startswith("items")


def test_an_item_is_added_once(http: httpx.Client) -> None:
    id = http.post("/conversations", json={}).json()["id"]
    items = [{"type": "message", "id": "msg_once", "role": "user", "content": "hi"}]
    assert http.post(f"/conversations/{id}/items", json={"items": items}).status_code == 200
    refused = http.post(f"/conversations/{id}/items", json={"items": items})
    assert refused.status_code == 400
    assert "msg_once" in refused.json()["error"]["message"]


def test_a_conversation_and_a_previous_response_exclude_each_other(http: httpx.Client) -> None:
    first = http.post("/responses", json={"model": MODEL, "input": "hi"}).json()["id"]
    id = http.post("/conversations", json={}).json()["id"]
    body = {"model": MODEL, "input": "hi", "conversation": id, "previous_response_id": first}
    reply = http.post("/responses", json=body)
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "mutually_exclusive_parameters"
