"""The stream of a background response, repeated from its beginning, from its middle and from beyond its end."""

import anyio

from antiphon.judge.json_pointer import differences
from antiphon.recording.frame import Frame
from antiphon.suite import PROBE, Api, Transcript, assume, must_refuse, requirement, scenario
from antiphon.suite.repeated_streams import changed_events, numbers

ENDINGS = ("response.completed", "response.failed", "response.incomplete", "error")
FINAL = ("completed", "failed", "incomplete", "cancelled")
CUT, BEYOND = 3, 100_000
MOST_CUTS = 24
SEALED = frozenset({"encrypted_content"})
STEPS = 8
"""Of `replayed`; a recording of an older version has three."""
OLDER = "it was recorded before this was asked"
NO_STREAM = "no stream is repeated at all, which resume.full-replay says"


@scenario(needs={"background", "streaming", "resume"})
async def replayed(api: Api) -> None:
    """A background response is streamed; its stream is repeated whole, from an event on, and from where none is.

    Then it is read three times.
    """
    streamed = await api.stream(input="Say hi.", background=True, store=True, max_output_tokens=64)
    await api.retrieve(streamed.id, stream=True)
    await api.retrieve(streamed.id, stream=True, starting_after=CUT)
    with api.intending(PROBE):
        await api.retrieve(streamed.id, stream=True, starting_after=BEYOND)
    with api.intending(must_refuse("resume-malformed")):
        await api.retrieve(streamed.id, stream="true", starting_after="x")
    for _ in range(3):
        await api.retrieve(streamed.id)


@scenario(needs={"background", "streaming", "resume"})
async def replayed_at_edges(api: Api) -> None:
    """A stream is repeated from before its last event on, from its last on, and from far beyond it."""
    streamed = await api.stream(input="Say hi.", background=True, store=True, max_output_tokens=64)
    numbers = [event.get("sequence_number") for event in streamed.exchange.events]
    last = next((number for number in reversed(numbers) if isinstance(number, int)), 9)
    await api.retrieve(streamed.id, stream=True, starting_after=last - 1)
    await api.retrieve(streamed.id, stream=True, starting_after=last)
    await api.retrieve(streamed.id, stream=True, starting_after=last + 100_000)


