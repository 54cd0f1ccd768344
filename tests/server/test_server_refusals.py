"""Refusals: every known trigger, bodies that are no JSON, keys, limits and unknown routes."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.server.server_wire import FUNCTION, MODEL, create

from antiphon.contract.triggers import Trigger, triggers
from antiphon.server import ServerSettings, background_server

ROUTES = {"create": "/responses", "compact": "/responses/compact", "input_tokens": "/responses/input_tokens"}
NAMES = {
    "$MODEL": MODEL,
    "$FUNCTION": FUNCTION,
    "$FUNCTION_NAME": "weather",
    "$REASONING_ITEM": {"type": "reasoning", "id": "rs_1", "summary": []},
}


def filled(value: Any) -> Any:
    """A value with what its placeholders stand for."""
    match value:
        case str():
            return NAMES.get(value, value)
        case {"$repeat": [text, times]}:
            return text * times
        case {"$pairs": number}:
            return {f"key{index}": "value" for index in range(number)}
        case {"$keys": keys}:
            return {filled(key): "value" for key in keys}
        case {"$messages": number}:
            return [{"role": "user", "content": "hi"}] * number
        case dict():
            return {key: filled(inner) for key, inner in value.items()}
        case list():
            return [filled(inner) for inner in value]
    return value


def plain_triggers() -> list[Any]:
    return [
        pytest.param(each, id=each.id)
        for each in triggers()
        if each.operation in ROUTES and each.portable and each.request.keys() <= {"body", "remove"}
    ]


@pytest.mark.parametrize("trigger", plain_triggers())
def test_every_trigger_gives_its_refusal(http: httpx.Client, trigger: Trigger) -> None:
    request, expected = trigger.request, dict(trigger.expected)
    body = {key: value for key, value in trigger.base.items() if key not in request.get("remove", ())}
    reply = http.post(ROUTES[trigger.operation], json=filled({**body, **request.get("body", {})}))
    assert reply.status_code == expected.pop("status"), reply.text
    error = reply.json()["error"]
    assert {key: error[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"model": ', "application/json", 400),
        (b"[]", "application/json", 400),
        (b"", "application/json", 400),
        (b'{"model": "\xff"}', "application/json", 400),
        (b'{"model": NaN}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"model=antiphon-1", "application/x-www-form-urlencoded", 415),
    ],
)
def test_what_is_no_json_object_is_refused(http: httpx.Client, content: bytes, kind: str, status: int) -> None:
    reply = http.post("/responses", content=content, headers={"content-type": kind})
    assert reply.status_code == status
    assert reply.json()["error"]["type"] == "invalid_request_error"


def test_half_a_surrogate_pair_does_no_harm(http: httpx.Client) -> None:
    content = b'{"model": "antiphon-1", "input": "\\ud800", "metadata": {"a": "\\ud800"}}'
    reply = http.post("/responses", content=content, headers={"content-type": "application/json"})
    assert reply.status_code == 200
    unknown = http.post("/responses", content=b'{"model": "\\ud800"}', headers={"content-type": "application/json"})
    assert unknown.status_code == 400


def test_null_means_absent(http: httpx.Client) -> None:
    names = (
        "instructions temperature top_p max_output_tokens max_tool_calls metadata truncation service_tier reasoning "
        "include text tools tool_choice parallel_tool_calls top_logprobs store stream stream_options background "
        "previous_response_id conversation prompt prompt_cache_key safety_identifier user context_management"
    )
    plain, nulls = create(http), create(http, **dict.fromkeys(names.split()))
    own = {"id", "output", "created_at", "completed_at"}
    assert {k: v for k, v in plain.items() if k not in own} == {k: v for k, v in nulls.items() if k not in own}


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/responses", 405), ("GET", "/nothing", 404)])
def test_unknown_routes_have_the_envelope(http: httpx.Client, method: str, path: str, status: int) -> None:
    reply = http.request(method, path)
    assert reply.status_code == status
    assert reply.json()["error"]["message"]
    assert reply.headers["x-request-id"]


def test_a_key_is_asked_for_before_the_body_is_read() -> None:
    with background_server(ServerSettings(api_key="secret-key-1")) as url:
        for headers, code in (({}, None), ({"authorization": "Bearer wrong-key-000"}, "invalid_api_key")):
            reply = httpx.post(f"{url}/responses", content=b"{", headers=headers)
            assert reply.status_code == 401
            assert reply.json()["error"]["code"] == code
            assert "secret" not in reply.text
        good = httpx.post(
            f"{url}/responses", json={"model": MODEL, "input": "hi"}, headers={"authorization": "Bearer secret-key-1"}
        )
        assert good.status_code == 200


def test_a_rate_limit_says_when_to_come_back() -> None:
    with background_server(ServerSettings(rate_limit=2)) as url:
        replies = [httpx.post(f"{url}/responses", json={"model": MODEL, "input": "hi"}) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert [reply.headers["x-ratelimit-remaining-requests"] for reply in replies] == ["1", "0", "0"]
    assert 1 <= int(replies[-1].headers["retry-after"]) <= 61
    assert replies[-1].json()["error"]["code"] == "rate_limit_exceeded"


def test_the_open_edition_ends_streams_with_a_marker() -> None:
    with background_server(ServerSettings(edition="open-responses-2026-04-24")) as url:
        reply = httpx.post(f"{url}/responses", json={"model": MODEL, "input": "hi", "stream": True})
        assert reply.text.endswith("\n\ndata: [DONE]\n\n")
        refusal = httpx.post(f"{url}/responses", json={"model": "nothing", "input": "hi"})
        assert refusal.json()["error"]["type"] == "invalid_request"


def test_an_unknown_edition_is_refused_with_the_likely_one() -> None:
    with (
        pytest.raises(ValueError, match="did you mean 'openai-2026-08'"),
        background_server(ServerSettings(edition="openai-2026-8")),
    ):
        pass


def test_a_body_nested_without_end_is_refused(http: httpx.Client) -> None:
    deep: dict[str, Any] = {}
    for _ in range(300):
        deep = {"properties": {"a": deep}, "type": "object"}
    body = {"model": MODEL, "input": "hi", "tools": [{"type": "function", "name": "f", "parameters": deep}]}
    for stream in (False, True):
        assert http.post("/responses", json={**body, "stream": stream}).status_code == 400
