"""Stored completions are listed, oldest first, page by page, narrowed by their metadata."""

from typing import Any

from antiphon.suite import Transcript, assume, requirement
from antiphon.suite.controls import kept_completions
from antiphon.suite.controls.kept_completions import calls_at, completion_id, last_read, stored_pair

completion_kept = kept_completions.completion_kept


def pages(transcript: Transcript) -> list[list[str]]:
    """The ids of the lists: of those with the second's own value, then the two pages of those that share one."""
    *_, own, first, second = calls_at(transcript, "GET", "/completions")
    return [ids_of(page.body["data"]) if page.is_success else [] for page in (own, first, second)]


def ids_of(data: list[Any]) -> list[str]:
    return [id for each in data if isinstance(each, dict) and isinstance(id := each.get("id"), str)]


def ours(transcript: Transcript) -> list[str]:
    """The ids of the two. Not testable unless the second can be read, and none but they are listed by their values."""
    found = [completion_id(each) for each in stored_pair(transcript)]
    read = last_read(transcript, stored_pair(transcript)[1])
    assume(read.is_success, "the second cannot be read")
    assume(read.body.get("metadata"), "it lost its metadata, by which it is looked for")
    listed = {id for page in pages(transcript) for id in page}
    assume(listed <= set(found), "others are listed too, so that the list is not narrowed")
    return found


@requirement("chat.stored.list")
def test_stored_completions_are_listed(completion_kept: Transcript) -> None:
    """A stored completion is in the list."""
    own, *shared = pages(completion_kept)
    second = ours(completion_kept)[1]

    assert second in own or any(second in page for page in shared)


@requirement("chat.stored.order")
def test_the_oldest_comes_first(completion_kept: Transcript) -> None:
    """Completions are listed oldest first when no order is asked for."""
    first, second = ours(completion_kept)
    _, *shared = pages(completion_kept)
    found = [each for page in shared for each in page]
    assume({first, second} <= set(found), "not all stored completions are listed")

    assert found.index(first) < found.index(second)


@requirement("chat.stored.metadata-filter")
def test_metadata_narrow_the_list(completion_kept: Transcript) -> None:
    """The list can be narrowed by metadata."""
    first, second = map(completion_id, stored_pair(completion_kept))
    own, *shared = pages(completion_kept)
    listed = [each for page in (own, *shared) for each in page]
    assume(second in listed or first in listed, "neither of the two is listed")

    assert first not in own
    assert [each for each in listed if each not in (first, second)] == []


@requirement("chat.stored.pages")
def test_pages_give_every_completion_once(completion_kept: Transcript) -> None:
    """Walking the pages gives every completion once."""
    expected = ours(completion_kept)
    own, *shared = pages(completion_kept)
    assume(expected[1] in own, "the second is not listed at all")
    walked = [each for page in shared for each in page]

    assert sorted(walked) == sorted(expected)
