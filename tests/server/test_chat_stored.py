"""Stored chat completions: kept on request only, listed oldest first, changed and deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from openai import NotFoundError, OpenAI
from tests.server.server_wire import MODEL

from antiphon.server import ServerSettings, background_server

HI: list[Any] = [{"role": "user", "content": "hi"}]


@pytest.fixture(scope="module")
def kept() -> Iterator[OpenAI]:
    """A client of a server that has stored nothing yet."""
    with (
        background_server(ServerSettings(pace=0)) as url,
        OpenAI(base_url=url, api_key="none", max_retries=0) as client,
    ):
        yield client


def make(sdk: OpenAI, **more: Any) -> str:
    return str(sdk.chat.completions.create(model=MODEL, messages=HI, store=True, **more).id)


def test_a_stored_completion_lives_and_goes(kept: OpenAI) -> None:
    made = kept.chat.completions.create(model=MODEL, messages=HI, store=True, metadata={"a": "b"})
    found = kept.chat.completions.retrieve(made.id)
    assert found.choices == made.choices
    assert found.metadata == {"a": "b"}
    assert kept.chat.completions.update(made.id, metadata={"c": "d"}).metadata == {"c": "d"}
    assert kept.chat.completions.retrieve(made.id).metadata == {"c": "d"}
    gone = kept.chat.completions.delete(made.id)
    assert (gone.id, gone.object, gone.deleted) == (made.id, "chat.completion.deleted", True)
    for read in (kept.chat.completions.retrieve, kept.chat.completions.delete):
        with pytest.raises(NotFoundError):
            read(made.id)


@pytest.mark.parametrize("store", [None, False])
def test_nothing_is_stored_unasked(kept: OpenAI, store: bool | None) -> None:
    made = kept.chat.completions.create(model=MODEL, messages=HI, store=store)
    with pytest.raises(NotFoundError):
        kept.chat.completions.retrieve(made.id)


def test_a_stream_is_stored_when_it_has_ended(kept: OpenAI) -> None:
    stream = list(kept.chat.completions.create(model=MODEL, messages=HI, store=True, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    assert kept.chat.completions.retrieve(stream[0].id).choices[0].message.content == text


def test_the_list_is_narrowed_and_paged(kept: OpenAI) -> None:
    ours = [make(kept, metadata={"list": "one"}) for _ in range(5)]
    other = make(kept, metadata={"list": "two"})
    wanted: Any = {"metadata": {"list": "one"}}
    assert [each.id for each in kept.chat.completions.list(**wanted, limit=2)] == ours
    page = kept.chat.completions.list(**wanted, limit=2, after=ours[1])
    assert [each.id for each in page.data] == ours[2:4]
    assert page.has_more
    assert [each.id for each in kept.chat.completions.list(**wanted, order="desc").data] == ours[::-1]
    assert other in {each.id for each in kept.chat.completions.list(limit=100).data}
    assert [each.id for each in kept.chat.completions.list(model="antiphon-1-mini").data] == []
    assert len(kept.chat.completions.list(model=MODEL, limit=100).data) >= 6


def test_the_messages_are_listed(kept: OpenAI) -> None:
    parts = [{"type": "text", "text": "and you?"}]
    messages: Any = [*HI, {"role": "assistant", "content": "hello"}, {"role": "user", "content": parts}]
    made = kept.chat.completions.create(model=MODEL, messages=messages, store=True).id
    listed = kept.chat.completions.messages.list(made)
    assert [(each.role, each.content) for each in listed] == [("user", "hi"), ("assistant", "hello"), ("user", None)]
    assert len({each.id for each in listed}) == 3
    assert listed.data[2].content_parts is not None


def test_an_update_needs_metadata(http: httpx.Client) -> None:
    body = {"model": MODEL, "messages": HI, "store": True, "metadata": {"a": "b"}}
    id = http.post("/chat/completions", json=body).json()["id"]
    refused = http.post(f"/chat/completions/{id}", json={})
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == "metadata"
    assert http.post(f"/chat/completions/{id}", json={"metadata": None}).json()["metadata"] == {}
    assert http.get("/chat/completions", params={"limit": 0}).status_code == 400
    assert http.get("/chat/completions", params={"after": "chatcmpl-none"}).status_code == 400
