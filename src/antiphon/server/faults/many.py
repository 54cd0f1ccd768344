"""What goes wrong only when much is asked for at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable

from antiphon.server.faults.base import Events, Fault, Reply, one
from antiphon.server.faults.concurrency import group
from antiphon.server.faults.store_reach import GET, at, like, record_of, refuse, store_of
from antiphon.server.store import Event, Json

BUSY: Counter[tuple[str, ...]] = Counter()
"""How many streams run, by the keys of their metadata."""
FIRST: dict[tuple[str, ...], Json] = {}
"""The metadata of the first of them."""
READ: set[str] = set()
"""The responses that were read."""
FEW = 8
NAMED: list[str] = []
"""The responses that were continued, in the order of the requests."""


def alike(change: Callable[[Event, tuple[str, ...]], Event]) -> Callable[[Events], Events]:
    """Change the events of streams that have metadata, and count those that run."""

    async def hook(events: Events) -> AsyncIterator[Event]:
        name: tuple[str, ...] = ()
        try:
            async for event in events:
                if event["type"] == "response.created" and group(event):
                    name = group(event)
                    BUSY[name] += 1
                    if BUSY[name] == 1:
                        FIRST[name] = event["response"]["metadata"]
                yield change(event, name) if name else event
        finally:
            if name:
                BUSY[name] -= 1

    return hook


def metadata_of_first(event: Event, name: tuple[str, ...]) -> Event:
    if "response" not in event:
        return event
    return {**event, "response": {**event["response"], "metadata": FIRST[name]}}


def items_by_place(event: Event, name: tuple[str, ...]) -> Event:
    """Item ids are made of the place in the output alone."""

    def named(item: Json, place: int) -> Json:
        prefix = item["id"].split("_")[0]
        return {**item, "id": f"{prefix}_{place:048d}"}

    if "response" in event:
        output = [named(item, place) for place, item in enumerate(event["response"]["output"])]
        return {**event, "response": {**event["response"], "output": output}}
    if "item" in event:
        return {**event, "item": named(event["item"], event["output_index"])}
    if "item_id" in event:
        return {**event, "item_id": named({"id": event["item_id"]}, event["output_index"])["id"]}
    return event


def late_when_many(reply: Reply) -> None:
    """The first read of a response finds nothing where many of its kind are stored."""
    record = record_of(reply)
    if record is None or reply.status != 200 or "read" not in record.response["metadata"] or record.id in READ:
        return
    READ.add(record.id)
    if len(like(record, store_of(reply).all())) >= FEW and len(READ) % 2:
        refuse(reply, "There is no such response.", 404)


def continue_another(path: str, body: Json) -> Json:
    """A continuation reads the context of the one that was asked for before it."""
    if "after" not in (body.get("metadata") or {}):
        return body
    NAMED.append(body["previous_response_id"])
    return {**body, "previous_response_id": NAMED[-2:][0]}


def name_the_right_one(response: Json) -> Json:
    after = (response.get("metadata") or {}).get("after")
    return {**response, "previous_response_id": after} if after else response


FAULTS: tuple[Fault, ...] = (
    Fault(
        name="stream-metadata-of-another",
        says="Streams that run at once show the metadata of the first of them.",
        breaks=one("concurrency.stream-metadata"),
        implies=one("metadata.in-stream", "metadata.kept-on-get", "response.echo.metadata"),
        together=True,
        events=alike(metadata_of_first),
    ),
    Fault(
        name="streams-share-items",
        says="The ids of items are unique within their stream only.",
        breaks=one("concurrency.stream-items-own"),
        implies=one("store.get-equals-create", "stream.final.equals-retrieved"),
        together=True,
        events=alike(items_by_place),
    ),
    Fault(
        name="readable-late-when-many",
        says="Where many responses are made at once, some cannot be read at first.",
        breaks=one("concurrency.read-your-writes"),
        together=True,
        reply=at(GET, late_when_many),
    ),
    Fault(
        name="contexts-mixed",
        says="Of continuations that are asked for at once, each reads the context of the one before it.",
        breaks=one("concurrency.contexts-own"),
        together=True,
        request=continue_another,
        response=name_the_right_one,
    ),
)
