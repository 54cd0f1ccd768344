"""What a cancel does to a background run, to one that has ended, and to others."""

from typing import Any

import anyio

from antiphon.suite import Api, Exchange, Transcript, assume, requirement, scenario
from antiphon.suite.controls import cancelled_runs
from antiphon.suite.controls.cancelled_runs import is_cancelled

LONG = cancelled_runs.LONG
RUNNING = ("queued", "in_progress")
ENDED = ("completed", "failed", "incomplete")
SOON = 10.0
cancelled, cancelled_stream = cancelled_runs.cancelled, cancelled_runs.cancelled_stream
cancelled_midway = cancelled_runs.cancelled_midway


@scenario(needs={"background", "cancel"})
async def cancelled_in_progress(api: Api) -> None:
    """A background response is cancelled as soon as it reads as in progress, and read."""
    created = await api.create(input=LONG, background=True, store=True, max_output_tokens=2000)
    for _ in range(10):
        found = await api.retrieve(created.id)
        if not found.ok or found.body.get("status") != "queued":
            break
        await anyio.sleep(0.1)
    await api.cancel(created.id)
    await api.retrieve(created.id)


@scenario(needs={"background", "cancel"})
async def cancelled_beside(api: Api) -> None:
    """Of two runs of the same length one is cancelled; the other is polled to its end, then the first is read."""
    task: dict[str, Any] = {"input": LONG, "background": True, "max_output_tokens": 400, "metadata": {"pair": "same"}}
    second = await api.create(**task)
    first = await api.create(**task)
    first_id, second_id = first.id, second.id
    await api.cancel(first_id)
    await api.retrieve(first_id)
    pause = 0.4
    for _ in range(15):
        await anyio.sleep(pause)
        other = await api.retrieve(second_id)
        if not other.ok or other.body.get("status") not in RUNNING:
            break
        pause = min(pause * 1.2, 2.0)
    await anyio.sleep(0.2)
    await api.retrieve(first_id)


@scenario(needs={"background", "cancel"})
async def cancelled_after_end(api: Api) -> None:
    """A background response that has ended is cancelled and read."""
    created = await api.create(input="Say hi.", background=True, store=True, max_output_tokens=64)
    for pause in (0.3, 0.3, 0.6, 1, 1, 2, 3, 4):
        await anyio.sleep(pause)
        found = await api.retrieve(created.id)
        if not found.ok or found.body.get("status") not in RUNNING:
            break
    await api.cancel(created.id)
    await api.retrieve(created.id)


def assume_running(before: Exchange, cancel: Exchange, after: Exchange) -> None:
    """Not testable where a response had ended before its cancel: a later read shows who was first.

    Where the answer to the cancel itself says that it runs, it does.
    """
    if cancel.is_success and isinstance(cancel.body, dict) and cancel.body.get("status") in RUNNING:
        return
    for each in (before, after):
        ended = each.is_success and each.body.get("status") in ENDED
        assume(not ended, f"it had ended before the cancel: it reads as {each.body.get('status')}" if ended else "")


@requirement("cancel.running-cancelled")
def test_a_running_response_is_cancelled(cancelled: Transcript) -> None:
    """Cancelling a running background response answers 200 with status cancelled."""
    created, cancel, found, _ = cancelled
    assume_running(created, cancel, found)

    assert cancel.status == 200
    assert cancel.body["status"] == "cancelled"


@requirement("cancel.running-cancelled")
def test_a_response_in_progress_is_cancelled(cancelled_in_progress: Transcript) -> None:
    """Cancelling a background response that is in progress answers 200 with status cancelled."""
    *_, before, cancel, found = cancelled_in_progress
    assume_running(before, cancel, found)
    assume(before.is_success and before.body.get("status") != "queued", "it was still queued")

    assert cancel.status == 200
    assert cancel.body["status"] == "cancelled"


@requirement("cancel.stays-after-get")
def test_a_cancelled_response_reads_as_cancelled(cancelled: Transcript) -> None:
    """A cancelled response reads as cancelled."""
    _, cancel, found, _ = cancelled
    assume(is_cancelled(cancel), "it was not cancelled")

    assert found.body["status"] == "cancelled"


@requirement("cancel.twice")
def test_a_second_cancel_changes_nothing(cancelled: Transcript) -> None:
    """A second cancel answers 200 with status cancelled."""
    _, first, _, second = cancelled
    assume(is_cancelled(first), "it was not cancelled")

    assert second.status == 200
    assert second.body["status"] == "cancelled"


@requirement("cancel.takes-effect")
def test_a_cancel_takes_effect_soon(cancelled: Transcript) -> None:
    """A cancel takes effect within ten seconds."""
    _, cancel, found, _ = cancelled
    assume(is_cancelled(found), "it did not take effect")

    assert found.started_at - cancel.started_at - cancel.lag < SOON


@requirement("cancel.output-partial")
def test_the_output_is_empty_or_partial(cancelled: Transcript) -> None:
    """The output of a cancelled response is empty or partial."""
    _, cancel, *_ = cancelled
    assume(is_cancelled(cancel), "it was not cancelled")

    assert isinstance(cancel.body["output"], list)


