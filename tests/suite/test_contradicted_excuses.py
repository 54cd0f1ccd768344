"""A scenario that declined for want of a capability excuses nothing where another exchange shows the capability."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from tests.suite.played_tests import Played, played

from antiphon.exercise.scenario import get_scenario
from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.recording.records import ScenarioEnd
from antiphon.recording.transcript import Transcript
from antiphon.suite.observation import any_outcome, observe, reads_outcomes


def refused(exchange: Exchange, capability: str) -> Exchange:
    """An exchange whose request was refused for want of a capability."""
    error = {"message": f"{capability} is not available.", "type": "invalid_request_error", "param": None, "code": None}
    content = json.dumps({"error": error}).encode()
    response = Response(400, (("content-type", "application/json"),), (Chunk(0.0, content),))
    return replace(exchange, response=response, failure=None)


def declined(one: Played) -> Iterator[tuple[str, str, Transcript]]:
    """Each way in which one of its scenarios declines: argument, capability, and what is left of its transcript."""
    for argument, transcript in one.transcripts.items():
        for capability in sorted(get_scenario(transcript.name).needs):
            for step, exchange in enumerate(transcript.exchanges):
                shown = (*transcript.exchanges[:step], refused(exchange, capability))
                reason = f"{capability} is refused with 400"
                ending = ScenarioEnd(transcript.name, "declined", reason, capability, exchange.id)
                yield argument, capability, replace(transcript, exchanges=shown, ending=ending)


def test_what_is_kept_elsewhere_is_no_excuse() -> None:
    excused, ways = set(), 0
    for one in played():
        for argument, capability, transcript in declined(one):
            ways += 1
            seen = one.observe({argument: transcript}, kept={capability: "other/1"})
            if seen.inapplicable or seen.error:
                excused.add((one.test.__name__, capability, seen.inapplicable or seen.error))

    assert excused == set()
    assert ways > 300


@any_outcome
def takes_the_third(steps: Transcript) -> None:
    """The third call succeeds."""
    _, _, third = steps

    assert third.is_success


def test_steps_that_were_not_played_break_nothing() -> None:
    first = refused(Exchange("x/1", Request("POST", "/responses", body={"model": "m"}), None), "store")
    ending = ScenarioEnd("x", "declined", "store is refused with 501", "store", "x/1")

    seen = observe(takes_the_third, {"steps": Transcript("x", (first,), ending)}, {"store": "other/1"})

    assert seen.violation is None
    assert "kept in other/1" in seen.untestable


def test_what_is_kept_nowhere_is_an_excuse_and_no_finding() -> None:
    blamed = set()
    for one in played():
        for argument, capability, transcript in declined(one) if not reads_outcomes(one.test) else ():
            seen = one.observe({argument: transcript}, kept={})
            if seen.error or (seen.violation and seen.violation.exchange == transcript.exchanges[-1].id):
                blamed.add((one.test.__name__, capability, str(seen.violation or seen.error)))

    assert blamed == set()
