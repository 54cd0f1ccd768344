"""One stored response, from its creation to its deletion: in few calls what other scenarios show one by one.

A run that plays few scenarios plays this one in their place; a deep one plays them all.
"""

from enum import IntEnum, auto
from typing import Any

import pytest

from antiphon.suite import PROBE, Api, Exchange, Transcript, assume, must_refuse, requirement, scenario
from antiphon.suite.controls import cancelled_runs, token_counts
from antiphon.suite.controls.token_counts import assume_count_moves, count_input
from antiphon.suite.unknown_ids import alter

weighed = token_counts.weighed
cancelled_stream, cancelled_midway = cancelled_runs.cancelled_stream, cancelled_runs.cancelled_midway

TEXTS = [f"Message {number}: café, 你好,\ta tab and two  spaces 👋\n" for number in range(1, 26)]
"""More than a page of them, each with letters and white space that careless servers change."""
PAIRS = {f"{'k' * 62}{number:02}": "v" * 512 for number in range(15)}
RULES = "Write plain words, and be brief."
FEW = 8
"""Tokens by which two short texts may differ, fewer than any answer has with what frames it."""

LEAST = 4
"""Tokens of each of the texts at least."""
LEAST_OF_METADATA = 300
"""Tokens of the metadata at least, many more than those of the instructions."""


class Step(IntEnum):
    """The calls, in their order."""

    CREATED = 0
    READ = auto()
    FIRST_PAGE = auto()
    NEXT_PAGE = auto()
    ASCENDING = auto()
    LIMIT_ABOVE = auto()
    ODD_ORDER = auto()
    RESUMED = auto()
    CANCELLED = auto()
    INCLUDED = auto()
    CONTINUED = auto()
    UNKNOWN_READ = auto()
    UNKNOWN_LISTED = auto()
    UNKNOWN_DELETED = auto()
    DELETED = auto()
    DELETED_AGAIN = auto()
    READ_AFTER = auto()
    LISTED_AFTER = auto()
    CONTINUED_AFTER = auto()


@scenario(needs={"store", "input-items", "chaining"})
async def one_life(api: Api) -> None:
    """A long input is answered; the response is read, listed, asked for wrongly, continued, and deleted."""
    messages = [{"role": "user" if place else "developer", "content": text} for place, text in enumerate(TEXTS)]
    id = (await api.create(input=messages, instructions=RULES, metadata=PAIRS, max_output_tokens=64)).id
    unknown = alter(id)
    await api.retrieve(id)
    first = await api.input_items(id)
    await api.input_items(id, after=(first.data[-1].get("id") or "") if first.data else "")
    await api.input_items(id, limit=100, order="asc")
    with api.intending(PROBE):
        await api.input_items(id, limit=101)
    with api.intending(must_refuse("input-items-order")):
        await api.input_items(id, order="sideways")
    with api.intending(must_refuse("resume-foreground")):
        await api.retrieve(id, stream="true")
    with api.intending(PROBE):  # a server may lack it; whether it does others show
        await api.cancel(id)
    await api.retrieve(id, include=["message.output_text.logprobs"])
    await api.create(input="Go on.", previous_response_id=id, max_output_tokens=64)
    with api.intending(must_refuse("unknown-response-retrieve")):
        await api.retrieve(unknown)
        await api.input_items(unknown)
        await api.delete(unknown)
    await api.delete(id)
    with api.intending(must_refuse("deleted")):
        await api.delete(id)
        await api.retrieve(id)
        await api.input_items(id)
        await api.create(input="Once more.", previous_response_id=id, store=False, max_output_tokens=64)


def texts(page: Exchange) -> list[str]:
    """The text of each item of a page."""
    assume(page.is_success, f"{page.id} is no page")
    contents = [item.get("content") or () for item in page.body["data"]]
    return [
        each if isinstance(each, str) else "".join(part.get("text", "") for part in each if isinstance(part, dict))
        for each in contents
    ]


def ids(page: Exchange) -> list[str]:
    """The ids of the items of a page."""
    assume(page.is_success, f"{page.id} is no page")
    found = [item.get("id") for item in page.body["data"]]
    assume(all(found), "an item of a page has no id")
    return found


def places(page: Exchange) -> list[int]:
    """The places in the request of the items of a page, told by their numbered texts."""
    heads = [text.split(":")[0] for text in TEXTS]
    found = [heads.index(head) for text in texts(page) if (head := text.split(":")[0].strip()) in heads]
    assume(len(set(found)) > 1, f"fewer than two items of the input are listed in {page.id}")
    return found


