"""Ids and facts of a response or an item that change within a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator

from antiphon.server.faults.base import Events, Fault, one
from antiphon.server.faults.shaping import ENDINGS, edit, edit_item, edit_response
from antiphon.server.store import Event


async def fresh_ids(events: Events) -> AsyncIterator[Event]:
    number = 0
    async for event in events:
        if event["type"] == "response.output_text.delta":
            number += 1
            event = {**event, "item_id": f"{event['item_id'][:-4]}{number:04d}"}
        yield event


async def new_id_when_done(events: Events) -> AsyncIterator[Event]:
    async for event in events:
        if event["type"] == "response.output_item.done":
            event = {**event, "item": {**event["item"], "id": event["item"]["id"][:-2] + "zz"}}
        yield event


FAULTS = (
    Fault(
        name="item-id-of-deltas-differs",
        says="Every text delta has an item_id of its own.",
        breaks=one("stream.item-id.constant"),
        implies=one("stream.item.added-before-use", "stream.sum.text"),
        events=fresh_ids,
    ),
    Fault(
        name="item-id-changes-when-done",
        says="An item has another id when it is done.",
        breaks=one("stream.item-id.constant"),
        implies=one("stream.final.output-equals-items", "stream.item-id.in-final", "stream.item.done-was-added"),
        events=new_id_when_done,
    ),
    Fault(
        name="call-id-changes",
        says="A function call is announced with another call_id than it is done with.",
        breaks=one("stream.item.same-call-id"),
        events=edit_item("response.output_item.added", of="function_call", call_id="call_elsewhere"),
    ),
    Fault(
        name="response-id-changes",
        says="The response in the terminal event has another id than in response.created.",
        breaks=one("stream.lifecycle.constant-id"),
        implies=one(
            "stream.final.equals-retrieved",
            "store.readable-after-stream",
            "chain.usable-after-stream",
            "background.survives-disconnect",
        ),
        events=edit_response(*ENDINGS, id="resp_" + "0" * 48),
    ),
    Fault(
        name="created-at-changes",
        says="The response in response.created was made one second before the one in the other events.",
        breaks=one("stream.lifecycle.constant-created-at"),
        events=edit(
            "response.created",
            by=lambda event: {
                **event,
                "response": {**event["response"], "created_at": event["response"]["created_at"] - 1},
            },
        ),
    ),
    Fault(
        name="model-changes",
        says="The model in response.created is not the one of the later events.",
        breaks=one("stream.lifecycle.constant-model"),
        events=edit_response("response.created", model="another-model"),
    ),
)
