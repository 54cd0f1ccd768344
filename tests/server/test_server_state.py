"""Stored responses: reading, continuing, deleting, listing, counting, compacting."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from tests.server.server_wire import FUNCTION, MODEL, create, stream, unsealed

FORCED = {"tools": [FUNCTION], "tool_choice": {"type": "function", "name": "weather"}}


def refused(reply: httpx.Response, status: int = 404) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/json"
    error: dict[str, Any] = reply.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    return error


def test_a_stored_response_reads_as_it_was_made(http: httpx.Client) -> None:
    made = create(http, metadata={"a": "b"})
    assert http.get(f"/responses/{made['id']}").json() == made
    final = stream(http)[-1]["response"]
    assert http.get(f"/responses/{final['id']}").json() == final


@pytest.mark.parametrize("how", ["unstored", "unknown", "deleted"])
def test_what_is_not_stored_is_not_there(http: httpx.Client, how: str) -> None:
    id = "resp_unknown" if how == "unknown" else create(http, store=how != "unstored")["id"]
    if how == "deleted":
        assert http.delete(f"/responses/{id}").json() == {"id": id, "object": "response", "deleted": True}
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/input_items")):
        refused(http.request(method, f"/responses/{id}{path}"))
    follow = {"model": MODEL, "input": "hi", "previous_response_id": id}
    assert refused(http.post("/responses", json=follow), 400)["code"] == "previous_response_not_found"


def test_a_chain_counts_what_its_replay_counts(http: httpx.Client) -> None:
    first = create(http, input="one two three", instructions="Be brief.")
    second = create(http, input="four", previous_response_id=first["id"])
    replay = create(
        http,
        input=[{"role": "user", "content": "one two three"}, *first["output"], {"role": "user", "content": "four"}],
    )
    assert second["usage"]["input_tokens"] == replay["usage"]["input_tokens"]
    assert second["instructions"] is None
    branch = create(http, input="four", previous_response_id=first["id"])
    assert branch["usage"] == second["usage"]
    third = create(http, input="five", previous_response_id=second["id"])
    assert third["usage"]["input_tokens"] > second["usage"]["input_tokens"]


def test_the_count_is_what_the_create_uses(http: httpx.Client) -> None:
    first = create(http, input="one two three")
    for more in (
        {"input": "hi"},
        {"input": [{"role": "user", "content": [{"type": "input_text", "text": "hi"}]}]},
        {"input": "hi", "instructions": "Be brief.", "tools": [FUNCTION]},
        {"input": "hi", "previous_response_id": first["id"]},
        {"input": "hi", "text": {"format": {"type": "json_schema", "name": "s", "schema": FUNCTION["parameters"]}}},
    ):
        counted = http.post("/responses/input_tokens", json={"model": MODEL, **more}).json()
        assert counted["input_tokens"] == create(http, **more, metadata={"a": "b"})["usage"]["input_tokens"]
    old_route = http.get(f"/responses/{first['id']}/input_tokens").json()
    assert old_route == {"object": "response.input_tokens", "input_tokens": first["usage"]["input_tokens"]}


def test_pages_hold_every_item_once(http: httpx.Client) -> None:
    texts = [f"message {number}" for number in range(25)]
    id = create(http, input=[{"role": "user", "content": text} for text in texts])["id"]
    path = f"/responses/{id}/input_items"
    first = http.get(path).json()
    assert len(first["data"]) == 20
    assert first["has_more"] is True
    assert first["data"][0]["content"][0]["text"] == "message 24"
    assert (first["first_id"], first["last_id"]) == (first["data"][0]["id"], first["data"][-1]["id"])
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 7, "order": "asc"}
    while True:
        page = http.get(path, params=query).json()
        seen += [item["content"][0]["text"] for item in page["data"]]
        query["after"] = page["last_id"]
        if not page["has_more"]:
            break
    assert seen == texts
    for bad in ({"limit": 0}, {"limit": 101}, {"order": "up"}, {"after": "msg_none"}, {"limit": "x"}):
        refused(http.get(path, params=bad), 400)


def test_a_call_is_answered_by_its_output_alone(http: httpx.Client) -> None:
    first = create(http, **FORCED)
    call = first["output"][0]
    assert call["arguments"] == '{"city":"Paris","days":2}'
    assert call["call_id"] != call["id"]
    answer = {"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"}
    assert create(http, input=[answer], previous_response_id=first["id"])["status"] == "completed"
    assert create(http, input=[{"type": "item_reference", "id": call["id"]}, answer])["status"] == "completed"
    assert create(http, input=[{"id": call["id"]}, answer])["status"] == "completed"
    for lonely in ([answer], [{"role": "user", "content": "hi"}, call]):
        assert refused(http.post("/responses", json={"model": MODEL, "input": lonely}), 400)["param"] == "input"


def test_encrypted_content_comes_back_unchanged_or_not_at_all(http: httpx.Client) -> None:
    made = create(http, store=False, reasoning={"effort": "low"}, include=["reasoning.encrypted_content"])
    reasoning, message = made["output"]
    go_on = {"role": "user", "content": "Go on."}
    assert create(http, input=[reasoning, message, go_on])["status"] == "completed"
    changed = {**reasoning, "encrypted_content": reasoning["encrypted_content"][:-6] + "AAAAA="}
    reply = http.post("/responses", json={"model": MODEL, "input": [changed, message, go_on]})
    assert refused(reply, 400)["code"] == "invalid_encrypted_content"
    seals = {item["encrypted_content"] for item in (made["output"][0], reasoning)}
    again = create(http, reasoning={"effort": "low"}, include=["reasoning.encrypted_content"])
    read = http.get(f"/responses/{again['id']}").json()
    assert unsealed(read) == unsealed(again)
    assert read["output"][0]["encrypted_content"] not in seals | {again["output"][0]["encrypted_content"]}


def test_a_compaction_keeps_the_words_of_the_user(http: httpx.Client) -> None:
    first = create(http, input="Remember me.", instructions="Be brief.")
    for route, body in (
        ("/responses/compact", {"model": MODEL, "previous_response_id": first["id"], "input": []}),
        (f"/responses/{first['id']}/compact", None),
    ):
        made = http.post(route, json=body).json()
        assert made["object"] == "response.compaction"
        assert [item["type"] for item in made["output"]] == ["message", "compaction"]
        assert made["output"][0]["content"] == [{"type": "input_text", "text": "Remember me."}]
        assert create(http, input=[*made["output"], {"role": "user", "content": "Go on."}])["status"] == "completed"
        refused(http.get(f"/responses/{made['id']}"))


def test_parallel_creates_do_not_mix(http: httpx.Client) -> None:
    def one(number: int) -> bool:
        made = create(http, metadata={"n": str(number)}, input=f"number {number}")
        items = http.get(f"/responses/{made['id']}/input_items").json()["data"]
        return bool(made["metadata"]["n"] == str(number) and items[0]["content"][0]["text"] == f"number {number}")

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(24)))


@pytest.fixture(scope="session")
def odd_texts() -> Iterator[str]:
    return iter(["é👋\u200d\u200b", "line\nline", '"\\', "\u2028", "\x7f"])


def test_texts_survive(http: httpx.Client, odd_texts: Iterator[str]) -> None:
    for text in odd_texts:
        id = create(http, input=text)["id"]
        assert http.get(f"/responses/{id}/input_items").json()["data"][0]["content"][0]["text"] == text