def assume_stored(life: Transcript) -> None:
    """Not testable unless the response can be read some time or other."""
    assume(life[Step.READ].is_success or life[Step.INCLUDED].is_success, "the response cannot be read at all")


@requirement("store.default-on")
def test_it_is_stored_by_default(one_life: Transcript) -> None:
    """A response is stored when store is left out."""
    assert one_life[Step.READ].is_success or one_life[Step.INCLUDED].is_success


@requirement("store.readable-at-once")
def test_it_can_be_read_at_once(one_life: Transcript) -> None:
    """A response can be read as soon as its reply has arrived."""
    assume_stored(one_life)

    assert one_life[Step.READ].is_success


def assume_cancels(life: Transcript, background: Transcript) -> None:
    """Not testable where nothing else is cancelled either: a response that runs in the background."""
    assume_stored(life)
    cancel = next((each for each in background if not each.sent), None)
    taken = life[Step.CANCELLED].is_success or (cancel and cancel.is_success)
    assume(taken, "a background response cannot be cancelled either")


@requirement("cancel.foreground-refused")
def test_what_was_not_in_the_background_is_not_cancelled(one_life: Transcript, cancelled_stream: Transcript) -> None:
    """A response that was not started in the background cannot be cancelled."""
    assume_cancels(one_life, cancelled_stream)

    assert one_life[Step.CANCELLED].is_client_error


@requirement("cancel.foreground-refused")
def test_it_is_not_cancelled_where_others_are(one_life: Transcript, cancelled_midway: Transcript) -> None:
    """A response that was not started in the background cannot be cancelled; the control goes on to other calls."""
    assume_cancels(one_life, cancelled_midway)

    assert one_life[Step.CANCELLED].is_client_error


@requirement("cancel.foreground-unchanged")
def test_a_refused_cancel_changes_nothing(one_life: Transcript) -> None:
    """A refused cancel leaves the response as it was."""
    created, after = one_life[Step.CREATED], one_life[Step.INCLUDED]
    assume(one_life[Step.CANCELLED].is_client_error, "it was not refused")
    assume(after.is_success, "it cannot be read")

    assert after.body["status"] == created.body["status"]
    assert len(after.body["output"]) == len(created.body["output"])


@requirement("chain.continues")
def test_it_is_continued(one_life: Transcript) -> None:
    """A stored response is continued by its id."""
    assume_stored(one_life)

    assert one_life[Step.CONTINUED].is_success


@requirement("chain.instructions-null")
def test_no_instructions_are_carried_over(one_life: Transcript) -> None:
    """A continued response without instructions shows none."""
    continued = one_life[Step.CONTINUED]
    assume(continued.is_success, "the response was not continued")
    assume(one_life[Step.CREATED].body.get("instructions"), "no reply shows its instructions")
    assume("instructions" in continued.body, "the continued response does not show whether it has instructions")

    assert continued.body.get("instructions") is None


@requirement("chain.metadata-not-inherited")
def test_no_metadata_are_carried_over(one_life: Transcript) -> None:
    """A continued response does not show the metadata of the one before."""
    continued = one_life[Step.CONTINUED]
    assume(continued.is_success, "the response was not continued")
    assume(one_life[Step.CREATED].body.get("metadata"), "no reply shows its metadata")
    assume("metadata" in continued.body, "the continued response does not show whether it has metadata")

    assert PAIRS.keys().isdisjoint(continued.body.get("metadata") or {})


@requirement("chain.grows")
def test_the_turn_before_is_counted(one_life: Transcript, weighed: Transcript) -> None:
    """Input tokens grow along a chain: a short turn costs more after others than a short text costs alone."""
    continued = one_life[Step.CONTINUED]
    assume_count_moves(weighed[0], weighed[1])

    assert count_input(continued) > count_input(weighed[0]) + FEW


@requirement("chain.context-included")
def test_the_texts_before_are_counted(one_life: Transcript, weighed: Transcript) -> None:
    """A continued response counts the texts of the turn before, each of which is some tokens."""
    continued = one_life[Step.CONTINUED]
    assume_count_moves(weighed[0], weighed[1])

    assert count_input(continued) > count_input(weighed[0]) + LEAST * len(TEXTS)


