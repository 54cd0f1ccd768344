"""Output, content, summary, annotation and command indices that do not hold together."""

from __future__ import annotations

from collections.abc import AsyncIterator

from antiphon.server.behaviour.fault import Events
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import Edit, lose, put
from antiphon.server.faults.rewrites import Rewrite, edit, shift
from antiphon.server.json_values import Event


def when_member(name: str, by: Edit) -> Rewrite:
    """Change the events that have a member."""
    return edit(by=lambda event: by(event) if name in event else event)


async def count_parts_on(events: Events) -> AsyncIterator[Event]:
    """One counter of parts for all items of a stream."""
    parts = -1
    async for event in events:
        parts += event["type"] in ("response.content_part.added", "response.output_item.done")
        yield {**event, "content_index": max(parts, 0)} if "content_index" in event else event


async def count_deltas(events: Events) -> AsyncIterator[Event]:
    number = 0
    async for event in events:
        if event["type"] == "response.output_text.delta":
            yield {**event, "content_index": number}
            number += 1
        else:
            yield event


FAULTS = (
    fault(
        "output-index-from-one",
        "The first output item has the index 1.",
        "stream.output-index.contiguous stream.output-index.is-place",
        events=when_member("output_index", shift("output_index")),
    ),
    fault(
        "output-index-missing",
        "Argument deltas do not say which item they belong to by index.",
        "stream.output-index.present",
        events=edit(
            "response.function_call_arguments.delta", "response.mcp_call_arguments.delta", by=lose("output_index")
        ),
        implies="stream.schema.function-call-arguments stream.output-index.constant",
    ),
    fault(
        "output-index-wanders",
        "The progress of a file search has another output_index than its item.",
        "stream.output-index.constant",
        events=edit("response.file_search_call.searching", by=shift("output_index", 7)),
    ),
    fault(
        "output-index-reused",
        "All items of a stream have the output_index 0.",
        "stream.output-index.unique",
        events=when_member("output_index", put(output_index=0)),
        implies="stream.output-index.contiguous stream.output-index.is-place",
    ),
    fault(
        "content-index-missing",
        "Text deltas do not say which part they belong to.",
        "stream.content-index.present",
        events=edit("response.output_text.delta", by=lose("content_index")),
    ),
    fault(
        "content-index-unsaid",
        "The done event of a refusal does not say which part it is of.",
        "stream.content-index.present",
        events=edit("response.refusal.done", by=lose("content_index")),
    ),
    fault(
        "content-index-counts-on",
        "content_index counts parts and items of the whole response.",
        "stream.content-index.contiguous",
        events=count_parts_on,
    ),
    fault(
        "content-index-is-output-index",
        "content_index is the number of the item.",
        "stream.content-index.contiguous",
        events=when_member("content_index", lambda event: {**event, "content_index": event["output_index"]}),
        implies="stream.content-index.is-place",
    ),
    fault(
        "content-index-counts-deltas",
        "content_index grows with every delta.",
        "stream.content-index.constant",
        events=count_deltas,
        implies="stream.sum.text stream.part.added-before-delta stream.order.text-part",
    ),
    fault(
        "summary-index-from-one",
        "The first summary_index is 1.",
        "stream.summary-index.contiguous",
        events=edit(
            *(
                "response.reasoning_summary_part.added",
                "response.reasoning_summary_part.done",
                "response.reasoning_summary_text.delta",
                "response.reasoning_summary_text.done",
            ),
            by=shift("summary_index"),
        ),
    ),
    fault(
        "annotation-index-from-one",
        "The first annotation_index is 1.",
        "stream.annotation-index.contiguous",
        events=edit("response.output_text.annotation.added", by=shift("annotation_index")),
    ),
    fault(
        "command-index-from-one",
        "The first command_index is 1.",
        "stream.command-index.contiguous",
        events=edit(
            *(
                "response.shell_call_command.added",
                "response.shell_call_command.delta",
                "response.shell_call_command.done",
            ),
            by=shift("command_index"),
        ),
    ),
)
