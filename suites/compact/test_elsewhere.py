"""Compaction in other places: under the id of a response, and where there is none."""

from antiphon.recording.outcome import Outcome, outcome
from antiphon.suite import PROBE, Api, Transcript, any_outcome, assume, requirement, scenario


@scenario(needs={"store"})
async def compacted_by_id(api: Api) -> None:
    """A stored response is compacted at a route under its id."""
    response = await api.create(input="My wall is blue.", store=True, max_output_tokens=64)
    await api.send("POST", f"/responses/{response.id}/compact", body={"model": api.model})


@requirement("compact.by-response-id", "compact.by-response-id-required")
def test_a_stored_response_is_compacted_under_its_id(compacted_by_id: Transcript) -> None:
    """A stored response is compacted at the route under its id."""
    _, compaction = compacted_by_id

    assert compaction.is_success
    assert isinstance(compaction.body["output"], list)


@scenario()
async def compact_asked(api: Api) -> None:
    """A compaction is asked of a server that may have none."""
    with api.intending(PROBE):
        await api.compact("resp_" + "0" * 48, input="My wall is blue.")


@any_outcome
@requirement("compact.declined-cleanly")
def test_no_compaction_is_said_cleanly(compact_asked: Transcript) -> None:
    """A server without compaction answers with an error object."""
    (asked,) = compact_asked
    assume(outcome(asked) in (Outcome.REFUSED, Outcome.UNROUTED), "the server compacts, or gave no answer")

    assert isinstance(asked.body.get("error"), dict)
