"""Conversations: their life, their items, and the responses that are made on them."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx
import pytest
from openai import NotFoundError, OpenAI
from tests.server.server_wire import MODEL, create, events, stream

from antiphon.server import ServerSettings, background_server


def begin(http: httpx.Client, *texts: str) -> str:
    items = [{"type": "message", "role": "user", "content": text} for text in texts]
    made = http.post("/conversations", json={"items": items})
    assert made.status_code == 200, made.text
    return str(made.json()["id"])


def texts(http: httpx.Client, id: str) -> list[str]:
    """The texts of a conversation, oldest first."""
    listed = http.get(f"/conversations/{id}/items", params={"order": "asc", "limit": 100}).json()
    return [part["text"] for item in listed["data"] for part in item.get("content") or ()]


def test_a_conversation_lives_and_goes(sdk: OpenAI) -> None:
    made = sdk.conversations.create(metadata={"a": "b"})
    assert sdk.conversations.retrieve(made.id) == made
    assert sdk.conversations.update(made.id, metadata={"c": "d"}).metadata == {"c": "d"}
    assert sdk.conversations.retrieve(made.id).metadata == {"c": "d"}
    gone = sdk.conversations.delete(made.id)
    assert (gone.id, gone.object, gone.deleted) == (made.id, "conversation.deleted", True)
    with pytest.raises(NotFoundError):
        sdk.conversations.retrieve(made.id)


def test_items_come_and_go(sdk: OpenAI) -> None:
    id = sdk.conversations.create().id
    given: Any = [{"type": "message", "role": "user", "content": text} for text in ("one", "two", "three")]
    added = sdk.conversations.items.create(id, items=given)
    names = [item.id for item in added.data]
    assert [item.id for item in sdk.conversations.items.list(id, limit=2)] == names[::-1]
    assert [item.id for item in sdk.conversations.items.list(id, order="asc", after=str(names[0])).data] == names[1:]
    one = sdk.conversations.items.retrieve(str(names[0]), conversation_id=id)
    assert one == added.data[0]
    assert sdk.conversations.items.delete(str(names[0]), conversation_id=id).id == id
    with pytest.raises(NotFoundError):
        sdk.conversations.items.retrieve(str(names[0]), conversation_id=id)
    assert len(sdk.conversations.items.list(id).data) == 2


@pytest.mark.parametrize("as_object", [False, True])
def test_a_response_reads_and_grows_its_conversation(http: httpx.Client, as_object: bool) -> None:
    id = begin(http, "one two three four five six")
    made = create(http, input="seven", conversation={"id": id} if as_object else id)
    assert made["conversation"] == {"id": id}
    assert made["previous_response_id"] is None
    assert made["usage"]["input_tokens"] > create(http, input="seven")["usage"]["input_tokens"]
    answer = made["output"][0]["content"][0]["text"]
    assert texts(http, id) == ["one two three four five six", "seven", answer]
    listed = http.get(f"/conversations/{id}/items").json()
    assert listed["data"][0]["id"] == made["output"][0]["id"]
    assert http.get(f"/responses/{made['id']}").json()["conversation"] == {"id": id}


def test_streams_and_background_work_append_too(http: httpx.Client) -> None:
    id = begin(http)
    final = stream(http, input="one", conversation=id)[-1]["response"]
    assert final["conversation"] == {"id": id}
    assert texts(http, id)[0] == "one"
    made = create(http, input="two", conversation=id, background=True)
    for _ in range(300):
        if http.get(f"/responses/{made['id']}").json()["status"] == "completed":
            break
        time.sleep(0.01)
    assert [text for text in texts(http, id) if text in ("one", "two")] == ["one", "two"]


def test_a_cut_response_appends_and_a_cancelled_one_does_not(http: httpx.Client) -> None:
    id = begin(http)
    assert create(http, input="count a lot", conversation=id, max_output_tokens=16)["status"] == "incomplete"
    assert len(texts(http, id)) == 2
    made = create(http, input="a long story", conversation=id, background=True)
    http.post(f"/responses/{made['id']}/cancel")
    assert len(texts(http, id)) == 2
    assert create(http, input="again", conversation=id)["status"] == "completed"


def test_one_response_at_a_time() -> None:
    """While a stream is running its conversation is locked; afterwards, or when its reader has gone, it is free."""
    with background_server(ServerSettings(pace=0.002)) as url, httpx.Client(base_url=url, timeout=10) as http:
        id = begin(http)
        body = {"model": MODEL, "input": "count a lot", "conversation": id, "stream": True}
        with http.stream("POST", "/responses", json=body) as running_stream:
            pieces = running_stream.iter_raw()
            next(pieces)
            refused = http.post("/responses", json={**body, "stream": False})
            assert refused.status_code == 400
            error = refused.json()["error"]
            assert (error["param"], error["code"]) == ("conversation", "conversation_locked")
        for _ in range(100):
            if http.post("/responses", json={**body, "input": "hi"}).status_code == 200:
                break
            time.sleep(0.02)
        else:
            pytest.fail("the conversation stays locked")


def test_nothing_is_lost_between_threads() -> None:
    with background_server(ServerSettings(pace=0.001)) as url, httpx.Client(base_url=url, timeout=10) as http:
        id, done = begin(http), []

        def ask(number: int) -> None:
            body = {"model": MODEL, "input": f"wish {number}", "conversation": id, "stream": True}
            reply = http.post("/responses", json=body)
            if reply.status_code == 200:
                assert events(reply.text)[-1]["type"] == "response.completed"
                done.append(f"wish {number}")

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert done
        assert sorted(text for text in texts(http, id) if text.startswith("wish")) == sorted(done)


def test_items_outlive_their_conversation(http: httpx.Client) -> None:
    id = begin(http, "remember me")
    item = http.get(f"/conversations/{id}/items").json()["data"][0]
    http.delete(f"/conversations/{id}")
    for path in (f"/conversations/{id}", f"/conversations/{id}/items", f"/conversations/{id}/items/{item['id']}"):
        assert http.get(path).status_code == 404
    made = create(http, input=[{"type": "item_reference", "id": item["id"]}])
    listed = http.get(f"/responses/{made['id']}/input_items").json()["data"]
    assert [each["id"] for each in listed] == [item["id"]]


def test_calls_wait_for_their_outputs(http: httpx.Client) -> None:
    id = begin(http)
    tool = {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}}
    made = create(http, input="call", conversation=id, tools=[tool], tool_choice="required")
    call = made["output"][0]
    unanswered = {"model": MODEL, "input": "hi", "conversation": id}
    assert "No tool output" in http.post("/responses", json=unanswered).json()["error"]["message"]
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": "done"}
    assert create(http, input=[output], conversation=id)["status"] == "completed"


def test_a_count_reads_the_conversation(http: httpx.Client) -> None:
    id = begin(http, "one two three")
    counted = http.post("/responses/input_tokens", json={"model": MODEL, "input": "hi", "conversation": id}).json()
    assert counted["input_tokens"] == create(http, input="hi", conversation=id)["usage"]["input_tokens"]
