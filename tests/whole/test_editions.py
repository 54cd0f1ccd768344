"""Each edition is whole: a standard run judges every route of its document, and every capability of its profiles."""

from __future__ import annotations

from collections import defaultdict

import pytest

from antiphon.contract.depth import Depth
from antiphon.contract.load import contract, edition_ids
from antiphon.judge.engine import Judge
from antiphon.judge.operations import operation_of
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.recording.outcome import Outcome, outcome
from antiphon.report.claims import EXERCISED_VERDICTS
from antiphon.run.live import result_of
from antiphon.run.options import RunOptions


@pytest.mark.parametrize("edition", edition_ids())
def test_a_standard_run_judges_every_route_of_the_document(edition: str) -> None:
    session = run_suite(RunOptions(edition=edition, depth=Depth.STANDARD))
    book = contract(edition)
    judged: dict[str, set[str]] = defaultdict(set)
    for exchange in session.exchanges.values():
        if outcome(exchange) is Outcome.ANSWERED:
            judge = Judge(book)
            judge.feed(exchange)
            judged[operation_of(exchange, book.edition)] |= {
                id for id, entry in judge.ledger.entries.items() if entry.judged and id in book.requirements
            }

    assert {operation for operation in book.edition.routes if not judged[operation]} == set()
    seen = {each["capability"] for each in result_of(session)["requirements"] if each["verdict"] in EXERCISED_VERDICTS}
    assert {name for profile in book.profiles.values() for name in profile.capabilities} - seen == set()


def test_a_profile_is_what_its_document_has() -> None:
    """The open standard has neither reading nor chat; the seed document has no socket."""
    standard = contract("open-responses-2026-04-24").profiles

    assert "chat" not in standard
    assert standard["stateful"].capabilities == ("core", "streaming", "chaining")
    assert not {"cancel", "resume", "store", "conversations"} & {*standard["full"].capabilities}
    assert "websocket" not in contract("oaiapi-in11-2026-01-30").profiles["full"].capabilities
    for edition in edition_ids():
        routes = contract(edition).edition.routes
        for profile in contract(edition).profiles.values():
            needed = {route for name in profile.capabilities for route in contract(edition).capabilities[name].routes}
            assert needed <= routes.keys()
