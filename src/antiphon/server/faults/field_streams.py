"""Defects of streams and items as they were reported of real servers, where no other fault has their form."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from antiphon.server.faults.base import Events, Fault, breaking, one
from antiphon.server.faults.shaping import ENDINGS, edit, edit_item, in_item, without
from antiphon.server.store import Event


def streamed(name: str, says: str, breaks: str, by: Callable[[Events], Events], implies: str = "") -> Fault:
    return breaking(name, says, breaks, implies, events=by)


def beside(event: Event) -> Event:
    response = event["response"]
    return {**event, "output": response["output"], "response": without(response, "output")}


def without_lists(event: Event) -> Event:
    return {**event, "item": without(event["item"], "content", "summary")}


def counted_on(events: Events) -> AsyncIterator[Event]:
    """One counter of parts for all items of a stream."""

    async def rewrite() -> AsyncIterator[Event]:
        parts = -1
        async for event in events:
            parts += event["type"] in ("response.content_part.added", "response.output_item.done")
            yield {**event, "content_index": max(parts, 0)} if "content_index" in event else event

    return rewrite()


FAULTS = (
    streamed(
        "content-index-missing",
        "Text deltas do not say which part they belong to.",
        "stream.content-index.present",
        edit("response.output_text.delta", by=lambda event: without(event, "content_index")),
    ),
    streamed(
        "content-index-counts-on",
        "content_index counts parts and items of the whole response.",
        "stream.content-index.contiguous",
        counted_on,
    ),
    streamed(
        "added-without-lists",
        "Items are announced without their lists of content and summary.",
        "stream.added.message-empty stream.added.reasoning-empty",
        edit("response.output_item.added", by=without_lists),
    ),
    streamed(
        "output-beside-response",
        "The output stands next to the response in the terminal event, and not in it.",
        "stream.final.output-list",
        edit(*ENDINGS, by=beside),
        implies="background.poll-equals compact.in-create create.same-with-stream store.get-equals-create "
        "stream.encrypted-content.in-done stream.final.equals-retrieved stream.final.output-equals-items "
        "stream.final.same-keys-as-plain stream.item-id.in-final stream.output-index.is-place "
        "structured.streamed-valid tools.hosted-refused-or-run tools.named-custom tools.parallel-off "
        "tools.required-calls",
    ),
    streamed(
        "final-output-null",
        "The output of the response in the terminal event is null.",
        "stream.final.output-list",
        edit(*ENDINGS, by=lambda event: {**event, "response": {**event["response"], "output": None}}),
        implies="background.poll-equals compact.in-create create.same-with-stream store.get-equals-create "
        "stream.encrypted-content.in-done stream.final.equals-retrieved stream.final.output-equals-items "
        "stream.item-id.in-final stream.output-index.is-place structured.streamed-valid "
        "tools.hosted-refused-or-run tools.named-custom tools.parallel-off tools.required-calls",
    ),
    streamed(
        "call-name-lost",
        "A function call has no name when it is done.",
        "stream.item.same-call-id",
        edit_item("response.output_item.done", of="function_call", name=""),
        implies="tools.streamed-call-complete",
    ),
    Fault(
        name="function-status-null",
        says="The status of a function call is null.",
        breaks=one("item.status-known"),
        item=in_item("function_call", lambda item: {**item, "status": None}),
        implies=one("item.arguments-json", "tools.call-is-completed", "tools.strict-arguments"),
    ),
)
