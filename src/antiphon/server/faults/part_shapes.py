"""Parts of items, their annotations and log probabilities of a wrong shape, by the schema that this breaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from antiphon.server.faults.base import Events, Fault, Reply
from antiphon.server.faults.item_shapes import WRONG, misshapen, schemas
from antiphon.server.faults.shaping import Edit, in_item, in_parts
from antiphon.server.store import Event, Json


def in_a_box(member: str, inside: str = "value") -> Edit:
    """A text becomes an object that holds it."""
    return lambda part: {**part, member: {inside: part[member]}}


def each_of(member: str, by: Edit) -> Edit:
    """A change of every entry of a list, where it has any."""
    return lambda item: {**item, member: [by(part) for part in item[member]]} if item.get(member) else item


def cites_file(part: Json) -> bool:
    return any(note["type"] == "file_citation" for note in part["annotations"])


pinned = in_parts(lambda part: {**part, "prompt_cache_breakpoint": WRONG}, of="input_text")


def listed(reply: Reply) -> Reply:
    """The texts of listed items carry a breakpoint that is a number."""
    if reply.operation == "list-input-items" and reply.status == 200:
        reply.body = {**reply.body, "data": [pinned(item) for item in reply.body["data"]]}
    return reply


NOTED: Mapping[str, str] = {
    "url_citation": "title", "file_citation": "filename", "container_file_citation": "filename", "file_path": "file_id",
}  # fmt: skip


def misnoted(note: Json) -> Json:
    return {**note, NOTED[note["type"]]: WRONG} if note["type"] in NOTED else note


def misnoted_part(part: Json) -> Json:
    return {**part, "annotations": [misnoted(note) for note in part["annotations"]]} if "annotations" in part else part


def misnoted_events(events: Events) -> Events:
    async def rewrite() -> AsyncIterator[Event]:
        async for event in events:
            if event["type"] == "response.output_text.annotation.added":
                event = {**event, "annotation": misnoted(event["annotation"])}
            elif event["type"] == "response.content_part.done":
                event = {**event, "part": misnoted_part(event["part"])}
            yield event

    return rewrite()


FAULTS = (
    misshapen(
        "reasoning-text-in-a-box",
        "The text of reasoning that is handed back is an object.",
        in_item("reasoning", each_of("content", in_a_box("text"))),
        "part.reasoning_text",
    ),
    misshapen(
        "summary-in-a-box",
        "The text of a summary is an object.",
        in_item("reasoning", each_of("summary", in_a_box("text"))),
        "part.summary_text",
    ),
    misshapen(
        "text-in-a-box",
        "The text of an answer from files is an object.",
        in_parts(lambda part: in_a_box("text")(part) if cites_file(part) else part),
        "part.output_text",
    ),
    misshapen(
        "refusal-in-a-box",
        "The refusal of a part is an object.",
        in_parts(in_a_box("refusal", "text"), of="refusal"),
        "part.refusal",
    ),
    misshapen(
        "logprob-bytes-text",
        "The bytes of a log probability are a text.",
        in_parts(each_of("logprobs", lambda each: {**each, "bytes": "Hello"})),
        "logprob",
    ),
    Fault(
        name="listed-text-pinned",
        says="Listed texts have a cache breakpoint that is a number.",
        breaks=schemas("part.input"),
        reply=listed,
    ),
    Fault(
        name="annotations-misshapen",
        says="Annotations have a title or file name that is a number.",
        breaks=schemas(*(f"annotation.{kind}" for kind in NOTED)),
        item=in_parts(misnoted_part),
        events=misnoted_events,
    ),
)
