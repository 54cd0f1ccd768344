"""One run in the background, which its client leaves and takes up again, held against a plain create.

A run that plays few scenarios plays this one in their place; a deep one plays them all.
"""

from functools import partial

import anyio

from antiphon.recording.frame import Frame
from antiphon.recording.intent import optional
from antiphon.suite import Api, Exchange, Transcript, any_outcome, assume, none_of, requirement, scenario
from antiphon.suite.controls import forced_calls
from antiphon.suite.controls.forced_calls import CALLED, creates_of, plain_controls
from antiphon.suite.crossing.play import send_row
from antiphon.suite.crossing.relations import lost_effect, missing_weight, refused_together
from antiphon.suite.crossing.turns import CrossedTurn, ended_well
from antiphon.suite.crossing.twins import in_mode
from antiphon.suite.item_faces import missing_items
from antiphon.suite.repeated_streams import changed_events, numbers
from antiphon.suite.shown_settings import lost_settings

named_call = forced_calls.named_call

ROW = in_mode(CALLED, "background-streamed")
NEEDS = ("store", "streaming", "background", "resume")
HEARD = 3
"""Events after which the client leaves."""
RUNNING = ("queued", "in_progress")
FINAL = ("completed", "failed", "incomplete")
ENDINGS = {f"response.{status}" for status in FINAL}
PAUSES = (0.3, 0.3, 0.6, 1, 1, 2, 3, 4)
"""Seconds between looks at a response that ought to have ended."""
TIMES = 5
"""By how much longer than a plain create a run in the background may take."""


@scenario(needs=set(NEEDS))
async def one_run(api: Api) -> None:
    """A background stream is left, taken up to its end, and repeated as a whole; its response is read and listed."""
    heard: list[Frame] = []

    def leave(frame: Frame) -> bool:
        heard.append(frame)
        return len(heard) == HEARD

    left = await send_row(api, ROW, {"input": []}, partial(api.create, until=leave))
    if not ended_well(left.exchange) or not isinstance(left.exchange.reply, dict):
        return
    mark = (numbers(left.exchange.events) or [0])[-1]
    await api.retrieve(left.id, stream=True, starting_after=mark if isinstance(mark, int) else 0)
    for pause in PAUSES:
        found = await api.retrieve(left.id)
        if not found.ok or found.body.get("status") not in RUNNING:
            break
        await anyio.sleep(pause)
    with api.intending(optional("input-items", *NEEDS)):
        await api.input_items(left.id, order="asc", limit=50)
    await api.retrieve(left.id, stream=True)


def turn_of(one_run: Transcript) -> CrossedTurn:
    return CrossedTurn(ROW, one_run)


def ended_turn(one_run: Transcript) -> CrossedTurn:
    """The turn with its response as it is read. Not testable where the stream that was left says that it had ended."""
    turn = turn_of(one_run)
    assume(ends(turn.created) or turn.created.reply.get("status") in RUNNING, "it is said to have ended before it had")
    return turn


def left_stream(one_run: Transcript) -> Exchange:
    """The stream that was left. Not testable where it had ended before."""
    left = turn_of(one_run).created
    assume(not ends(left), "it had ended before it was left")
    is_numbered = all(isinstance(number, int) for number in numbers(left.events))
    assume(left.events and is_numbered, "the stream is not numbered")
    return left


def repeated(one_run: Transcript, *, whole: bool) -> Exchange:
    """The stream that was asked for again: as a whole, or after the events that were heard."""
    asked = [dict(each.request.query) for each in one_run if each.request]
    found = [
        each
        for each, query in zip(one_run, asked, strict=True)
        if "stream" in query and ("starting_after" not in query) == whole
    ]
    assume(found, "it was not asked for")
    return found[0]


def ends(stream: Exchange) -> bool:
    """The stream tells of an end."""
    return any(event.get("type") in {*ENDINGS, "error"} for event in stream.events)


@any_outcome
@requirement("modes.taken")
def test_what_is_taken_plain_is_taken(one_run: Transcript, named_call: Transcript) -> None:
    """What is taken in a plain create is taken in the background."""
    none_of(refused_together(turn_of(one_run), plain_controls(named_call)))


