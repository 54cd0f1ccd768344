"""Numbers, indices and ids of a stream that do not hold together."""

from __future__ import annotations

from collections.abc import AsyncIterator

from antiphon.server.faults.base import Events, Fault, one
from antiphon.server.faults.shaping import ENDINGS, without
from antiphon.server.store import Event

DELTA = "response.output_text.delta"


def renumber(number: int) -> int:
    """Skips one number after the third event."""
    return number if number < 3 else number + 1


async def constant(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        yield {**event, "sequence_number": 1}


async def from_one(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        yield {**event, "sequence_number": event["sequence_number"] + 1}


async def with_gap(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        yield {**event, "sequence_number": renumber(event["sequence_number"])}


async def unnumbered(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        yield without(event, "sequence_number")


async def restart_at_end(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        yield {**event, "sequence_number": 0} if event["type"] in ENDINGS else event


async def shift_output(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        yield {**event, "output_index": event["output_index"] + 1} if "output_index" in event else event


async def one_output_index(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        yield {**event, "output_index": 0} if "output_index" in event else event


async def count_deltas(events: Events) -> AsyncIterator[Event]:
    number = 0
    async for event in events:
        if event["type"] == DELTA:
            yield {**event, "content_index": number}
            number += 1
        else:
            yield event


async def shared_content_index(events: Events) -> AsyncIterator[Event]:
    """One counter of parts for all items, as if a reasoning item had a part too."""
    async for event in events:
        yield {**event, "content_index": event["output_index"]} if "content_index" in event else event


async def lose_output_index(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        yield without(event, "output_index") if event["type"].endswith("arguments.delta") else event


RESUMED = one(
    "resume.after-exclusive", "resume.every-cut", "resume.same-numbers", "resume.same-events", "resume.full-replay"
)
FAULTS = (
    Fault(
        name="sequence-constant",
        says="Every event has the sequence number 1.",
        breaks=one("stream.sequence.contiguous", "stream.sequence.starts-at-zero"),
        implies=RESUMED | one("concurrency.streams-separate", "stream.error.numbered"),
        numbered=constant,
    ),
    Fault(
        name="sequence-from-one",
        says="Sequence numbers begin at 1.",
        breaks=one("stream.sequence.starts-at-zero"),
        implies=RESUMED | one("concurrency.streams-separate"),
        numbered=from_one,
    ),
    Fault(
        name="sequence-gap",
        says="One sequence number is left out.",
        breaks=one("stream.sequence.contiguous"),
        implies=RESUMED | one("concurrency.streams-separate"),
        numbered=with_gap,
    ),
    Fault(
        name="sequence-missing",
        says="Events have no sequence number.",
        breaks=one("stream.sequence.present"),
        implies=RESUMED | one("concurrency.streams-separate", "stream.error.numbered"),
        numbered=unnumbered,
    ),
    Fault(
        name="sequence-restarts-at-end",
        says="The terminal event has the sequence number 0.",
        breaks=one("stream.sequence.contiguous"),
        implies=RESUMED | one("concurrency.streams-separate"),
        numbered=restart_at_end,
    ),
    Fault(
        name="output-index-from-one",
        says="The first output item has the index 1.",
        breaks=one("stream.output-index.contiguous", "stream.output-index.is-place"),
        events=shift_output,
    ),
    Fault(
        name="output-index-reused",
        says="All items of a stream have the output_index 0.",
        breaks=one("stream.output-index.unique"),
        implies=one("stream.output-index.contiguous", "stream.output-index.is-place"),
        events=one_output_index,
    ),
    Fault(
        name="output-index-missing",
        says="Argument deltas do not say which item they belong to by index.",
        breaks=one("stream.output-index.present"),
        implies=one("stream.schema.function-call-arguments", "stream.output-index.constant"),
        events=lose_output_index,
    ),
    Fault(
        name="content-index-counts-deltas",
        says="content_index grows with every delta.",
        breaks=one("stream.content-index.constant"),
        implies=one("stream.sum.text", "stream.part.added-before-delta", "stream.order.text-part"),
        events=count_deltas,
    ),
    Fault(
        name="content-index-is-output-index",
        says="content_index is the number of the item.",
        breaks=one("stream.content-index.contiguous"),
        implies=one("stream.content-index.is-place"),
        events=shared_content_index,
    ),
)
