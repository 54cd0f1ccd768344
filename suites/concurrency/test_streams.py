"""Several streams at once do not mix."""

from dataclasses import dataclass
from typing import Any

import anyio

from antiphon.recording.frame import Frame
from antiphon.suite import Answer, Api, Exchange, Transcript, assume, is_completed, is_taken, requirement, scenario
from antiphon.suite.shown_metadata import shown_of

STREAMS = 24
ENDINGS = ("response.completed", "response.failed", "response.incomplete", "error")
NOTHING: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
TOOLS = [{"type": "function", "name": f"light_{side}", "parameters": NOTHING, "strict": True} for side in "ab"]
CALLING: dict[str, Any] = {"tools": TOOLS, "tool_choice": "required", "max_output_tokens": 512, "store": False}
CALLING["input"] = "Call both tools at once."
ONE_BY_ONE = {"parallel_tool_calls": False}


@dataclass(frozen=True)
class Crowd:
    """How many streams run at once."""

    id: str
    size: int


PAIR, CROWD = Crowd("pair", 2), Crowd("crowd", STREAMS)


@scenario(each=(PAIR, CROWD), needs={"streaming"})
async def streams_at_once(api: Api, crowd: Crowd) -> None:
    """Several responses stream at once; each of a pair is to call two functions, one of them one at a time."""
    calls = crowd is PAIR and api.target.capabilities.get("tools") is not False
    if calls and any(await stream_all(api, [CALLING, {**CALLING, **ONE_BY_ONE}])):
        return
    await stream_all(
        api,
        [{"input": f"Count from {place} to 60, with commas.", "max_output_tokens": 100} for place in range(crowd.size)],
    )


async def stream_all(api: Api, bodies: list[dict[str, Any]]) -> list[bool]:
    """Stream all of these at once, each with metadata of its own. Whether each was taken."""
    taken: list[bool] = []

    async def stream(place: int) -> None:
        answer: Answer = await api.stream(**bodies[place], metadata={"stream": str(place)})
        taken.append(is_taken(answer.exchange))

    async with anyio.create_task_group() as group:
        for place in range(len(bodies)):
            group.start_soon(stream, place)
    return taken


def streams(transcript: Transcript) -> list[Exchange]:
    """The streams that began; several of them, or nothing can be told."""
    found = [each for each in transcript if each.is_success and each.events]
    assume(len(found) > 1, "fewer than two of the streams began")
    return found


@requirement("concurrency.streams-separate")
def test_each_stream_has_its_own_id_and_numbers(streams_at_once: Transcript) -> None:
    """Each of several streams at once has its own id and its own numbers."""
    found = streams(streams_at_once)
    ids = [{event["response"].get("id") for event in each.events if "response" in event} for each in found]

    assert [len(each) for each in ids] == [1] * len(found)
    assert len(set().union(*ids)) == len(found)
    numbered = [each.events[0]["sequence_number"] for each in found if "sequence_number" in each.events[0]]
    assert numbered == numbered[:1] * len(numbered)  # that it is 0 is a requirement of its own


@requirement("concurrency.streams-complete")
def test_each_stream_comes_to_its_end(streams_at_once: Transcript) -> None:
    """Each of several streams at once comes to its end."""
    found = streams(streams_at_once)

    ended = [{event.get("type") for event in each.events} & set(ENDINGS) for each in found]

    assert [each.id for each, endings in zip(found, ended, strict=True) if not endings] == []


@requirement("concurrency.stream-metadata")
def test_each_stream_has_its_own_metadata(streams_at_once: Transcript) -> None:
    """Each of many streams at once repeats its own metadata."""
    replies = [each for each in streams(streams_at_once) if isinstance(each.reply.get("metadata"), dict)]
    shown = [shown_of(each.sent["metadata"], each.reply["metadata"]) for each in replies]
    assume(any(shown), "no stream repeats any metadata")

    assert shown == [each.sent["metadata"] for each in replies]


@requirement("concurrency.stream-items-own")
def test_each_stream_has_its_own_items(streams_at_once: Transcript) -> None:
    """No two of many streams at once share the id of an item."""
    found = [
        {event["item"].get("id") for event in each.events if isinstance(event.get("item"), dict)}
        for each in streams(streams_at_once)
    ]
    assume(sum(map(bool, found)) > 1, "fewer than two streams have items")

    assert len(set().union(*found)) == sum(map(len, found))


@requirement("tools.parallel-off")
def test_a_stream_calls_one_by_one(streams_at_once: Transcript) -> None:
    """With parallel_tool_calls false a stream has one call at most, where it has several without."""
    found = [each for each in streams_at_once if "tools" in each.sent]
    assume(len(found) == 2 and all(map(is_completed, found)), "no two streams completed that were to call functions")
    single, free = sorted(found, key=lambda each: "parallel_tool_calls" not in each.sent)
    counts = [sum(item.get("type") == "function_call" for item in each.reply["output"]) for each in (single, free)]
    assume(counts[1] > 1, "the model does not call two functions at once")

    assert counts[0] < 2


@scenario(needs={"streaming", "store"})
async def streams_read_at_once(api: Api) -> None:
    """Many responses stream at once, and each is read the moment its terminal event has come."""

    def ends(frame: Frame) -> bool:
        return isinstance(frame.json, dict) and frame.json.get("type") in ENDINGS

    async def stream(place: int) -> None:
        streamed = await api.stream(
            input=f"Say the number {place}.", store=True, metadata={"read": str(place)}, max_output_tokens=32,
            until=ends,
        )  # fmt: skip
        await api.retrieve(streamed.id)

    async with anyio.create_task_group() as group:
        for place in range(STREAMS):
            group.start_soon(stream, place)


@requirement("concurrency.read-your-writes")
def test_each_can_be_read_at_its_end(streams_read_at_once: Transcript) -> None:
    """A response can be read as soon as the terminal event of its stream has come, however many run at once."""
    ended = {
        each.reply.get("id"): each.reply.get("status")
        for each in streams_read_at_once
        if each.sent and {event.get("type") for event in each.events} & set(ENDINGS)
    }
    reads = [each for each in streams_read_at_once if not each.sent and each.request]
    found = {id: each for each in reads for id in ended if each.request and each.request.path.endswith(f"/{id}")}
    assume(any(each.is_success for each in found.values()), "no response can be read")

    assert {id: each.body.get("status") for id, each in found.items()} == {id: ended[id] for id in found}


@requirement("concurrency.stored-not-mixed")
def test_each_stream_is_stored_with_its_own_metadata(streams_read_at_once: Transcript) -> None:
    """Each of many responses that were streamed at once is stored with its own metadata."""
    sent = {
        each.reply.get("id"): each.sent["metadata"] for each in streams_read_at_once if each.sent and each.is_success
    }
    reads = [each.body for each in streams_read_at_once if not each.sent and each.request and each.is_success]
    bodies = [body for body in reads if isinstance(body, dict)]
    shown = {body.get("id"): shown_of(sent.get(body.get("id"), {}), body.get("metadata")) for body in bodies}
    assume(any(shown.values()), "no stored response shows any metadata")

    assert shown == {id: sent.get(id) for id in shown}
