"""Faults that show only when requests run at once: responses get mixed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable

from antiphon.server.behaviour.fault import Events, OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import (
    CREATE,
    GET,
    LIST,
    after,
    at,
    record_of,
    records_like,
    refuse,
    service_of,
    show,
    store_of,
)
from antiphon.server.faults.rewrites import ENDINGS
from antiphon.server.json_values import Event, Json
from antiphon.server.state.store import Record

RUNNING: Counter[tuple[str, ...]] = Counter()
"""How many streams run, by the keys of their metadata."""
FIRST: dict[tuple[str, ...], Json] = {}
"""The response of the first of them."""
READ: set[str] = set()
"""The responses that were read."""
FEW = 8
CONTINUED: list[str] = []
"""The responses that were continued, in the order of the requests."""


def neighbour_of(reply: OutgoingReply) -> Record | None:
    """Another response whose metadata have the same keys: the first that was made."""
    record = record_of(reply)
    alike = records_like(record, store_of(reply).all()) if record else []
    return alike[0] if alike else None


def swap_metadata(reply: OutgoingReply) -> None:
    other = neighbour_of(reply)
    if other:
        show(reply, metadata=dict(other.response["metadata"]))


def swap_id(reply: OutgoingReply) -> None:
    other = neighbour_of(reply)
    if other and not other.background:
        show(reply, id=other.id)


def swap_input(reply: OutgoingReply) -> None:
    other = neighbour_of(reply)
    if other:
        data = [service_of(reply).show_item(item) for item in other.input]
        show(reply, data=data, first_id=data[0]["id"], last_id=data[-1]["id"], has_more=False)


def group_of(event: Event) -> tuple[str, ...]:
    """The keys of the metadata of a stream that begins; none of one that is to be read again."""
    metadata = (event.get("response") or {}).get("metadata") or {}
    return () if "read" in metadata else tuple(sorted(metadata))


def in_groups(change: Callable[[Event, tuple[str, ...]], Event]) -> Callable[[Events], Events]:
    """Change the events of streams that have metadata, and count those that run."""

    async def rewrite(events: Events) -> AsyncIterator[Event]:
        name: tuple[str, ...] = ()
        try:
            async for event in events:
                if event["type"] == "response.created" and group_of(event):
                    name = group_of(event)
                    RUNNING[name] += 1
                    if RUNNING[name] == 1:
                        FIRST[name] = event["response"]
                yield change(event, name) if name else event
        finally:
            if name:
                RUNNING[name] -= 1

    return rewrite


def show_first(member: str) -> Callable[[Events], Events]:
    """Streams that run together show a member of the response of the first of them."""

    def change(event: Event, name: tuple[str, ...]) -> Event:
        if "response" not in event:
            return event
        return {**event, "response": {**event["response"], member: FIRST[name][member]}}

    return in_groups(change)


async def cut_second(events: Events) -> AsyncIterator[Event]:
    """A stream that begins while another of its kind runs never ends."""
    name: tuple[str, ...] = ()
    second = False
    try:
        async for event in events:
            if event["type"] == "response.created" and group_of(event):
                name = group_of(event)
                second = RUNNING[name] > 0
                RUNNING[name] += 1
            if not (second and event["type"] in ENDINGS):
                yield event
    finally:
        RUNNING[name] -= 1


def number_items(event: Event, name: tuple[str, ...]) -> Event:
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


def find_late(reply: OutgoingReply) -> None:
    """The first read of a response finds nothing where many of its kind are stored."""
    record = record_of(reply)
    if record is None or reply.status != 200 or "read" not in record.response["metadata"] or record.id in READ:
        return
    READ.add(record.id)
    if len(records_like(record, store_of(reply).all())) >= FEW and len(READ) % 2:
        refuse(reply, "There is no such response.", 404)


def continue_another(path: str, body: Json) -> Json:
    """A continuation reads the context of the one that was asked for before it."""
    if "after" not in (body.get("metadata") or {}):
        return body
    CONTINUED.append(body["previous_response_id"])
    return {**body, "previous_response_id": CONTINUED[-2:][0]}


def name_right_parent(response: Json) -> Json:
    after = (response.get("metadata") or {}).get("after")
    return {**response, "previous_response_id": after} if after else response


FAULTS = (
    fault(
        "metadata-of-another",
        "A reply shows the metadata of another response.",
        "concurrency.replies-not-mixed response.echo.metadata",
        reply=after(CREATE, swap_metadata),
        implies="metadata.kept-on-get",
    ),
    fault(
        "stored-metadata-of-another",
        "A response that is read shows the metadata of another.",
        "concurrency.stored-not-mixed",
        reply=after(GET, swap_metadata),
        implies="metadata.kept-on-get stream.final.equals-retrieved",
    ),
    fault(
        "input-of-another",
        "The list of a response shows the input of another.",
        "concurrency.inputs-not-mixed",
        reply=after(LIST, swap_input),
        implies="modes.input-listed",
    ),
    fault(
        "streams-share-id",
        "Streams that run at once have the id of the first of them.",
        "concurrency.streams-separate",
        events=show_first("id"),
        implies="modes.resumed-alike "
        "background.end-is-final modes.input-listed modes.settings-kept modes.store-off create.id-unique "
        "store.readable-after-stream store.get-equals-create stream.final.equals-retrieved",
        together=True,
    ),
    fault(
        "second-stream-cut",
        "Of streams that run at once only the first comes to its end.",
        "concurrency.streams-complete stream.terminal.exactly-one",
        events=cut_second,
        implies="stream.terminal.last stream.final.output-list stream.final.equals-retrieved sse.body-ends",
        together=True,
    ),
    fault(
        "ids-shared",
        "Responses that are made at once share an id.",
        "concurrency.ids-distinct",
        reply=after(CREATE, swap_id),
        implies="concurrency.stored-not-mixed concurrency.inputs-not-mixed create.id-unique metadata.kept-on-get "
        "store.get-equals-create",
    ),
    fault(
        "stream-metadata-of-another",
        "Streams that run at once show the metadata of the first of them.",
        "concurrency.stream-metadata",
        events=show_first("metadata"),
        implies="metadata.in-stream metadata.kept-on-get response.echo.metadata",
        together=True,
    ),
    fault(
        "streams-share-items",
        "The ids of items are unique within their stream only.",
        "concurrency.stream-items-own",
        events=in_groups(number_items),
        implies="store.get-equals-create stream.final.equals-retrieved",
        together=True,
    ),
    fault(
        "readable-late-when-many",
        "Where many responses are made at once, some cannot be read at first.",
        "concurrency.read-your-writes",
        reply=at(GET, find_late),
        together=True,
    ),
    fault(
        "contexts-mixed",
        "Of continuations that are asked for at once, each reads the context of the one before it.",
        "concurrency.contexts-own",
        request=continue_another,
        response=name_right_parent,
        together=True,
    ),
)