@requirement("metadata.not-counted")
def test_metadata_cost_nothing(one_life: Transcript) -> None:
    """A create with thousands of letters of metadata counts about what the next turn counts of it, without them."""
    created, continued = one_life[Step.CREATED], one_life[Step.CONTINUED]
    assume(count_input(continued) > LEAST * len(TEXTS), "the next turn does not count the texts")

    assert count_input(created) < count_input(continued) + LEAST_OF_METADATA


@requirement("metadata.maximum-accepted")
def test_many_long_metadata_are_taken(one_life: Transcript) -> None:
    """As many pairs as may be, with one of ours, of the greatest length are taken."""
    created = one_life[Step.CREATED]
    assume(created.is_success, "the create was refused")

    assert {name: created.body["metadata"].get(name) for name in PAIRS} == PAIRS


@requirement("input-items.lists-input")
def test_every_item_is_listed(one_life: Transcript) -> None:
    """The list holds every item of the request's input."""
    assert sorted(set(places(one_life[Step.ASCENDING]))) == list(range(len(TEXTS)))


@requirement("input-items.text-as-sent")
def test_texts_are_as_sent(one_life: Transcript) -> None:
    """A listed text is the one that was sent."""
    page = one_life[Step.ASCENDING]
    sent = {text.split(":")[0]: text for text in TEXTS}
    found = {head: text for text in texts(page) if (head := text.split(":")[0].strip()) in sent}
    assume(found, "no item of the input is listed")

    assert found == {head: sent[head] for head in found}


@requirement("input-items.default-order")
def test_newest_come_first(one_life: Transcript) -> None:
    """Items are listed newest first when no order is asked for."""
    default = places(one_life[Step.FIRST_PAGE])

    assert default == sorted(default, reverse=True)


@requirement("input-items.order-matches-input")
def test_ascending_is_the_order_of_the_request(one_life: Transcript) -> None:
    """Ascending order is the order of the request."""
    ascending = places(one_life[Step.ASCENDING])

    assert ascending == sorted(ascending)


@requirement("input-items.order-ascending")
def test_ascending_is_the_default_reversed(one_life: Transcript) -> None:
    """Ascending order is descending order reversed: the first page shows the last items of the ascending list."""
    default, ascending = places(one_life[Step.FIRST_PAGE]), places(one_life[Step.ASCENDING])
    assume(default == sorted(default, reverse=True), "the default is not descending")

    assert ascending[-len(default) :][::-1] == default


@requirement("input-items.default-limit")
def test_a_page_holds_twenty(one_life: Transcript) -> None:
    """A page holds twenty items when no limit is asked for and more are there."""
    assume(len(ids(one_life[Step.ASCENDING])) > 20, "the whole list has no more than twenty items")

    assert len(ids(one_life[Step.FIRST_PAGE])) == 20


@requirement("input-items.has-more")
def test_has_more_tells_of_a_next_page(one_life: Transcript) -> None:
    """has_more is true exactly when a further page is not empty."""
    default, rest = one_life[Step.FIRST_PAGE], one_life[Step.NEXT_PAGE]
    first, both, whole = set(ids(default)), {*ids(default), *ids(rest)}, set(ids(one_life[Step.ASCENDING]))
    assume(first < whole, "the first page holds the whole list")

    assert default.body["has_more"] is True
    assert rest.body["has_more"] is False or both < whole


@requirement("input-items.after-exclusive")
def test_a_page_begins_after_its_mark(one_life: Transcript) -> None:
    """A page begins after the item it was asked to begin after."""
    default, rest = one_life[Step.FIRST_PAGE], one_life[Step.NEXT_PAGE]
    mark = "".join(ids(default)[-1:])
    assume(mark, "the last item of the first page has no id")
    assert rest.is_success

    assert mark not in ids(rest)


@requirement("input-items.pages-complete")
def test_pages_hold_every_item_once(one_life: Transcript) -> None:
    """Walking the pages gives every item once."""
    default, rest = one_life[Step.FIRST_PAGE], one_life[Step.NEXT_PAGE]
    whole = ids(one_life[Step.ASCENDING])
    assume(len(whole) > len(ids(default)), "there is one page")
    assume(rest.body.get("has_more") is False, "there are more pages than were asked for")
    pages = (whole, ids(default), ids(rest))
    assume(all(len(set(page)) == len(page) for page in pages), "an id is listed twice on a page")

    assert sorted([*ids(default), *ids(rest)]) == sorted(whole)


