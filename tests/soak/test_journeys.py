"""What a user does, and that a right server breaks no promise by it."""

from __future__ import annotations

import httpx
import pytest
from tests.soak.soak_exchanges import play

from antiphon.contract.load import contract
from antiphon.judge.engine import Judge
from antiphon.server import background_server
from antiphon.soak.journeys import JOURNEYS, WORD, Author, playable
from antiphon.soak.promises import JourneyPromises

PROMISES = {
    "replies-not-mixed", "ids-distinct", "stream-metadata", "streams-complete", "streams-separate", "stream-items-own",
    "read-your-writes", "stored-not-mixed", "inputs-not-mixed", "contexts-own", "texts-own",
}  # fmt: skip


def test_a_right_server_breaks_nothing_and_shows_every_promise() -> None:
    book = contract()
    author, judge, promises, seen = Author(book, "antiphon-1"), Judge(book), JourneyPromises(), set[str]()
    with background_server() as url, httpx.Client(base_url=url) as client:
        for journey in JOURNEYS.values():
            exchanges = play(journey, author, client)
            assert all(each.is_success for each in exchanges), [each.content for each in exchanges]
            found = [judge.feed(each) for each in exchanges]
            assert not any(found), found
            for requirement, violations in promises.judge(exchanges):
                assert not violations
                seen.add(requirement.removeprefix("concurrency."))
    ledger = judge.finish()

    assert {name for name, entry in ledger.entries.items() if entry.violated} == set()
    assert seen == PROMISES


def test_no_word_is_sent_twice() -> None:
    author = Author(contract(), "m")
    words = [next(JOURNEYS["stream"](author)).request.body["metadata"]["soak"] for _ in range(50)]

    assert len(set(words)) == 50
    assert all(WORD.fullmatch(word) for word in words)


def test_a_target_that_takes_no_format_is_asked_in_plain_words() -> None:
    call = next(JOURNEYS["create"](Author(contract(), "m", formats=False)))

    assert "text" not in call.request.body
    assert call.needs == frozenset()


def test_a_target_that_lists_no_input_is_read_all_the_same() -> None:
    author = Author(contract(), "antiphon-1", lists=False)
    with background_server() as url, httpx.Client(base_url=url) as client:
        exchanges = play(JOURNEYS["read"], author, client)

    assert [each.request.method for each in exchanges if each.request] == ["POST", "GET", "DELETE"]


@pytest.mark.parametrize("edition", ["openai-2026-08", "open-responses-2026-04-24"])
def test_an_edition_is_asked_for_what_it_has(edition: str) -> None:
    book = contract(edition)
    for journey in playable(book).values():
        assert next(journey(Author(book, "m"))).request.path == "/responses"
