"""Several keys: each finds only what it made itself, and has its own limit."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tests.server.server_wire import MODEL, create

from antiphon.server import ServerSettings, background_server

KEYS = ("sk-first-0001", "sk-second-0002")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with background_server(ServerSettings(api_keys=KEYS, pace=0)) as url:
        yield url


def client(address: str, key: str | None) -> httpx.Client:
    headers = {"authorization": f"Bearer {key}"} if key is not None else {}
    return httpx.Client(base_url=address, headers=headers, timeout=10)


@pytest.fixture
def one(address: str) -> Iterator[httpx.Client]:
    with client(address, KEYS[0]) as http:
        yield http


@pytest.fixture
def other(address: str) -> Iterator[httpx.Client]:
    with client(address, KEYS[1]) as http:
        yield http


def test_a_response_is_not_found_by_another_key(one: httpx.Client, other: httpx.Client) -> None:
    id = create(one)["id"]
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/input_items")):
        refused = other.request(method, f"/responses/{id}{path}")
        assert (refused.status_code, refused.json()["error"]["type"]) == (404, "invalid_request_error"), method
    assert one.get(f"/responses/{id}").status_code == 200


def test_nothing_of_another_key_can_be_built_upon(one: httpx.Client, other: httpx.Client) -> None:
    made = create(one)
    chained = other.post("/responses", json={"model": MODEL, "input": "hi", "previous_response_id": made["id"]})
    assert (chained.status_code, chained.json()["error"]["code"]) == (400, "previous_response_not_found")
    item = {"type": "item_reference", "id": made["output"][0]["id"]}
    assert other.post("/responses", json={"model": MODEL, "input": [item]}).status_code == 404
    assert one.post("/responses", json={"model": MODEL, "input": [item]}).status_code == 200


def test_conversations_and_completions_are_apart(one: httpx.Client, other: httpx.Client) -> None:
    conversation = one.post("/conversations", json={}).json()["id"]
    assert other.get(f"/conversations/{conversation}").status_code == 404
    assert (
        other.post("/responses", json={"model": MODEL, "input": "x", "conversation": conversation}).status_code == 404
    )
    body = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}], "store": True}
    made = one.post("/chat/completions", json=body).json()["id"]
    assert other.get(f"/chat/completions/{made}").status_code == 404
    assert made not in [each["id"] for each in other.get("/chat/completions").json()["data"]]
    assert made in [each["id"] for each in one.get("/chat/completions").json()["data"]]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, None),
        ("", None),
        ("Bearer", None),
        ("Basic sk-first-0001", None),
        ("Bearer sk-first-0002", "invalid_api_key"),
        ("bearer sk-first-000", "invalid_api_key"),
    ],
)
def test_who_has_no_key_is_refused(address: str, header: str | None, code: str | None) -> None:
    headers = {} if header is None else {"authorization": header}
    for method, path, body in (
        ("POST", "responses", b"{not json"),
        ("GET", "responses/resp_x", b""),
        ("GET", "models", b""),
    ):
        refused = httpx.request(method, f"{address}/{path}", headers=headers, content=body)
        assert refused.status_code == 401
        error = refused.json()["error"]
        assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, None)
        assert refused.headers["x-request-id"].startswith("req_")
        assert "sk-first" not in error["message"]


def test_the_limit_is_of_each_key() -> None:
    with background_server(ServerSettings(api_keys=KEYS, rate_limit=2, pace=0)) as url:
        body = {"model": MODEL, "input": "hi"}
        with client(url, KEYS[0]) as one, client(url, KEYS[1]) as other:
            replies = [one.post("/responses", json=body) for _ in range(3)]
            mine = other.post("/responses", json=body)
    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert [reply.headers["x-ratelimit-remaining-requests"] for reply in replies] == ["1", "0", "0"]
    assert {reply.headers["x-ratelimit-limit-requests"] for reply in replies} == {"2"}
    assert 0 < float(replies[1].headers["x-ratelimit-reset-requests"].removesuffix("s")) <= 60
    assert (replies[2].json()["error"]["type"], replies[2].json()["error"]["code"]) == (
        "rate_limit_error",
        "rate_limit_exceeded",
    )
    assert 1 <= int(replies[2].headers["retry-after"]) <= 61
    assert 0 < int(replies[2].headers["retry-after-ms"]) <= 60_001
    assert (mine.status_code, mine.headers["x-ratelimit-remaining-requests"]) == (200, "1")


def test_every_reply_tells_who_made_it_and_how_long_it_took(one: httpx.Client) -> None:
    body = {"model": MODEL, "input": "hi"}
    replies = [one.post("/responses", json=body), one.get("/models"), one.get("/nowhere"), one.put("/responses")]
    assert len({reply.headers["x-request-id"] for reply in replies}) == 4
    assert all(reply.headers["openai-version"] == "2020-10-01" for reply in replies)
    assert all(reply.headers["openai-processing-ms"].isdecimal() for reply in replies)
    assert [reply.status_code for reply in replies[2:]] == [404, 405]


def test_a_body_that_is_too_large_is_refused(one: httpx.Client) -> None:
    refused = one.post(
        "/responses", content=b" " * (32 * 1024 * 1024 + 1), headers={"content-type": "application/json"}
    )
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "request_too_large")
