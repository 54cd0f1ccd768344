"""Streams that wait for nothing are written whole, and say what those that take their time say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from tests.server.server_wire import FUNCTION, MODEL, events

from antiphon.server import ServerSettings, background_server

MADE = ("id", "item_id", "call_id", "container_id", "created_at", "completed_at", "encrypted_content", "created")
"""What differs from request to request."""
EDITIONS = ("openai-2026-08", "open-responses-2026-04-24")


@pytest.fixture(scope="module", params=EDITIONS)
def both(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """A server that waits for nothing, and one that paces."""
    told = {"edition": request.param}
    with (
        background_server(ServerSettings(pace=0), **told) as hasty,
        background_server(ServerSettings(pace=0.0002), **told) as paced,
    ):
        yield hasty, paced


def stable(value: Any) -> Any:
    """A value without what differs from request to request, in the order in which it came."""
    if isinstance(value, Mapping):
        return [(key, stable(inner)) for key, inner in value.items() if key not in MADE]
    return [*map(stable, value)] if isinstance(value, list) else value


def said_by(url: str, path: str, body: Mapping[str, Any]) -> str:
    reply = httpx.post(url + path, content=json.dumps({"model": MODEL, "stream": True, **body}), timeout=10)
    assert reply.status_code == 200, reply.text
    return reply.text


RESPONSES: Mapping[str, Mapping[str, Any]] = {
    "many words": {"input": "Say hi."},
    "one word": {"input": "Say exactly: Hello"},
    "a long text": {"input": "Count to 1000."},
    "signs that mean something elsewhere": {"input": 'Repeat: 100 % %d %s 7eXt <id> 70707007 "\\ {} \u2028 ça 👋'},
    "half a surrogate pair": {"input": "Repeat: a \ud800 b"},
    "a refusal": {"input": "Something forbidden."},
    "reasoning before": {"input": "Hi.", "reasoning": {"effort": "low", "summary": "auto"}},
    "a call": {"input": "Hi.", "tools": [FUNCTION], "tool_choice": "required"},
    "an answer that is cut": {"input": "Count to 1000.", "max_output_tokens": 16},
    "log probabilities": {"input": "Hi.", "include": ["message.output_text.logprobs"], "top_logprobs": 2},
    "nothing hidden": {"input": "Hi.", "stream_options": {"include_obfuscation": False}},
    "a model that fails": {"input": "Hi.", "model": "antiphon-1-failing"},
    "fields that are echoed": {"input": "Hi.", "metadata": {"a": "b"}, "temperature": 1, "instructions": "Be short."},
}


def told(url: str, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The events of a streamed create, without the mark at its end."""
    return events(said_by(url, "/responses", body).removesuffix("data: [DONE]\n\n"))


@pytest.mark.parametrize("body", RESPONSES.values(), ids=[*RESPONSES])
def test_a_stream_is_the_same_as_one_that_takes_its_time(both: tuple[str, str], body: Mapping[str, Any]) -> None:
    hasty, paced = (stable(told(url, body)) for url in both)

    assert hasty == paced


def test_what_a_stream_says_hangs_together(both: tuple[str, str]) -> None:
    said = told(both[0], {"input": "Say hi."})
    items = {event["item_id"] for event in said if "item_id" in event}
    whole = said[-1]["response"]

    assert [event["sequence_number"] for event in said] == [*range(len(said))]
    assert items == {whole["output"][0]["id"]}
    assert {event["response"]["id"] for event in said if "response" in event} == {whole["id"]}


def test_the_end_is_marked_where_the_edition_wants_it(both: tuple[str, str]) -> None:
    ends = [said_by(url, "/responses", {"input": "Hi."}).endswith("\n\ndata: [DONE]\n\n") for url in both]

    assert ends[0] == ends[1]


CHATS: Mapping[str, Mapping[str, Any]] = {
    "words": {},
    "several": {"n": 2, "stream_options": {"include_usage": True}},
    "nothing hidden": {"stream_options": {"include_obfuscation": False}},
    "a call": {
        "tools": [{"type": "function", "function": {key: FUNCTION[key] for key in ("name", "parameters")}}],
        "tool_choice": "required",
    },
    "log probabilities": {"logprobs": True, "top_logprobs": 1},
}


@pytest.mark.parametrize("body", CHATS.values(), ids=[*CHATS])
def test_a_chat_is_the_same_as_one_that_takes_its_time(both: tuple[str, str], body: Mapping[str, Any]) -> None:
    asked = {"messages": [{"role": "user", "content": "Say 100 %."}], **body}
    hasty, paced = (said_by(url, "/chat/completions", asked).split("\n\n") for url in both)

    assert hasty[-2:] == paced[-2:] == ["data: [DONE]", ""]
    assert stable([json.loads(line[6:]) for line in hasty[:-2]]) == stable(
        [json.loads(line[6:]) for line in paced[:-2]]
    )


def test_a_chat_that_was_streamed_at_once_can_be_read_again(both: tuple[str, str]) -> None:
    asked = {"messages": [{"role": "user", "content": "Hi."}], "store": True}
    first = json.loads(said_by(both[0], "/chat/completions", asked).partition("\n\n")[0].removeprefix("data: "))

    assert httpx.get(f"{both[0]}/chat/completions/{first['id']}").json()["id"] == first["id"]


def test_a_response_that_was_streamed_at_once_is_stored(both: tuple[str, str]) -> None:
    whole = told(both[0], {"input": "Hi."})[-1]["response"]

    assert httpx.get(f"{both[0]}/responses/{whole['id']}").json() == whole
