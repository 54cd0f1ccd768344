"""Faults that show only where more than a few streams run at once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator

from antiphon.server.behaviour.fault import Events, ModelInput, OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import GET, MOST, after, id_of, show, store_of
from antiphon.server.json_values import Event, Json
from antiphon.server.state.store import ENDED

Group = tuple[str, ...]
BUSY = 4
"""Streams that run, besides a new one, from which on a server does wrong."""
STREAMS: defaultdict[Group, dict[str, ModelInput]] = defaultdict(dict)
"""By the keys of their metadata, streams that run: what the model reads, by the id of the response."""
CONFUSED: OrderedDict[str, str] = OrderedDict()
"""Responses that are stored wrongly, with the one whose place they share."""
SLOW_EVENTS, PAUSE = 10, 0.01
"""The first events of a stream take their time, so that those that are asked for at once run at once."""


def group_of(response: Json) -> Group:
    return tuple(sorted(response.get("metadata") or {}))


def running_beside(read: ModelInput) -> list[ModelInput]:
    """What the model reads for the streams beside a new one, the oldest first; nothing where they are few."""
    group = group_of(read.settings)
    if not group or read.body.get("stream") is not True:
        return []
    others = [each for id, each in STREAMS[group].items() if id != read.settings["id"]]
    STREAMS[group][read.settings["id"]] = read
    return others if len(others) >= BUSY else []


def read_another(read: ModelInput) -> ModelInput:
    others = running_beside(read)
    return others[0] if others else read


def lose_context(read: ModelInput) -> ModelInput:
    lost = running_beside(read) and read.body.get("previous_response_id")
    return ModelInput(read.body, read.settings, [] if lost else read.history, read.input)


def store_wrongly(read: ModelInput) -> ModelInput:
    others = running_beside(read)
    if others:
        CONFUSED[read.settings["id"]] = others[0].settings["id"]
        while len(CONFUSED) > MOST:
            CONFUSED.popitem(last=False)
    return read


def show_other(reply: OutgoingReply) -> None:
    other = store_of(reply).get(CONFUSED.get(id_of(reply), ""))
    if other and other.response["status"] in ENDED:
        show(reply, metadata=dict(other.response["metadata"]))


async def take_time(events: Events) -> AsyncIterator[Event]:
    """The same events, and the end of the stream is noted."""
    group: Group = ()
    id, number = "", 0
    try:
        async for event in events:
            if event["type"] == "response.created":
                group, id = group_of(event["response"]), event["response"]["id"]
            yield event
            number += 1
            if group and number <= SLOW_EVENTS:
                await asyncio.sleep(PAUSE)
    finally:
        STREAMS[group].pop(id, None)


FAULTS = (
    fault(
        "read-as-another-when-busy",
        "Where more than four streams run at once, the model reads the request of one that runs already.",
        "concurrency.texts-own",
        model_input=read_another,
        events=take_time,
        # The answer is to the format and the context of the other.
        implies="structured.valid-json concurrency.contexts-own",
        together=True,
    ),
    fault(
        "context-lost-when-busy",
        "Where more than four streams run at once, one that continues a response reads nothing of it.",
        "concurrency.contexts-own",
        model_input=lose_context,
        events=take_time,
        together=True,
    ),
    fault(
        "stored-as-another-when-busy",
        "Where more than four streams run at once, what is read of one shows the metadata of another.",
        "concurrency.stored-not-mixed",
        model_input=store_wrongly,
        events=take_time,
        reply=after(GET, show_other),
        implies="metadata.kept-on-get",
        together=True,
    ),
)
