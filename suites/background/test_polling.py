"""A background run from its start to its end, by polling."""

import anyio

from antiphon.judge.json_pointer import differences
from antiphon.recording.outcome import Outcome, outcome
from antiphon.suite import Answer, Api, Exchange, Transcript, assume, requirement, scenario

SEALED = frozenset({"encrypted_content"})
RUNNING = ("queued", "in_progress")
FINAL = ("completed", "failed", "incomplete", "cancelled")
POLLS = 20


async def polled_to_end(api: Api, response_id: str) -> Answer:
    """Poll until the status is final, at growing pauses and at most a quarter of a minute."""
    pause = 0.2
    for _ in range(POLLS):
        await anyio.sleep(pause)
        found = await api.retrieve(response_id)
        if not found.ok or found.body.get("status") not in RUNNING:
            break
        pause = min(pause * 1.3, 1.0)
    return found


@scenario(needs={"background"})
async def polled(api: Api) -> None:
    """A background response is polled to its end."""
    created = await api.create(input="Say hi.", background=True, store=True, max_output_tokens=64)
    await polled_to_end(api, created.id)


@scenario(needs={"background"})
async def polled_after_end(api: Api) -> None:
    """A longer background response is polled to its end, and read twice more."""
    created = await api.create(
        input="Count from 1 to 300, with commas.", background=True, store=True, max_output_tokens=200
    )
    await polled_to_end(api, created.id)
    await api.retrieve(created.id)
    await api.retrieve(created.id)


@scenario(needs={"background"})
async def unstored_in_background(api: Api) -> None:
    """A background response with store false is polled, if it is taken."""
    created = await api.create(input="Say hi.", background=True, store=False, max_output_tokens=64)
    if created.ok:
        await polled_to_end(api, created.id)


def statuses(reads: list[Exchange]) -> list[str]:
    """The statuses that reads showed, up to the first final one."""
    seen = [each.body.get("status") for each in reads if each.is_success]
    end = next((place for place, status in enumerate(seen) if status in FINAL), len(seen))
    return seen[: end + 1]


@requirement("background.returns-at-once")
def test_a_background_create_does_not_wait(polled: Transcript) -> None:
    """A background create returns at once with status queued or in_progress."""
    created = polled[0]

    assert created.is_success
    assert created.body["status"] in RUNNING


@requirement("background.completes")
def test_a_background_response_completes(polled: Transcript) -> None:
    """A valid background create ends completed or incomplete."""
    *_, last = polled
    assume(last.is_success and last.body.get("status") in FINAL, "it came to no end")

    assert last.body["status"] in ("completed", "incomplete")


@requirement("background.reaches-end")
def test_polling_reaches_an_end(polled: Transcript) -> None:
    """Polling a background response reaches a final status."""
    *_, last = polled
    assume(outcome(last) is not Outcome.UNROUTED, "no response can be read at all")

    assert last.is_success
    assert last.body["status"] in FINAL


@requirement("background.status-forward")
def test_a_status_never_goes_back(polled_after_end: Transcript) -> None:
    """The status of a background response never goes back."""
    seen = [status for status in statuses(list(polled_after_end)) if status in (*RUNNING, *FINAL)]
    places = [min((*RUNNING, "end").index(status) if status in RUNNING else 2, 2) for status in seen]
    assume(len(seen) > 1, "no more than one status was seen")

    assert places == sorted(places)


@requirement("background.end-is-final")
def test_a_final_status_stays(polled_after_end: Transcript) -> None:
    """A final status stays."""
    *_, end, again, later = polled_after_end
    assume(end.is_success and end.body.get("status") in FINAL, "it came to no end")

    assert [each.body["status"] for each in (again, later)] == [end.body["status"]] * 2


@requirement("background.poll-equals")
def test_a_finished_response_reads_the_same(polled_after_end: Transcript) -> None:
    """Two reads of a finished background response are equal, encrypted content apart."""
    *_, end, again, _ = polled_after_end
    assume(end.is_success and end.body.get("status") in FINAL, "it came to no end")
    assume(again.is_success and again.body.get("status") == end.body["status"], "its status did not stay")

    assert list(differences(end.body, again.body, SEALED)) == []


@requirement("background.store-off")
def test_unstored_work_is_refused_or_readable(unstored_in_background: Transcript) -> None:
    """A background create with store false is refused, or its response is readable until it ends."""
    created, *reads = unstored_in_background
    if created.is_client_error:
        return
    assume(reads, "it was neither taken nor refused")

    assert reads[-1].is_success
