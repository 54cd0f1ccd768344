"""Every known way to be refused: the refusal itself, and how exactly it is worded in status, type, param and code."""

import pytest

from antiphon.contract.model import Contract
from antiphon.contract.triggers import ABSENT, Trigger, triggers
from antiphon.judge.base_requests import BaseRequests, is_made
from antiphon.recording.outcome import Outcome, outcome
from antiphon.suite import Api, Transcript, assume, prerequisites, requirement, scenario
from antiphon.suite.controls import stored_turns, token_counts

weighed = token_counts.weighed
"""Begins with the create that triggers change."""
FOR_NOW = "the target takes no calls for the moment, whatever they hold"


@scenario(needs={"chat"})
async def valid_completion(api: Api) -> None:
    """The completion that triggers change is asked for as it is."""
    await prerequisites.send_base(api, "chat.create")


@scenario(needs={"compact"})
async def valid_compaction(api: Api) -> None:
    """The compaction that triggers change is asked for as it is."""
    if not api.routes_by_response("compact"):
        await prerequisites.send_base(api, "compact")


@scenario(needs={"input-tokens"})
async def valid_count(api: Api) -> None:
    """The count that triggers change is asked for as it is."""
    if not api.routes_by_response("input_tokens"):
        await prerequisites.send_base(api, "input_tokens")


stored_read, stored_continued = stored_turns.stored_read, stored_turns.stored_continued


@requirement("compact.succeeds")
def test_a_text_is_compacted(valid_compaction: Transcript) -> None:
    """A model and a text as input are answered with 200."""
    assume(len(valid_compaction), "responses are compacted by their id alone")

    assert valid_compaction[0].is_success


CONTROLS = pytest.mark.usefixtures(
    "weighed", "valid_completion", "valid_compaction", "valid_count", "stored_read", "stored_continued"
)
"""The scenarios that send the requests of which triggers change a value."""


@scenario(
    each=[each for each in triggers() if (each.portable or each.for_thinkers) and each.operation != "websocket"],
    needs=prerequisites.needs,
)
async def refused(api: Api, trigger: Trigger) -> None:
    """A request is sent that must be refused, after making what it rests on."""
    names = await prerequisites.make_prerequisites(api, trigger)
    await prerequisites.send(api, trigger, names)


@CONTROLS
@requirement("{case.requirement}")
def test_is_refused(refused: Transcript, base_requests: BaseRequests) -> None:
    """The request is refused."""
    *_, refusal = refused
    assume(outcome(refusal) is not Outcome.OVERLOADED, FOR_NOW)
    if not (refusal.is_success and is_made(refusal, refused.case.operation)):
        objection = base_requests.objection(refused.case, refusal)
        assume(not objection, objection)

    assert refused.case.accepts(refusal.status)


@CONTROLS
@requirement("{case.detail}")
def test_says_why(refused: Transcript, contract: Contract, base_requests: BaseRequests) -> None:
    """The refusal has the status, type, param and code of the service."""
    *_, refusal = refused
    left_out = () if contract.edition.data["error_types_compared"] else ("type",)
    expected = {key: value for key, value in refused.case.expected.items() if key not in left_out}
    assume(refusal.is_client_error, "it was not refused")
    assume(outcome(refusal) is not Outcome.OVERLOADED, FOR_NOW)
    objection = base_requests.objection(refused.case, refusal)
    assume(not objection, objection)
    error = refusal.body.get("error")
    assume(isinstance(error, dict), "the refusal has no error object")
    came = {"status": refusal.status, **{key: error.get(key, ABSENT) for key in ("type", "param", "code")}}

    assert {key: came[key] for key in expected} == expected
