"""Streams that are repeated wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from antiphon.server.faults.base import Fault, Reply
from antiphon.server.faults.shaping import ENDINGS
from antiphon.server.faults.store_reach import GET, at, fault, has_ended, query_of, record_of
from antiphon.server.store import Event
from antiphon.server.wire import MEDIA_TYPE, frame

FAR = 10_000
EARLY = ("response.created", "response.in_progress")


def send(reply: Reply, events: Iterable[Event]) -> None:
    """Answer with these events in place of what would be sent."""
    reply.status = 200
    reply.body = b"".join(map(frame, events))
    reply.headers["content-type"] = MEDIA_TYPE


def logged(reply: Reply) -> list[Event]:
    """The events of a response that are there so far."""
    record = record_of(reply)
    return list(record.log.events) if record else []


def asked(reply: Reply) -> list[Event]:
    """Those of them that were asked for."""
    after = query_of(reply).get("starting_after", "-1")
    return logged(reply)[int(after) + 1 :]


def repeated(change: Callable[[list[Event]], Iterable[Event]]) -> Callable[[Reply], Reply]:
    """Change what is repeated of a stream that has ended."""

    def hook(reply: Reply) -> None:
        record = record_of(reply)
        if reply.body is None and record and has_ended(record.response):
            send(reply, change(asked(reply)))

    return at(GET, hook)


def retold(events: list[Event]) -> Iterable[Event]:
    """The first events show the tier that was only known at the end."""
    for event in events:
        early = event["type"] in EARLY
        yield {**event, "response": {**event["response"], "service_tier": "default"}} if early else event


def without_first(events: list[Event]) -> Iterable[Event]:
    return (event for event in events if event["type"] != "response.created")


def without_last(events: list[Event]) -> Iterable[Event]:
    return (event for event in events if event["type"] not in ENDINGS)


def all_for_beyond(reply: Reply) -> None:
    after = query_of(reply).get("starting_after", "")
    if reply.body is None and after.isdigit() and int(after) > FAR:
        send(reply, logged(reply))


def all_for_malformed(reply: Reply) -> None:
    if reply.status == 400 and not query_of(reply).get("starting_after", "0").isdigit():
        send(reply, logged(reply))


def so_far(reply: Reply) -> None:
    record = record_of(reply)
    if reply.body is None and record and not has_ended(record.response):
        send(reply, asked(reply))


FAULTS: tuple[Fault, ...] = (
    fault(
        "replay-retold",
        "The first events of a repeated stream show the response as it was later.",
        "resume.same-events",
        repeated(retold),
    ),
    fault(
        "replay-without-created",
        "A stream that is repeated as a whole begins without response.created.",
        "resume.full-replay",
        repeated(without_first),
        "stream.first-is-created stream.queued-after-created stream.lifecycle.one-created stream.in-progress-follows "
        "stream.sequence.starts-at-zero",
    ),
    fault(
        "replay-without-end",
        "A repeated stream lacks its terminal event.",
        "resume.ends-with-terminal stream.terminal.exactly-one",
        repeated(without_last),
        "resume.same-numbers resume.every-cut stream.terminal.last stream.final.output-list sse.body-ends",
    ),
    fault(
        "beyond-end-repeats",
        "A starting_after beyond the end repeats the whole stream.",
        "resume.beyond-end",
        at(GET, all_for_beyond),
    ),
    fault(
        "malformed-position-taken",
        "A starting_after that is no number is taken as none.",
        "resume.malformed",
        at(GET, all_for_malformed),
        "",
    ),
    fault(
        "replay-does-not-wait",
        "A repeated stream of a running response stops at what is there.",
        "resume.while-running stream.terminal.exactly-one",
        at(GET, so_far),
        "stream.terminal.last stream.final.output-list sse.body-ends",
    ),
)
