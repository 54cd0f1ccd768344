"""Completions that were asked to be stored, whole and as a stream, are read, changed and deleted."""

from typing import Any

from antiphon.recording.chat_chunks import joined_completion
from antiphon.suite import Transcript, assume, is_taken, requirement
from antiphon.suite.controls import kept_completions
from antiphon.suite.controls.kept_completions import (
    COUNT,
    LATER_METADATA,
    calls_at,
    completion_id,
    creates,
    first_reads,
    last_read,
    stored_pair,
    unstored_completion,
)

completion_kept = kept_completions.completion_kept


@requirement("chat.stored.get")
def test_a_stored_completion_is_read(completion_kept: Transcript) -> None:
    """A stored completion is read by its id."""
    created, found = stored_pair(completion_kept)[0], first_reads(completion_kept)[0]

    assert found.status == 200
    assert found.body["id"] == created.body["id"]


@requirement("chat.stored.after-stream")
def test_a_streamed_completion_is_stored(completion_kept: Transcript) -> None:
    """A streamed completion is stored, and reads with as many choices and calls as its chunks have."""
    assume(first_reads(completion_kept)[0].is_success, "no stored completion can be read, streamed or not")
    streamed = [each for each in creates(completion_kept) if each.sent.get("stream")][-1]
    said = joined_completion(streamed.events)
    assume(said.get("id"), "the stream was refused, or has no chunks")
    found = last_read(completion_kept, streamed)

    assert found.status == 200
    assert calls_of(found.body) == calls_of(said)


def calls_of(completion: Any) -> list[int]:
    """How many calls each choice of a completion has."""
    return [len(choice["message"].get("tool_calls") or ()) for choice in completion["choices"]]


@requirement("chat.stored.metadata")
def test_its_metadata_are_shown(completion_kept: Transcript) -> None:
    """A stored completion shows the metadata it was created with."""
    created = stored_pair(completion_kept)[1]
    found = last_read(completion_kept, created)
    assume(found.is_success, "it cannot be read")

    assert found.body["metadata"] == created.sent["metadata"]


@requirement("chat.stored.messages")
def test_its_messages_have_ids(completion_kept: Transcript) -> None:
    """The messages of a stored completion are listed with ids."""
    (listed,) = calls_at(completion_kept, "GET", "/messages")
    assume(first_reads(completion_kept)[0].is_success, "it cannot be read")
    asked = [message for message in listed.body["data"] if message["content"] == COUNT]

    assert asked
    assert all(isinstance(message["id"], str) and message["id"] for message in asked)


@requirement("chat.stored.update")
def test_its_metadata_are_replaced(completion_kept: Transcript) -> None:
    """New metadata of a stored completion replace the old ones."""
    updated = next(each for each in completion_kept if each.sent == {"metadata": LATER_METADATA})
    after, _ = first_reads(completion_kept)
    assume(after.is_success, "it cannot be read")

    assert updated.is_success
    assert after.body["metadata"] == LATER_METADATA


@requirement("chat.stored.delete")
def test_a_deleted_completion_is_gone(completion_kept: Transcript) -> None:
    """A deleted completion cannot be read."""
    before, after = first_reads(completion_kept)
    assume(before.is_success, "it cannot be read even before that")
    (deleted,) = calls_at(completion_kept, "DELETE", "")

    assert deleted.is_success
    assert after.is_client_error


@requirement("chat.stored.default-off")
def test_nothing_is_stored_unasked(completion_kept: Transcript) -> None:
    """A completion is not stored when store is left out."""
    unkept = unstored_completion(completion_kept)
    assume(is_taken(unkept), "the completion was refused")
    sought = calls_at(completion_kept, "GET", f"/{completion_id(unkept)}")[0]
    assume(first_reads(completion_kept)[0].is_success, "no stored completion can be read either")

    assert sought.is_client_error
