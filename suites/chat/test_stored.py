"""A completion that was asked to be stored can be read, changed and deleted."""

from typing import Any

import anyio

from antiphon.recording.chat_chunks import joined_completion
from antiphon.suite import Answer, Api, Transcript, assume, must_refuse, requirement, scenario

QUESTION = [{"role": "user", "content": "Say hi."}]


async def read(api: Api, completion_id: str) -> Answer:
    """Read a completion that may take a while to be stored."""
    for _ in range(20):
        answer = await api.call("chat.get", completion_id=completion_id)
        if answer.ok:
            break
        await anyio.sleep(0.5)
    return answer


@scenario(needs={"chat-stored"})
async def completion_kept(api: Api) -> None:
    """Stored completions are listed; one is read, its messages are listed, its metadata changed, and it is deleted."""
    await api.call("chat.list", query={"limit": 1})
    body = {"model": api.model, "messages": QUESTION, "store": True, "metadata": {"colour": "red", "size": "big"}}
    kept = (await api.call("chat.create", body={**body, "max_completion_tokens": 200})).id
    await read(api, kept)
    await api.call("chat.messages", completion_id=kept)
    await api.call("chat.update", body={"metadata": {"colour": "blue"}}, completion_id=kept)
    await api.call("chat.get", completion_id=kept)
    await api.call("chat.delete", completion_id=kept)
    with api.intending(must_refuse("deleted")):
        await api.call("chat.get", completion_id=kept)


@requirement("chat.stored.get")
def test_a_stored_completion_is_read(completion_kept: Transcript) -> None:
    """A stored completion is read by its id."""
    _, created, *reads, _, _, _, _, _ = completion_kept
    found = reads[-1]

    assert found.status == 200
    assert found.body["id"] == created.body["id"]


@requirement("chat.stored.metadata")
def test_its_metadata_are_shown(completion_kept: Transcript) -> None:
    """A stored completion shows the metadata it was created with."""
    _, _, *reads, _, _, _, _, _ = completion_kept
    assume(reads[-1].is_success, "it cannot be read")

    assert reads[-1].body["metadata"] == {"colour": "red", "size": "big"}


@requirement("chat.stored.messages")
def test_its_messages_have_ids(completion_kept: Transcript) -> None:
    """The messages of a stored completion are listed with ids."""
    *_, listed, _, _, _, _ = completion_kept
    assume(completion_kept[2].is_success, "it cannot be read")
    asked = [message for message in listed.body["data"] if message["content"] == "Say hi."]

    assert asked
    assert all(isinstance(message["id"], str) and message["id"] for message in asked)


@requirement("chat.stored.update")
def test_its_metadata_are_replaced(completion_kept: Transcript) -> None:
    """New metadata of a stored completion replace the old ones."""
    *_, updated, after, _, _ = completion_kept
    assume(completion_kept[2].is_success, "it cannot be read")

    assert updated.is_success
    assert after.body["metadata"] == {"colour": "blue"}


@requirement("chat.stored.delete")
def test_a_deleted_completion_is_gone(completion_kept: Transcript) -> None:
    """A deleted completion cannot be read."""
    *_, before, deleted, after = completion_kept
    assume(before.is_success, "it cannot be read even before that")

    assert deleted.is_success
    assert after.is_client_error


@scenario(needs={"chat-stored"})
async def completion_not_kept(api: Api) -> None:
    """A completion that was not asked to be stored is read."""
    made = await api.call("chat.create", body={"model": api.model, "messages": QUESTION, "max_completion_tokens": 200})
    await anyio.sleep(0.2)
    with api.intending(must_refuse("not-stored")):
        await api.call("chat.get", completion_id=made.id)


@requirement("chat.stored.default-off")
def test_nothing_is_stored_unasked(completion_not_kept: Transcript, completion_kept: Transcript) -> None:
    """A completion is not stored when store is left out."""
    _, sought = completion_not_kept
    read_again = completion_kept[-3]
    assume(read_again.is_success, "no stored completion can be read either")

    assert sought.is_client_error


PAIR: list[dict[str, Any]] = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}
    for name in ("wash_floor", "paint_wall")
]


LABELS = {"colour": "green"}


@scenario(needs={"chat-stored"})
async def streamed_completion_kept(api: Api) -> None:
    """A completion that calls two functions is streamed, stored and read."""
    body = {"messages": [{"role": "user", "content": "Call each of the two tools."}], "tools": PAIR, "stream": True}
    body |= {"model": api.model, "tool_choice": "required", "store": True, "max_completion_tokens": 400}
    body["metadata"] = LABELS
    streamed = await api.call("chat.create", body=body)
    if id := joined_completion(streamed.exchange.events).get("id"):
        await read(api, id)


@requirement("chat.stored.after-stream")
def test_a_streamed_completion_is_stored(streamed_completion_kept: Transcript, completion_kept: Transcript) -> None:
    """A streamed completion is stored, and reads with as many choices and calls as its chunks have."""
    assume(completion_kept[2].is_success, "no stored completion can be read, streamed or not")
    streamed, *reads = streamed_completion_kept
    said = joined_completion(streamed.events)
    assume(said.get("id"), "the stream was refused, or has no chunks")
    found = reads[-1]

    assert found.status == 200
    assert calls_of(found.body) == calls_of(said)


def calls_of(completion: Any) -> list[int]:
    """How many calls each choice of a completion has."""
    return [len(choice["message"].get("tool_calls") or ()) for choice in completion["choices"]]


@requirement("chat.stored.metadata")
def test_a_streamed_one_shows_its_metadata(streamed_completion_kept: Transcript) -> None:
    """A completion that was streamed and stored shows the metadata it was created with."""
    *_, found = streamed_completion_kept
    assume(not found.sent and found.is_success, "it cannot be read")

    assert found.body["metadata"] == LABELS
