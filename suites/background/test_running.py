"""What may happen to a background run while it goes on: its client leaves, it is read, it is deleted."""

import anyio

from antiphon.recording.frame import Frame
from antiphon.suite import Api, Transcript, assume, must_refuse, requirement, scenario, while_streaming

RUNNING = ("queued", "in_progress")
FINAL = ("completed", "failed", "incomplete")
ENDINGS = ("response.completed", "response.failed", "response.incomplete")
LONG = "Count from 1 to 300, with commas."


@scenario(needs={"background", "streaming", "resume"})
async def left_alone(api: Api) -> None:
    """The client of a background stream goes away, comes back after a while, and polls."""
    streamed = await api.stream(
        input=LONG, background=True, store=True, max_output_tokens=64, until=lambda frame: begins(frame, "in_progress")
    )
    response_id = streamed.id
    for pause in (0.3, 0.3, 0.6, 1, 1, 2, 3, 4):
        await anyio.sleep(pause)
        found = await api.retrieve(response_id)
        if not found.ok or found.body.get("status") not in RUNNING:
            break


@scenario(needs={"background", "streaming", "resume"})
async def read_while_running(api: Api) -> None:
    """A background response is read twice while it streams, for so long that its timing can be judged."""

    async def read(response_id: str) -> None:
        for _ in range(2):
            await api.retrieve(response_id)

    await while_streaming(api, read, input=LONG, background=True, store=True, max_output_tokens=240)


@scenario(needs={"background"})
async def deleted_while_running(api: Api) -> None:
    """A running background response is deleted, and asked for twice."""
    created = await api.create(input=LONG, background=True, store=True, max_output_tokens=400)
    await api.delete(created.id)
    with api.intending(must_refuse("deleted")):
        await api.retrieve(created.id)
        await anyio.sleep(0.5)
        await api.retrieve(created.id)


def begins(frame: Frame, status: str) -> bool:
    """The frame is the lifecycle event of a status."""
    event = frame.json
    return isinstance(event, dict) and event.get("type") == f"response.{status}" and "response" in event


@requirement("background.survives-disconnect")
def test_work_goes_on_without_its_client(left_alone: Transcript) -> None:
    """A background run goes on when its client goes away."""
    *_, last = left_alone
    assume(last.is_success, "it cannot be read")

    assert last.body["status"] in FINAL


@requirement("background.get-while-streaming")
def test_reading_does_not_disturb_a_stream(read_while_running: Transcript) -> None:
    """Reading a response does not disturb its running stream."""
    stream = next(each for each in read_while_running if each.sent)
    assert stream.is_success
    reads = [each for each in read_while_running if not each.sent]
    assume(any(each.is_success for each in reads), "the response could not be read while it ran")
    assume(any(each.started_at < stream.started_at + stream.elapsed for each in reads), "the stream had ended before")

    assert {event.get("type") for event in stream.events} & set(ENDINGS)


@requirement("background.delete-running")
def test_what_was_deleted_while_running_stays_gone(deleted_while_running: Transcript) -> None:
    """Deleting a running response is refused, or it is gone for good."""
    _, deletion, soon, later = deleted_while_running
    if deletion.is_client_error:
        assert soon.is_success
        return
    assume(deletion.is_success, "it was neither deleted nor refused")

    assert [soon.is_client_error, later.is_client_error] == [True, True]
