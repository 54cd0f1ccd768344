"""Completions that were asked to be stored, whole and as a stream, are read, changed and deleted."""

from typing import Any

from antiphon.recording.chat_chunks import joined_completion
from antiphon.suite import Transcript, assume, requirement
from antiphon.suite.controls import kept_completions
from antiphon.suite.controls.completion_views import (
    calls_at,
    calls_of,
    completion_id,
    creates,
    first_read,
    stored_pair,
    updates_of,
    views_of,
)
from antiphon.suite.controls.kept_completions import COUNT

completion_kept = kept_completions.completion_kept


@requirement("chat.stored.get")
def test_a_stored_completion_is_read(completion_kept: Transcript) -> None:
    """A stored completion is read by its id."""
    created = stored_pair(completion_kept)[1]
    found = first_read(completion_kept, created)

    assert found.status == 200
    assert found.body["id"] == completion_id(created)


@requirement("chat.stored.after-stream")
def test_a_streamed_completion_is_stored(completion_kept: Transcript) -> None:
    """A streamed completion is stored, and reads with as many choices and calls as its chunks have."""
    assume(views_of(completion_kept, stored_pair(completion_kept)[0]), "the one before it is not stored either")
    streamed = [each for each in creates(completion_kept) if each.sent.get("stream") and each.sent.get("store")][-1]
    said = joined_completion(streamed.events)
    assume(said.get("id"), "the stream was refused, or has no chunks")
    found = first_read(completion_kept, streamed)

    assert found.status == 200
    assert count_calls(found.body) == count_calls(said)


def count_calls(completion: Any) -> list[int]:
    """How many calls each choice of a completion has."""
    return [len(choice["message"].get("tool_calls") or ()) for choice in completion["choices"]]


@requirement("chat.stored.metadata")
def test_its_metadata_are_shown(completion_kept: Transcript) -> None:
    """A stored completion shows the metadata it was created with."""
    created = stored_pair(completion_kept)[1]
    found = first_read(completion_kept, created)
    assume(found.is_success, "it cannot be read")

    assert found.body["metadata"] == created.sent["metadata"]


@requirement("chat.stored.messages")
def test_its_messages_have_ids(completion_kept: Transcript) -> None:
    """The messages of a stored completion are listed with ids."""
    (listed,) = calls_at(completion_kept, "GET", "/messages")
    assume(views_of(completion_kept, stored_pair(completion_kept)[0]), "it is not stored")
    asked = [message for message in listed.body["data"] if message["content"] == COUNT]

    assert asked
    assert all(isinstance(message["id"], str) and message["id"] for message in asked)


@requirement("chat.stored.update")
def test_its_metadata_are_replaced(completion_kept: Transcript) -> None:
    """New metadata of a stored completion replace the old ones."""
    first = stored_pair(completion_kept)[0]
    *_, updated = updates_of(completion_kept, first)
    views = views_of(completion_kept, first)
    assume(views, "it is not stored")

    assert updated.is_success
    assert views[-1]["metadata"] == updated.sent["metadata"]


@requirement("chat.stored.delete")
def test_a_deleted_completion_is_gone(completion_kept: Transcript) -> None:
    """A deleted completion cannot be read, and not be deleted again where a deletion shows that."""
    second = stored_pair(completion_kept)[1]
    deletions = calls_of(completion_kept, "DELETE", second)
    assume(len(deletions) == 2, "another completion was deleted")
    places = list(completion_kept)
    reads = calls_of(completion_kept, "GET", second)
    after = [each for each in reads if places.index(each) > places.index(deletions[-1])]
    assume(any(each.is_success for each in reads if each not in after), "it cannot be read even before that")

    assert deletions[0].is_success
    for gone in after or deletions[1:]:
        assert gone.is_client_error
