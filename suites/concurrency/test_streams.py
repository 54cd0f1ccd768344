"""Several streams at once do not mix."""

import anyio

from antiphon.suite import Api, Exchange, Transcript, assume, requirement, scenario

STREAMS = 5
ENDINGS = ("response.completed", "response.failed", "response.incomplete", "error")


@scenario(needs={"streaming"}, thorough=True)
async def streams_at_once(api: Api) -> None:
    """Several responses stream at once."""

    async def stream(place: int) -> None:
        await api.stream(
            input=f"Count from {place} to 60, with commas.", metadata={"stream": str(place)}, max_output_tokens=100
        )

    async with anyio.create_task_group() as group:
        for place in range(STREAMS):
            group.start_soon(stream, place)


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
    assert [each.events[0]["sequence_number"] for each in found] == [0] * len(found)


@requirement("concurrency.streams-complete")
def test_each_stream_comes_to_its_end(streams_at_once: Transcript) -> None:
    """Each of several streams at once comes to its end."""
    found = streams(streams_at_once)

    ended = [{event.get("type") for event in each.events} & set(ENDINGS) for each in found]

    assert [each.id for each, endings in zip(found, ended, strict=True) if not endings] == []
