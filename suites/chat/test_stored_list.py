"""Stored completions are listed, oldest first, page by page, narrowed by their metadata."""

from antiphon.suite import Exchange, Transcript, assume, requirement
from antiphon.suite.controls import kept_completions
from antiphon.suite.controls.completion_views import calls_at, completion_id, first_read, stored_pair, updates_of

completion_kept = kept_completions.completion_kept


def pages(transcript: Transcript) -> list[Exchange]:
    """The pages that are narrowed by metadata of the two. Not testable without one."""
    found = [each for each in calls_at(transcript, "GET", "/completions") if each.is_success]
    narrowed = [each for each in found if any(name.startswith("metadata") for name in query_of(each))]
    assume(narrowed, "no page came")
    return narrowed


def query_of(page: Exchange) -> dict[str, str]:
    return dict(page.request.query) if page.request else {}


def ids_of(page: Exchange) -> list[str]:
    return [id for each in page.body["data"] if isinstance(each, dict) and isinstance(id := each.get("id"), str)]


def listed(transcript: Transcript) -> set[str]:
    return {id for page in pages(transcript) for id in ids_of(page)}


def ours(transcript: Transcript) -> list[str]:
    """The ids of the two. Not testable unless the second can be read, and none but they are listed by their values."""
    found = [completion_id(each) for each in stored_pair(transcript)]
    read = first_read(transcript, stored_pair(transcript)[1])
    assume(read.is_success, "the second cannot be read")
    assume(read.body.get("metadata"), "it lost its metadata, by which it is looked for")
    assume(listed(transcript) <= set(found), "others are listed too, so that the list is not narrowed")
    return found


def page_after(transcript: Transcript, id: str) -> Exchange:
    """The last page after a completion."""
    found = [each for each in pages(transcript) if query_of(each).get("after") == id]
    assume(found, "no page came after it")
    return found[-1]


def whole_page(transcript: Transcript) -> Exchange | None:
    """The last page of both, where one was needed."""
    found = [each for each in pages(transcript) if not query_of(each).keys() & {"after", "limit", "metadata[own]"}]
    return found[-1] if found else None


@requirement("chat.stored.list")
def test_stored_completions_are_listed(completion_kept: Transcript) -> None:
    """A stored completion is in the list."""
    assume(ours(completion_kept), "they have no ids")
    last = pages(completion_kept)[-1]

    assert listed(completion_kept) | set(ids_of(last))


@requirement("chat.stored.order")
def test_the_oldest_comes_first(completion_kept: Transcript) -> None:
    """Completions are listed oldest first when no order is asked for: the second stands on the page after the first."""
    first, second = ours(completion_kept)
    later, whole = page_after(completion_kept, first), whole_page(completion_kept)
    if second not in ids_of(later):
        assume(whole is not None and {first, second} <= set(ids_of(whole)), "no page has both")
        assert whole is not None
        assert ids_of(whole).index(first) < ids_of(whole).index(second)


@requirement("chat.stored.metadata-filter")
def test_metadata_narrow_the_list(completion_kept: Transcript) -> None:
    """The list can be narrowed by metadata."""
    pair = stored_pair(completion_kept)
    found = [completion_id(each) for each in pair]
    assume(listed(completion_kept) & set(found), "neither of the two is listed")
    labels = [(each, each.sent["metadata"]) for each in pair]
    labels += [(pair[0], each.sent["metadata"]) for each in updates_of(completion_kept, pair[0])]
    owners = {metadata.get("own"): completion_id(each) for each, metadata in labels}
    for page in pages(completion_kept):
        owner = owners.get(query_of(page).get("metadata[own]", ""))
        assert [id for id in ids_of(page) if id not in ([owner] if owner else found)] == []


@requirement("chat.stored.pages")
def test_pages_give_every_completion_once(completion_kept: Transcript) -> None:
    """Walking the pages gives every completion once: the page after the first has the second alone."""
    first, second = ours(completion_kept)
    assume(second in listed(completion_kept), "the second is not listed at all")
    later, whole = page_after(completion_kept, first), whole_page(completion_kept)
    newest_first = whole is not None and ids_of(whole) == [second, first]

    assert ids_of(later) == ([] if newest_first else [second])