@requirement("cancel.stays-cancelled")
def test_a_cancelled_response_stays_so(cancelled_beside: Transcript) -> None:
    """A cancelled response stays cancelled when its work would have ended."""
    _, _, cancel, found, *_, other, last = cancelled_beside
    assume(is_cancelled(cancel), "it was not cancelled")
    assume(is_cancelled(found), "it does not read as cancelled at once")
    assume(other.is_success and other.body.get("status") not in RUNNING, "its twin came to no end")

    assert last.body["status"] == "cancelled"


@requirement("cancel.others-go-on")
def test_other_responses_go_on(cancelled_beside: Transcript) -> None:
    """Cancelling one response leaves others running."""
    _, _, cancel, *_, other, _ = cancelled_beside
    assume(is_cancelled(cancel), "it was not cancelled")
    assume(other.is_success and other.body.get("status") not in RUNNING, "the other came to no end")

    assert other.body["status"] != "cancelled"


@requirement("background.returns-at-once")
def test_a_background_create_may_leave_out_store(cancelled_beside: Transcript) -> None:
    """A background create that does not say whether it is to be stored returns at once."""
    created = cancelled_beside[0]

    assert created.is_success
    assert created.body["status"] in RUNNING


@requirement("cancel.finished-unchanged")
def test_a_finished_response_is_left_alone(cancelled_after_end: Transcript) -> None:
    """Cancelling a finished background response leaves it as it was."""
    *_, end, _, after = cancelled_after_end
    assume(end.is_success and end.body.get("status") not in RUNNING, "it came to no end")
    assume(after.is_success, "it cannot be read any more")

    assert after.body["status"] == end.body["status"]
    assert len(after.body["output"]) == len(end.body["output"])


@requirement("cancel.finished-status")
def test_a_cancel_after_the_end_is_answered(cancelled_after_end: Transcript) -> None:
    """Cancelling a finished background response answers 200 with the response, 400 or 409."""
    *_, end, cancel, _ = cancelled_after_end
    assume(end.is_success and end.body.get("status") not in RUNNING, "it came to no end")

    assert cancel.status in (200, 400, 409)


@requirement("cancel.stream-ends")
def test_the_stream_of_a_cancelled_response_ends(cancelled_stream: Transcript) -> None:
    """The stream of a cancelled response ends."""
    stream = next(each for each in cancelled_stream if each.sent)
    cancel = next((each for each in cancelled_stream if not each.sent), None)
    assume(cancel and is_cancelled(cancel), "it was not cancelled")

    assert stream.response.complete  # type: ignore[union-attr]
    assert stream.started_at + stream.elapsed - cancel.started_at - stream.lag < SOON  # type: ignore[union-attr]


def midway(transcript: Transcript) -> tuple[Exchange, Exchange, Exchange, Exchange]:
    """The stream that was cancelled, the cancel, the read after it and the second cancel."""
    stream = next(each for each in transcript if each.sent)
    others = [each for each in transcript if each is not stream]
    assume(len(others) > 2, "the stream named no response that could be cancelled")
    cancel, found, again = others[:3]
    return stream, cancel, found, again


@requirement("cancel.running-cancelled")
def test_a_streaming_response_is_cancelled(cancelled_midway: Transcript) -> None:
    """Cancelling a background response that streams answers 200 with status cancelled."""
    _, cancel, found, _ = midway(cancelled_midway)
    assume_running(found, cancel, found)

    assert cancel.status == 200
    assert cancel.body["status"] == "cancelled"


@requirement("cancel.stays-after-get")
def test_a_cancelled_stream_reads_as_cancelled(cancelled_midway: Transcript) -> None:
    """A cancelled response reads as cancelled."""
    _, cancel, found, _ = midway(cancelled_midway)
    assume(is_cancelled(cancel), "it was not cancelled")

    assert found.body["status"] == "cancelled"


@requirement("cancel.twice")
def test_a_second_cancel_of_a_stream_changes_nothing(cancelled_midway: Transcript) -> None:
    """A second cancel answers 200 with status cancelled."""
    _, first, _, second = midway(cancelled_midway)
    assume(is_cancelled(first), "it was not cancelled")

    assert second.status == 200
    assert second.body["status"] == "cancelled"


@requirement("cancel.takes-effect")
def test_a_cancel_of_a_stream_takes_effect_soon(cancelled_midway: Transcript) -> None:
    """A cancel takes effect within ten seconds: the answer to it came, and the response reads as cancelled."""
    _, cancel, found, _ = midway(cancelled_midway)
    assume(is_cancelled(found), "it did not take effect")

    assert cancel.elapsed - cancel.lag < SOON


@requirement("cancel.output-partial")
def test_the_output_of_a_cancelled_stream_is_a_list(cancelled_midway: Transcript) -> None:
    """The output of a cancelled response is empty or partial."""
    _, cancel, *_ = midway(cancelled_midway)
    assume(is_cancelled(cancel), "it was not cancelled")

    assert isinstance(cancel.body["output"], list)


@requirement("cancel.stream-ends")
def test_the_stream_ends_with_its_cancel(cancelled_midway: Transcript) -> None:
    """The stream of a cancelled response ends."""
    stream, cancel, *_ = midway(cancelled_midway)
    assume(is_cancelled(cancel), "it was not cancelled")

    assert stream.response.complete  # type: ignore[union-attr]
    assert stream.started_at + stream.elapsed - cancel.started_at - stream.lag < SOON
