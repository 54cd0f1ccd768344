"""A member that a test of the suites reads is taken away: the test neither passes for it nor blames what it judges."""

from __future__ import annotations

from tests.suite.played_tests import EDITION, played

from antiphon.contract.model import Level
from antiphon.run.options import RunOptions
from antiphon.run.session import Session
from antiphon.suite.absent_members import MissedMembers

WRONG = ("wrong", -7, ["x"], {"x": 1})
BY_OTHERS = {
    "test_a_cut_answer_says_length": "the count of tokens is a gate, and a requirement of its own misses it",
    "test_null_gives_the_default": "of many settings, one that a reply does not show is not compared",
    "test_settings_are_read_as_they_were_shown": "the same",
}
"""Tests that hold without a member, and why that is right."""
COMPARED = ("equals", "resume.", "resumed-alike", "background.poll-")
"""In the names of requirements: a read that lacks what another shows is what they are about."""


def test_no_test_passes_for_want_of_a_member() -> None:
    found = set()
    for one in played():
        for place in one.reads() if one.test.__name__ not in BY_OTHERS else ():
            seen = one.observe(one.without(*place))
            if seen.judged and not seen.violation:
                wrong = (one.observe(one.without(*place, new)).violation for new in WRONG)
                found |= {(one.test.__name__, place[2])} if any(wrong) else set()

    assert found == set()


def test_no_test_fails_for_want_of_a_member_that_another_requirement_misses() -> None:
    run = Session(RunOptions(edition=EDITION))
    musts = {
        name.removeprefix("response.field.").replace("-", "_")
        for name, each in run.contract.requirements.items()
        if name.startswith("response.field.") and each.level is Level.MUST
    }
    found = set()
    for one in played():
        if any(word in each for word in COMPARED for each in one.requirements):
            continue
        for argument, step, member in one.reads():
            exchange = one.transcripts[argument].exchanges[step]
            if (
                member not in musts
                or not isinstance(exchange.reply, dict)
                or exchange.reply.get("object") != "response"
            ):
                continue
            seen = one.observe(one.without(argument, step, member), missed=MissedMembers(run.contract))
            if seen.violation or seen.error:
                found.add((one.test.__name__, member, str(seen.violation or seen.error)))

    assert found == set()


def test_what_another_requirement_misses_is_said() -> None:
    one = next(each for each in played() if each.requirements == ("cancel.running-cancelled",))

    seen = one.observe(one.without("cancelled", 1, "status"), missed=MissedMembers(Session(RunOptions()).contract))

    assert seen.untestable == "the reply of cancelled/2 has no status: that breaks response.field.status"


def test_what_the_run_does_not_ask_for_excuses_nothing() -> None:
    one = next(each for each in played() if each.requirements == ("cancel.running-cancelled",))
    book = Session(RunOptions()).contract

    seen = one.observe(one.without("cancelled", 1, "status"), missed=MissedMembers(book, lambda name: False))

    assert seen.violation is not None
