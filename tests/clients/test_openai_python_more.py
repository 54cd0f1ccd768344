"""The official Python client with conversations, Chat Completions, webhooks, WebSocket mode, and retries."""

from __future__ import annotations

import json
import time
from typing import Any

import openai
import pytest
from openai import OpenAI
from tests.clients.conftest import KEY, SECRET, complaints, overheard
from tests.clients.test_openai_python import LOOKUP, MODEL, Answer

from antiphon.exercise.webhooks.receiver import Receiver
from antiphon.recording.exchange import SOCKET_MESSAGES, Chunk, Exchange, Request, Response
from antiphon.server import Settings, running


def test_conversations_and_their_items(client: OpenAI) -> None:
    items: Any = [{"type": "message", "role": "user", "content": "My name is Alice."}]
    conversation = client.conversations.create(items=items, metadata={"a": "b"})
    client.responses.create(model=MODEL, input="Say hi.", conversation=conversation.id)
    client.responses.create(model=MODEL, input="Again.", conversation={"id": conversation.id})
    listed = list(client.conversations.items.list(conversation.id, limit=2, order="asc"))
    added = client.conversations.items.create(conversation.id, items=items)
    left = client.conversations.items.delete(added.data[0].id, conversation_id=conversation.id)  # type: ignore[arg-type]
    renamed = client.conversations.update(conversation.id, metadata={"c": "d"})
    gone = client.conversations.delete(conversation.id)

    assert [item.type for item in listed] == ["message"] * 5
    assert left.id == conversation.id
    assert renamed.metadata == {"c": "d"}
    assert gone.deleted
    with pytest.raises(openai.NotFoundError):
        client.conversations.retrieve(conversation.id)


def test_chat_plain_streamed_and_parsed(client: OpenAI) -> None:
    messages: Any = [{"role": "user", "content": "Say hi."}]
    plain = client.chat.completions.create(model=MODEL, messages=messages)
    with client.chat.completions.stream(model=MODEL, messages=messages) as stream:
        streamed = stream.get_final_completion()
    parsed = client.chat.completions.parse(model=MODEL, messages=messages, response_format=Answer)
    tool: Any = {"type": "function", "function": {key: LOOKUP[key] for key in ("name", "parameters", "strict")}}
    called = client.chat.completions.create(model=MODEL, messages=messages, tools=[tool], tool_choice="required")
    (call,) = called.choices[0].message.tool_calls or []
    turns = [*messages, called.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]
    answered = client.chat.completions.create(model=MODEL, messages=turns, tools=[tool])

    assert plain.choices[0].message.content == streamed.choices[0].message.content
    assert isinstance(parsed.choices[0].message.parsed, Answer)
    assert answered.choices[0].finish_reason == "stop"


def test_stored_chat_completions(client: OpenAI) -> None:
    made = client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "Say hi."}], store=True, metadata={"test": "stored"}
    )
    client.chat.completions.update(made.id, metadata={"test": "stored", "more": "yes"})
    found = [each.id for each in client.chat.completions.list(metadata={"test": "stored"})]
    messages = [each.content for each in client.chat.completions.messages.list(made.id)]

    assert made.id in found
    assert messages == ["Say hi."]
    assert client.chat.completions.retrieve(made.id).choices == made.choices
    assert client.chat.completions.delete(made.id).deleted


def test_models(client: OpenAI) -> None:
    assert MODEL in [model.id for model in client.models.list()]
    assert client.models.retrieve(MODEL).id == MODEL


def test_webhooks_are_unwrapped(client: OpenAI, receiver: Receiver) -> None:
    made = client.responses.create(model=MODEL, input="Say hi.", background=True)
    end = time.monotonic() + 5
    while not receiver.deliveries_of(made.id) and time.monotonic() < end:
        time.sleep(0.02)
    (delivery,) = receiver.deliveries_of(made.id)
    event: Any = client.webhooks.unwrap(delivery.content, dict(delivery.headers), secret=SECRET)

    assert (event.type, event.data.id) == ("response.completed", made.id)
    with pytest.raises(openai.InvalidWebhookSignatureError):
        client.webhooks.unwrap(delivery.content + b" ", dict(delivery.headers), secret=SECRET)


@pytest.mark.filterwarnings("ignore:connect:DeprecationWarning")  # the client opens it in the older way
def test_responses_over_one_socket(server: str) -> None:
    turns: list[Exchange] = []
    with OpenAI(base_url=server, api_key=KEY) as client, client.responses.connect(max_retries=0) as socket:
        previous = None
        for number, text in enumerate(("My name is Alice.", "Again.", "And again.")):
            asked: Any = {"model": MODEL, "input": text, "store": False, "previous_response_id": previous}
            socket.response.create(**asked)
            pieces: list[bytes] = []
            while not pieces or json.loads(pieces[-1])["type"] not in ("response.completed", "error"):
                pieces.append(socket.recv_bytes())
            previous = json.loads(pieces[-1])["response"]["id"]
            request = Request("WS", "/responses", body={"type": "response.create", **asked})
            chunks = tuple(Chunk(place / 100, piece) for place, piece in enumerate(pieces))
            response = Response(101, (("content-type", SOCKET_MESSAGES),), chunks)
            turns.append(Exchange(f"socket/{number}", request, response, started_at=time.time()))

    assert complaints(turns) == []


def test_a_client_that_retries_gets_through() -> None:
    heard: list[Exchange] = []
    with (
        running(Settings(pace=0, rate_limit=1)) as url,
        overheard(url, heard) as base_url,
        OpenAI(base_url=base_url, api_key="none", max_retries=1, timeout=10) as client,
    ):
        client.responses.create(model=MODEL, input="Say hi.")
        with pytest.raises(openai.RateLimitError) as refused:
            client.with_options(max_retries=0).responses.create(model=MODEL, input="Say hi.")

    assert int(refused.value.response.headers["retry-after"]) >= 1
    assert [exchange.status for exchange in heard] == [200, 429]
    assert complaints(heard) == []