@requirement("input-items.no-output")
def test_output_is_not_listed(one_life: Transcript) -> None:
    """Output items of the response are not in its list."""
    made = {item.get("id") for item in one_life[Step.CREATED].body["output"]} - {None}
    assume(made, "the response has no output with an id")

    assert made & set(ids(one_life[Step.ASCENDING])) == set()


@requirement("input-items.limit-maximum")
def test_a_limit_of_a_hundred_is_taken(one_life: Transcript) -> None:
    """A limit of 100 is accepted."""
    assume(one_life[Step.FIRST_PAGE].is_success, "the input cannot be listed at all")

    assert one_life[Step.ASCENDING].is_success


@requirement("input-items.bad-limit")
def test_a_limit_of_more_is_refused_or_clamped(one_life: Transcript) -> None:
    """A limit of 101 is refused, or clamped to one that holds all there is."""
    above, whole = one_life[Step.LIMIT_ABOVE], one_life[Step.ASCENDING]
    assume(whole.is_success, "the input cannot be listed")

    assert above.is_client_error or (above.is_success and len(above.body["data"]) == len(whole.body["data"]))


@requirement("input-items.unknown-order")
def test_an_unknown_order_is_refused(one_life: Transcript) -> None:
    """An unknown order is refused."""
    assume(one_life[Step.ASCENDING].is_success, "the input cannot be listed in order")

    assert one_life[Step.ODD_ORDER].is_client_error


@requirement("resume.foreground-refused")
def test_no_stream_is_resumed_that_never_was(one_life: Transcript) -> None:
    """A response of the foreground is not resumed as a stream."""
    assume(one_life[Step.READ].is_success, "the response cannot be read")

    assert one_life[Step.RESUMED].is_client_error


@requirement("store.include-on-get")
def test_include_is_taken_when_reading(one_life: Transcript) -> None:
    """Reading a response takes include in its query."""
    assume(one_life[Step.READ].is_success, "the response cannot be read")

    assert one_life[Step.INCLUDED].is_success


UNKNOWN: dict[str, tuple[Step, Step]] = {
    "store.unknown-id-get": (Step.READ, Step.UNKNOWN_READ),
    "input-items.unknown-response": (Step.FIRST_PAGE, Step.UNKNOWN_LISTED),
    "store.unknown-id-delete": (Step.DELETED, Step.UNKNOWN_DELETED),
}
"""What is done to a known id, and to one that names nothing."""


@requirement("{name}")
@pytest.mark.parametrize("name", UNKNOWN, ids=str)
def test_an_unknown_id_is_not_found(one_life: Transcript, name: str) -> None:
    """What is asked of an id that names nothing is refused with 404."""
    known, unknown = UNKNOWN[name]
    assume(one_life[known].is_success, "it cannot be done with a known id either")

    assert one_life[unknown].status == 404


@requirement("store.delete-succeeds")
def test_it_is_deleted(one_life: Transcript) -> None:
    """Deleting a stored response is answered with 200."""
    assume_stored(one_life)

    assert one_life[Step.DELETED].status == 200


GONE: dict[str, tuple[Any, Step]] = {
    "store.delete-twice": (None, Step.DELETED_AGAIN),
    "store.delete-then-get": (Step.READ, Step.READ_AFTER),
    "store.delete-then-get-404": (Step.READ, Step.READ_AFTER),
    "store.delete-then-input-items": (Step.FIRST_PAGE, Step.LISTED_AFTER),
    "store.delete-then-chain": (None, Step.CONTINUED_AFTER),
}
"""What went before the deletion, and what is to be refused after it."""
NOT_FOUND = ("store.delete-twice", "store.delete-then-get-404")


@requirement("{name}")
@pytest.mark.parametrize("name", GONE, ids=str)
def test_what_is_deleted_is_gone(one_life: Transcript, name: str) -> None:
    """A deleted response is not read, listed, deleted or continued."""
    before, after = GONE[name]
    assume(one_life[Step.DELETED].is_success, "it was not deleted")
    assume(before is None or one_life[before].is_success, "it could not be done before either")
    gone = one_life[after]
    assume(name not in NOT_FOUND or gone.is_client_error or name == "store.delete-twice", "it can still be read")

    assert gone.status == 404 if name in NOT_FOUND else gone.is_client_error
