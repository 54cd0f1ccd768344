"""What was not started in the background cannot be cancelled."""

from antiphon.suite import Api, Transcript, assume, must_refuse, requirement, scenario
from antiphon.suite.controls import cancelled_runs

cancelled = cancelled_runs.cancelled


@scenario(needs={"store", "cancel"})
async def cancel_foreground(api: Api) -> None:
    """A finished foreground response is cancelled."""
    response = await api.create(input="Say hi.", store=True, max_output_tokens=64)
    with api.intending(must_refuse("foreground")):
        await api.cancel(response.id)
    await api.retrieve(response.id)


@requirement("cancel.foreground-refused")
def test_cancel_refuses_a_foreground_response(cancel_foreground: Transcript, cancelled: Transcript) -> None:
    """A response that was not started in the background cannot be cancelled."""
    _, refusal, _ = cancel_foreground
    assume(cancelled[1].is_success or refusal.is_success, "a background response cannot be cancelled either")

    assert refusal.is_client_error


@requirement("cancel.foreground-unchanged")
def test_a_refused_cancel_changes_nothing(cancel_foreground: Transcript) -> None:
    """A refused cancel leaves the response as it was."""
    created, refusal, after = cancel_foreground
    assume(refusal.is_client_error, "it was not refused")
    assume(after.is_success, "it cannot be read")

    assert after.body["status"] == created.body["status"]
    assert len(after.body["output"]) == len(created.body["output"])
