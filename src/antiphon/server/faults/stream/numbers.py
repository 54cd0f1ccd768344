"""Sequence numbers and item ids that do not hold together."""

from __future__ import annotations

from collections.abc import AsyncIterator

from antiphon.server.behaviour.fault import Events
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import in_each, in_item, lose, put
from antiphon.server.faults.rewrites import DONE, ENDINGS, edit, edit_item, edit_response, shift
from antiphon.server.json_values import Event


async def renew_ids(events: Events) -> AsyncIterator[Event]:
    number = 0
    async for event in events:
        if event["type"] == "response.output_text.delta":
            number += 1
            event = {**event, "item_id": f"{event['item_id'][:-4]}{number:04d}"}
        yield event


def skip_number(event: Event) -> Event:
    """One number is left out after the third event."""
    number = event["sequence_number"]
    return {**event, "sequence_number": number if number < 3 else number + 1}


async def share_item_id(events: Events) -> AsyncIterator[Event]:
    """All items of a stream share the id of the first."""
    first = ""
    async for event in events:
        if "item" in event:
            first = first or event["item"]["id"]
            event = {**event, "item": {**event["item"], "id": first}}
        yield {**event, "item_id": first} if "item_id" in event else event


FAULTS = (
    fault(
        "sequence-missing",
        "Events have no sequence number.",
        "stream.sequence.present",
        numbered=edit(by=lose("sequence_number")),
        implies="concurrency.streams-separate resume.after-exclusive resume.same-events resume.same-numbers "
        "resume.full-replay resume.every-cut stream.error.numbered",
    ),
    fault(
        "sequence-from-one",
        "Sequence numbers begin at 1.",
        "stream.sequence.starts-at-zero",
        numbered=edit(by=shift("sequence_number")),
        implies="concurrency.streams-separate resume.after-exclusive resume.same-events resume.same-numbers "
        "resume.full-replay resume.every-cut stream.sequence.contiguous",
    ),
    fault(
        "sequence-constant",
        "Every event has the sequence number 1.",
        "stream.sequence.contiguous stream.sequence.starts-at-zero",
        numbered=edit(by=put(sequence_number=1)),
        implies="concurrency.streams-separate resume.after-exclusive resume.same-events resume.same-numbers "
        "resume.full-replay resume.every-cut stream.error.numbered modes.resumed-alike",
    ),
    fault(
        "sequence-gap",
        "One sequence number is left out.",
        "stream.sequence.contiguous",
        numbered=edit(by=skip_number),
        implies="concurrency.streams-separate resume.after-exclusive resume.same-events resume.same-numbers "
        "resume.full-replay resume.every-cut",
    ),
    fault(
        "sequence-restarts-at-end",
        "The terminal event has the sequence number 0.",
        "stream.sequence.contiguous",
        numbered=edit(*ENDINGS, by=put(sequence_number=0)),
        implies="concurrency.streams-separate resume.after-exclusive resume.same-events resume.same-numbers "
        "resume.full-replay resume.every-cut",
    ),
    fault(
        "item-id-of-deltas-differs",
        "Every text delta has an item_id of its own.",
        "stream.item-id.constant",
        events=renew_ids,
        implies="stream.item.added-before-use stream.sum.text",
    ),
    fault(
        "item-id-changes-when-done",
        "An item has another id when it is done.",
        "stream.item-id.constant",
        events=edit_item(DONE, by=lambda item: {**item, "id": item["id"][:-2] + "zz"}),
        implies="stream.final.output-equals-items stream.item-id.in-final stream.item.done-was-added",
    ),
    fault(
        "item-id-unsaid",
        "The done event of a custom tool's input does not name its item.",
        "stream.item-id.present",
        events=edit("response.custom_tool_call_input.done", by=lose("item_id")),
    ),
    fault(
        "stream-items-share-id",
        "All items of a stream share the id of the first.",
        "stream.item-id.unique",
        events=share_item_id,
        implies="item.id-prefix stream.item-id.in-final stream.final.output-equals-items",
    ),
    fault(
        "final-item-renamed",
        "A custom tool call has another id in the final output.",
        "stream.item-id.in-final",
        events=edit_response(*ENDINGS, by=in_each("output", in_item("custom_tool_call", put(id="ctc_" + "1" * 48)))),
        implies="item.id-unique store.get-equals-create",
    ),
)
