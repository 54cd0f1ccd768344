"""Faults of resumption: streams that are replayed wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import Edit, in_each, in_member
from antiphon.server.faults.replies import GET, at, has_ended, query_of, record_of
from antiphon.server.faults.rewrites import ENDINGS
from antiphon.server.json_values import Event, Json
from antiphon.server.responses.wire import MEDIA_TYPE, frame

FAR = 10_000
FIRST_EVENTS = ("response.created", "response.in_progress")


def send(reply: OutgoingReply, events: Iterable[Event]) -> None:
    """Answer with these events in place of what would be sent."""
    reply.status = 200
    reply.body = b"".join(map(frame, events))
    reply.headers["content-type"] = MEDIA_TYPE


def events_of(reply: OutgoingReply) -> list[Event]:
    """The events of a response that are there so far."""
    record = record_of(reply)
    return list(record.log.events) if record else []


def events_to_send(reply: OutgoingReply) -> list[Event]:
    """Those of them that were asked for."""
    after = query_of(reply).get("starting_after", "-1")
    return events_of(reply)[int(after) + 1 :]


def change_replay(change: Callable[[list[Event]], Iterable[Event]]) -> Callable[[OutgoingReply], OutgoingReply]:
    """Change what is repeated of a stream that has ended."""

    def hook(reply: OutgoingReply) -> None:
        record = record_of(reply)
        if reply.body is None and record and has_ended(record.response):
            send(reply, change(events_to_send(reply)))

    return at(GET, hook)


def show_late_tier(events: list[Event]) -> Iterable[Event]:
    """The first events show the tier that was only known at the end."""
    for event in events:
        early = event["type"] in FIRST_EVENTS
        yield {**event, "response": {**event["response"], "service_tier": "default"}} if early else event


def lose_created(events: list[Event]) -> Iterable[Event]:
    return (event for event in events if event["type"] != "response.created")


def lose_ending(events: list[Event]) -> Iterable[Event]:
    return (event for event in events if event["type"] not in ENDINGS)


def send_all_beyond_end(reply: OutgoingReply) -> None:
    after = query_of(reply).get("starting_after", "")
    if reply.body is None and after.isdigit() and int(after) > FAR:
        send(reply, events_of(reply))


def send_all_for_malformed(reply: OutgoingReply) -> None:
    if reply.status == 400 and not query_of(reply).get("starting_after", "0").isdigit():
        send(reply, events_of(reply))


def send_so_far(reply: OutgoingReply) -> None:
    record = record_of(reply)
    if reply.body is None and record and not has_ended(record.response):
        send(reply, events_to_send(reply))


def rename_calls(events: list[Event]) -> Iterable[Event]:
    """The calls of functions have other call_ids than they had."""
    return [replace_in(event, rename_call) for event in events]


def rename_call(item: Json) -> Json:
    return {**item, "call_id": item["call_id"] + "x"} if item.get("type") == "function_call" else item


def replace_in(event: Event, by: Edit) -> Event:
    """Change the items of an event, and of its response."""
    changed = {**event, "item": by(event["item"])} if "item" in event else event
    return in_member("response", in_each("output", by))(changed)


def show_no_tools(events: list[Event]) -> Iterable[Event]:
    return [in_member("response", lambda response: {**response, "tools": []})(event) for event in events]


BEGINNING, REST = 5, 4


def skip_in_middle(events: list[Event]) -> Iterable[Event]:
    """Of a stream that is taken up in its middle the first event is lost."""
    in_middle = len(events) > REST and events[0]["sequence_number"] > BEGINNING
    return events[1:] if in_middle else events


FAULTS = (
    fault(
        "resume-inclusive",
        "A resumed stream repeats the event it was asked to begin after.",
        "resume.after-exclusive",
        policy={"replay_inclusive": True},
        implies="resume.same-events resume.same-numbers",
    ),
    fault(
        "resume-ignores-position",
        "A resumed stream always begins at its first event.",
        "resume.after-exclusive",
        policy={"replay_from_start": True},
        implies="resume.same-events resume.same-numbers resume.beyond-end",
    ),
    fault(
        "replay-retold",
        "The first events of a repeated stream show the response as it was later.",
        "resume.same-events",
        reply=change_replay(show_late_tier),
        implies="modes.resumed-alike",
    ),
    fault(
        "resume-renumbers",
        "A resumed stream numbers its events anew from 0.",
        "resume.same-numbers",
        policy={"replay_renumbers": True},
        implies="resume.same-events resume.after-exclusive modes.resumed-alike",
    ),
    fault(
        "replay-without-created",
        "A stream that is repeated as a whole begins without response.created.",
        "resume.full-replay",
        reply=change_replay(lose_created),
        implies="stream.first-is-created stream.queued-after-created stream.lifecycle.one-created "
        "stream.in-progress-follows stream.sequence.starts-at-zero",
    ),
    fault(
        "replay-without-end",
        "A repeated stream lacks its terminal event.",
        "resume.ends-with-terminal stream.terminal.exactly-one",
        reply=change_replay(lose_ending),
        implies="resume.same-numbers resume.every-cut stream.terminal.last stream.final.output-list sse.body-ends",
    ),
    fault(
        "beyond-end-repeats",
        "A starting_after beyond the end repeats the whole stream.",
        "resume.beyond-end",
        reply=at(GET, send_all_beyond_end),
    ),
    fault(
        "malformed-position-taken",
        "A starting_after that is no number is taken as none.",
        "resume.malformed",
        reply=at(GET, send_all_for_malformed),
    ),
    fault(
        "resume-foreground",
        "The stream of a foreground response is repeated too.",
        "resume.foreground-refused",
        policy={"replays_foreground": True},
        implies="errors.trigger.resume-foreground.detail stream.terminal.exactly-one stream.first-is-created",
    ),
    fault(
        "replay-does-not-wait",
        "A repeated stream of a running response stops at what is there.",
        "resume.while-running stream.terminal.exactly-one",
        reply=at(GET, send_so_far),
        implies="stream.terminal.last stream.final.output-list sse.body-ends",
    ),
    fault(
        "replay-renames-calls",
        "The calls in a repeated stream have other call_ids.",
        "modes.resumed-alike",
        reply=change_replay(rename_calls),
        implies="background.poll-equals store.get-equals-create",  # a repeated stream reads the response too
    ),
    fault(
        "replay-without-tools",
        "A repeated stream shows a response without its tools.",
        "modes.resumed-alike",
        reply=change_replay(show_no_tools),
    ),
    fault(
        "replay-skips-in-middle",
        "A stream that is taken up in its middle lacks its next event.",
        "resume.every-cut",
        reply=change_replay(skip_in_middle),
    ),
)
