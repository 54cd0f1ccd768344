"""Responses that are made at once and get mixed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

from antiphon.server.faults.base import Events, Fault, Reply, one
from antiphon.server.faults.shaping import ENDINGS
from antiphon.server.faults.store_reach import (
    CREATE,
    GET,
    LIST,
    after,
    fault,
    like,
    record_of,
    service_of,
    show,
    store_of,
)
from antiphon.server.store import Event, Record

RUNNING: Counter[tuple[str, ...]] = Counter()
"""How many streams run, by the keys of their metadata."""
SHARED: dict[tuple[str, ...], str] = {}
"""The id of the first of them."""


def neighbour(reply: Reply) -> Record | None:
    """Another response whose metadata have the same keys: the first that was made."""
    record = record_of(reply)
    alike = like(record, store_of(reply).all()) if record else []
    return alike[0] if alike else None


def swap_metadata(reply: Reply) -> None:
    other = neighbour(reply)
    if other:
        show(reply, metadata=dict(other.response["metadata"]))


def swap_id(reply: Reply) -> None:
    other = neighbour(reply)
    if other and not other.background:
        show(reply, id=other.id)


def swap_input(reply: Reply) -> None:
    other = neighbour(reply)
    if other:
        data = [service_of(reply).show_item(item) for item in other.input]
        show(reply, data=data, first_id=data[0]["id"], last_id=data[-1]["id"], has_more=False)


def group(event: Event) -> tuple[str, ...]:
    """The keys of the metadata of a stream that begins; none of one that is to be read again."""
    metadata = (event.get("response") or {}).get("metadata") or {}
    return () if "read" in metadata else tuple(sorted(metadata))


async def share_id(events: Events) -> AsyncIterator[Event]:
    """Streams that run together have the id of the first of them."""
    name: tuple[str, ...] = ()
    try:
        async for event in events:
            if event["type"] == "response.created" and group(event):
                name = group(event)
                RUNNING[name] += 1
                if RUNNING[name] == 1:
                    SHARED[name] = event["response"]["id"]
            if name and "response" in event:
                event = {**event, "response": {**event["response"], "id": SHARED[name]}}
            yield event
    finally:
        RUNNING[name] -= 1


async def cut_second(events: Events) -> AsyncIterator[Event]:
    """A stream that begins while another of its kind runs never ends."""
    name: tuple[str, ...] = ()
    second = False
    try:
        async for event in events:
            if event["type"] == "response.created" and group(event):
                name = group(event)
                second = RUNNING[name] > 0
                RUNNING[name] += 1
            if not (second and event["type"] in ENDINGS):
                yield event
    finally:
        RUNNING[name] -= 1


FAULTS: tuple[Fault, ...] = (
    fault(
        "metadata-of-another",
        "A reply shows the metadata of another response.",
        "concurrency.replies-not-mixed response.echo.metadata",
        after(CREATE, swap_metadata),
        "metadata.kept-on-get",
    ),
    fault(
        "stored-metadata-of-another",
        "A response that is read shows the metadata of another.",
        "concurrency.stored-not-mixed",
        after(GET, swap_metadata),
        "metadata.kept-on-get stream.final.equals-retrieved",
    ),
    fault(
        "input-of-another",
        "The list of a response shows the input of another.",
        "concurrency.inputs-not-mixed",
        after(LIST, swap_input),
    ),
    fault(
        "ids-shared",
        "Responses that are made at once share an id.",
        "concurrency.ids-distinct",
        after(CREATE, swap_id),
        "concurrency.stored-not-mixed concurrency.inputs-not-mixed create.id-unique metadata.kept-on-get "
        "store.get-equals-create",
    ),
    Fault(
        name="streams-share-id",
        says="Streams that run at once have the id of the first of them.",
        breaks=one("concurrency.streams-separate"),
        implies=one("create.id-unique"),
        together=True,
        events=share_id,
    ),
    Fault(
        name="second-stream-cut",
        says="Of streams that run at once only the first comes to its end.",
        breaks=one("concurrency.streams-complete", "stream.terminal.exactly-one"),
        implies=one("stream.terminal.last", "stream.final.output-list", "sse.body-ends"),
        together=True,
        events=cut_second,
    ),
)
