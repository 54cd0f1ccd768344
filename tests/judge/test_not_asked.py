"""Requirements that a run does not ask for: neither shown nor in vain."""

from __future__ import annotations

import pytest

from antiphon.contract.load import contract
from antiphon.contract.model import Level
from antiphon.judge.ledger import LedgerEntry
from antiphon.judge.verdict import UNSEEN, Verdict, judgement
from antiphon.run.left_out import outside_recordings
from antiphon.run.options import RunOptions


@pytest.mark.parametrize(
    ("entry", "left_out", "verdict", "reason"),
    [
        (None, "", Verdict.NOT_TESTABLE, UNSEEN),
        (None, "with --depth thorough", Verdict.NOT_ASKED, "with --depth thorough"),
        (LedgerEntry(), "with --depth thorough", Verdict.NOT_ASKED, "with --depth thorough"),
        (LedgerEntry(unplayed={"with --depth thorough"}), "", Verdict.NOT_ASKED, "with --depth thorough"),
        (LedgerEntry(unplayed={"with --depth thorough"}, untestable={"no"}), "", Verdict.NOT_TESTABLE, "no"),
        (LedgerEntry(unplayed={"with --depth thorough"}, inapplicable={"no x"}), "", Verdict.NOT_APPLICABLE, "no x"),
        (LedgerEntry(unplayed={"with --depth thorough"}, judged=1), "with --depth thorough", Verdict.PASS, ""),
    ],
)
def test_what_was_not_played_is_not_asked(
    entry: LedgerEntry | None, left_out: str, verdict: Verdict, reason: str
) -> None:
    assert judgement(entry, Level.MUST, left_out) == (verdict, reason)


def test_a_declined_capability_excuses_what_nothing_else_shows() -> None:
    declined = "no chat: chat.create is answered with 404"

    assert judgement(None, Level.MUST, "with --depth thorough", declined) == (Verdict.NOT_APPLICABLE, declined)
    assert judgement(LedgerEntry(judged=1), Level.MUST, "", declined).verdict is Verdict.PASS
    assert judgement(LedgerEntry(untestable={"no"}), Level.MUST, "", declined).verdict is Verdict.NOT_TESTABLE


def test_recordings_leave_out_what_only_a_run_plays_and_what_was_not_selected() -> None:
    left_out = outside_recordings(contract(), RunOptions(select=("usage", "chain.grows")))

    assert "usage.total" not in left_out
    assert left_out["chain.grows"].startswith("with antiphon run")
    assert left_out["chain.fork-separate"].startswith("not selected")
