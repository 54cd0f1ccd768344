"""Families of breaches about event streams, of responses and of chat."""

from __future__ import annotations

from antiphon.causes.cause import Breach
from antiphon.causes.family import Family, last_part, members_of


def _numbered(breach: Breach) -> list[str]:
    """The member that events lack; numbers are looked for in the event, so that no place points to them."""
    return ["sequence_number"] if breach.requirement == "stream.sequence.present" else members_of(breach)


STREAMS = (
    Family(
        "lean-events", "Events of a stream lack members: {names}",
        ("stream.sequence.present", "stream.*-index.present", "stream.item-id.present", "stream.schema.*"),
        lambda breach: breach.lacks_member or breach.requirement.endswith(".present"), _numbered,
    ),
    Family(
        "stream-numbering", "Numbers and places of events are wrong: {names}",
        ("stream.sequence.*", "stream.error.numbered", "resume.same-numbers", "stream.*-index.*", "stream.item-id.*"),
        names=last_part,
    ),
    Family(
        "stream-end", "Streams do not end as they must: {names}",
        ("stream.terminal.*", "stream.completes", "stream.cut-ends-incomplete", "stream.failed.*",
         "stream.incomplete.*", "stream.error.*", "sse.nothing-after-terminal",
         "concurrency.streams-complete"),
        names=last_part,
    ),
    Family(
        "stream-sums", "The parts of a stream do not add up to what it ends with: {names}",
        ("stream.sum.*", "stream.final.*", "stream.delta.*", "chat.stream.arguments",
         "tools.streamed-call-complete"),
        names=last_part,
    ),
    Family("overloaded", "Calls are turned away as too many (429, 503)", ("answers.not-overloaded",)),
    Family("unanswered", "Calls get no answer, or none that ends", ("answers.*", "sse.body-ends")),
    Family(
        "frames", "Frames of a stream are not those of the API: {names}",
        ("sse.*", "chat.stream.frames", "chat.stream.done-marker", "chat.stream.type"), names=last_part,
    ),
    Family(
        "usage", "Tokens are not counted as documented: {names}", ("stream.usage.*",),
        names=lambda _: ["usage of streams"],
    ),
    Family(
        "stream-events", "Events of a stream are missing, double or out of place: {names}", ("stream.*",),
        names=last_part,
    ),
)  # fmt: skip