@scenario(needs={"background", "streaming", "resume"})
async def replayed_everywhere(api: Api) -> None:
    """A stream is repeated from each of its events on, or from many spread over all of it."""
    streamed = await api.stream(input="Count from 1 to 12.", background=True, store=True, max_output_tokens=64)
    found = [number for number in numbers(streamed.exchange.events) if isinstance(number, int)]
    cuts = found[:: max(1, -(-len(found) // MOST_CUTS))]
    for cut in cuts:
        await api.retrieve(streamed.id, stream=True, starting_after=cut)


@scenario(needs={"background", "streaming", "resume"})
async def resumed(api: Api) -> None:
    """The stream of a running response is left, and taken up again at once."""
    heard: list[int] = []

    def leave(frame: Frame) -> bool:
        event = frame.json
        if isinstance(event, dict) and isinstance(event.get("sequence_number"), int):
            heard.append(event["sequence_number"])
        return len(heard) > CUT

    streamed = await api.stream(
        input="Count from 1 to 300, with commas.", background=True, store=True, max_output_tokens=200, until=leave
    )
    await api.retrieve(streamed.id, stream=True, starting_after=heard[-1] if heard else 0)
    await anyio.sleep(0.2)
    await api.retrieve(streamed.id)


@requirement("background.stream-order")
def test_a_background_stream_begins_in_order(replayed: Transcript) -> None:
    """A background stream begins with created and may be queued before it is in progress."""
    stream = replayed[0]
    assert stream.is_success
    assume(all(isinstance(event.get("type"), str) for event in stream.events), "its events do not name their types")
    early = [each["type"] for each in stream.events if each.get("type") in ("response.queued", "response.in_progress")]
    assume(stream.events, "the stream has no events")

    assert stream.events[0]["type"] == "response.created"
    assert early == sorted(early, reverse=True)


@requirement("resume.after-exclusive")
def test_a_resumed_stream_begins_after_its_mark(replayed: Transcript) -> None:
    """A resumed stream begins with the number after starting_after."""
    first, whole, part, *_ = replayed
    assume(CUT + 1 in numbers(first.events), "the first stream has no event of that number")
    assume(whole.events or part.events, NO_STREAM)
    assert part.is_success

    assert numbers(part.events)[:1] == [CUT + 1]


@requirement("resume.same-events")
def test_a_resumed_stream_repeats_the_events(replayed: Transcript) -> None:
    """A resumed stream repeats the events of the first one, obfuscation apart."""
    first, whole, part, *_ = replayed
    assume(all(each.is_success and each.events for each in (whole, part)), "it is not repeated")
    assume(all(isinstance(number, int) for number in numbers(first.events)), "the first stream is not numbered")

    assert changed_events(first.events, whole.events) == []
    assert changed_events(first.events, part.events) == []


@requirement("resume.same-numbers")
def test_a_resumed_stream_keeps_the_numbers(replayed: Transcript) -> None:
    """A resumed stream keeps the numbers of the first one."""
    first, _, part, *_ = replayed
    assume(part.is_success and part.events, "it is not repeated")
    last = first.events[-1].get("sequence_number")
    assume(first.events[-1].get("type") == part.events[-1].get("type"), "the two do not end alike")

    assert part.events[-1]["sequence_number"] == last


@requirement("resume.full-replay")
def test_the_whole_stream_is_repeated(replayed: Transcript) -> None:
    """Without starting_after the whole stream is repeated from response.created."""
    first, whole, *_ = replayed
    begins = first.events[0].get("type") if first.events else "no event"
    assume(begins == "response.created", "the first stream does not begin so either")

    assert whole.is_success
    assert [event.get("type") for event in whole.events[:1]] == ["response.created"]


@requirement("resume.ends-with-terminal")
def test_a_resumed_stream_ends(replayed: Transcript) -> None:
    """A resumed stream ends with the terminal event."""
    first, whole, part, *_ = replayed
    assume(whole.events or part.events, NO_STREAM)
    ended = [event["type"] for event in first.events if event.get("type") in ENDINGS]
    assume(ended, "the first stream does not end so either")
    assume(part.is_success, "it is not repeated")

    assert [event["type"] for event in part.events if event.get("type") in ENDINGS] == ended


@requirement("resume.every-cut")
def test_every_cut_gives_the_rest(replayed_everywhere: Transcript) -> None:
    """Wherever a finished stream is taken up again, exactly the events after that number come."""
    first, *parts = replayed_everywhere
    whole = numbers(first.events)
    assume(parts and all(isinstance(number, int) for number in whole), "the first stream is not numbered")
    assume(any(part.is_success and part.events for part in parts), "it is not repeated")
    marks = [int(dict(part.request.query)["starting_after"]) for part in parts if part.request]

    rests = {mark: numbers(part.events) for mark, part in zip(marks, parts, strict=True)}

    assert rests == {mark: [number for number in whole if number > mark] for mark in marks}


@requirement("resume.beyond-end")
def test_nothing_comes_after_the_end(replayed_at_edges: Transcript) -> None:
    """A starting_after beyond the last number gives an empty stream or a refusal."""
    *_, beyond = replayed_at_edges
    assume(beyond.status is not None, "it was not answered")

    assert beyond.is_client_error or (beyond.is_success and beyond.events == [])


@requirement("resume.beyond-end")
def test_nothing_is_repeated_from_beyond_the_end(replayed: Transcript) -> None:
    """A starting_after beyond the last number gives an empty stream or a refusal."""
    assume(len(replayed) >= STEPS, OLDER)
    beyond = replayed[3]
    assume(beyond.status is not None, "it was not answered")

    assert beyond.is_client_error or (beyond.is_success and beyond.events == [])


@requirement("resume.malformed")
def test_a_mark_that_is_no_number_is_refused(replayed: Transcript) -> None:
    """A starting_after that is no number is refused."""
    assume(len(replayed) >= STEPS, OLDER)
    part, refusal = replayed[2], replayed[4]
    assume(part.is_success and part.events, NO_STREAM)

    assert refusal.is_client_error


@requirement("background.end-is-final")
def test_the_status_of_an_ended_stream_stays(replayed: Transcript) -> None:
    """A final status stays."""
    assume(len(replayed) >= STEPS, OLDER)
    read, again, later = replayed[5], replayed[6], replayed[7]
    assume(read.is_success and read.body.get("status") in FINAL, "it came to no end")

    assert [each.body["status"] for each in (again, later)] == [read.body["status"]] * 2


@requirement("background.poll-equals")
def test_an_ended_stream_reads_the_same(replayed: Transcript) -> None:
    """Two reads of a finished background response are equal, encrypted content apart."""
    assume(len(replayed) >= STEPS, OLDER)
    read, again = replayed[5], replayed[6]
    assume(read.is_success and read.body.get("status") in FINAL, "it came to no end")
    assume(again.is_success and again.body.get("status") == read.body["status"], "its status did not stay")

    assert list(differences(read.body, again.body, SEALED)) == []


@requirement("resume.while-running")
def test_a_running_stream_is_taken_up_to_its_end(resumed: Transcript) -> None:
    """A resumed stream of a running response goes on to its end."""
    left, rest, _ = resumed
    assume(not any(event.get("type") in ENDINGS for event in left.events), "it had ended before it was left")
    assert rest.is_success

    assert {event.get("type") for event in rest.events} & set(ENDINGS)