@any_outcome
@requirement("modes.choice-holds")
def test_the_named_function_is_called(one_run: Transcript, named_call: Transcript) -> None:
    """A function that is called because it is named is called in the background."""
    none_of(lost_effect("modes.choice-holds", ended_turn(one_run), plain_controls(named_call)))


@any_outcome
@requirement("modes.instructions-read")
def test_instructions_are_read(one_run: Transcript, named_call: Transcript) -> None:
    """A create with instructions counts the input tokens of the plain one: they are read."""
    turn = ended_turn(one_run)
    assume(turn.record.calls, "no function is called: what tools weigh may be missing too")
    none_of(missing_weight("modes.instructions-read", turn, *plain_controls(named_call).weights(turn), estimated=True))


@requirement("modes.settings-kept")
def test_settings_are_read_as_they_were_shown(one_run: Transcript) -> None:
    """A stored response reads with the settings that its stream showed at its end."""
    reads, rest = turn_of(one_run).reads, repeated(one_run, whole=False)
    assume(reads, "the response was not read")
    assume(ends(rest) and isinstance(rest.reply, dict), "its end was not streamed")

    assert lost_settings(rest, reads[-1]) == []


@requirement("modes.input-listed")
def test_the_input_is_listed(one_run: Transcript) -> None:
    """The list of a stored response holds every item and part of its input as sent."""
    turn = turn_of(one_run)

    assert missing_items(turn.created.sent["input"], turn.listed("/input_items")) == []


@requirement("background.survives-disconnect")
def test_work_goes_on_without_its_client(one_run: Transcript, named_call: Transcript) -> None:
    """A background run goes on when its client goes away; it has several times as long as a plain create takes."""
    left, reads = left_stream(one_run), turn_of(one_run).reads
    assume(reads, "it cannot be read")
    waited = reads[-1].started_at - left.started_at
    patience = TIMES * creates_of(named_call)[-1].elapsed
    status = reads[-1].body["status"]
    assume(status not in RUNNING or waited > patience, "it may run for longer")
    assume(status in (*RUNNING, *FINAL, "cancelled"), f"{status} is no status")

    assert status in FINAL


@requirement("resume.after-exclusive")
def test_it_is_taken_up_after_what_was_heard(one_run: Transcript) -> None:
    """A resumed stream begins with the number after starting_after."""
    mark, rest = numbers(left_stream(one_run).events)[-1], repeated(one_run, whole=False)
    assume(rest.is_success and rest.events, "nothing came after it")

    assert numbers(rest.events)[:1] == [mark + 1]


@requirement("resume.while-running")
def test_it_is_taken_up_to_its_end(one_run: Transcript) -> None:
    """A resumed stream of a running response goes on to its end."""
    left_stream(one_run)
    rest = repeated(one_run, whole=False)
    assume(ends(repeated(one_run, whole=True)), "no stream is repeated to an end")
    assert rest.is_success

    assert ends(rest)


@requirement("resume.full-replay")
def test_the_whole_stream_is_repeated(one_run: Transcript) -> None:
    """Without starting_after the whole stream is repeated from response.created."""
    left, rest, whole = left_stream(one_run), repeated(one_run, whole=False), repeated(one_run, whole=True)
    assume([event.get("type") for event in left.events[:1]] == ["response.created"], "it began otherwise too")
    assume(rest.events or whole.events, "no stream is repeated at all")

    assert whole.is_success
    assert [event.get("type") for event in whole.events[:1]] == ["response.created"]


@requirement("modes.resumed-alike")
def test_it_is_repeated_as_it_was(one_run: Transcript) -> None:
    """The stream is repeated with the events that came while it ran."""
    rest, whole = repeated(one_run, whole=False), repeated(one_run, whole=True)
    heard = [*left_stream(one_run).events, *rest.events]
    assume(all(isinstance(number, int) for number in numbers(rest.events)), "the rest is not numbered")
    assume(whole.is_success and whole.events, "the stream is not repeated")
    assume(len(set(map(str, numbers(whole.events)))) == len(whole.events), "two of its events share a number")

    assert changed_events(heard, whole.events) == []
