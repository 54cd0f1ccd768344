"""Faults of background runs: how they start, are read, streamed and end."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

from antiphon.server.behaviour.fault import Events, OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import (
    CREATE,
    DELETE,
    GET,
    after,
    has_ended,
    id_of,
    record_of,
    refuse,
    show,
    store_of,
)
from antiphon.server.faults.requests import fail_when
from antiphon.server.json_values import Event, Json
from antiphon.server.state.store import ENDED

READS: Counter[tuple[str, str]] = Counter()
"""How often each response was read in each status, with the fault that counts."""
MOST_READS = 10_000
BEGUN: Json = {"id": "msg_begun", "type": "message", "status": "in_progress", "content": [], "role": "assistant"}


def times_read(fault_name: str, reply: OutgoingReply) -> int:
    """How often a response has been read in the status it has."""
    if len(READS) > MOST_READS:
        READS.clear()
    READS[(fault_name, id_of(reply) + reply.body["status"])] += 1
    return READS[(fault_name, id_of(reply) + reply.body["status"])]


def is_background(reply: OutgoingReply) -> bool:
    return bool(reply.body.get("background"))


def change_queued(reply: OutgoingReply, **changes: object) -> None:
    """Change the reply to a create that has not begun."""
    if is_background(reply) and reply.body["status"] == "queued":
        show(reply, **changes)


def go_back(reply: OutgoingReply) -> None:
    running = is_background(reply) and reply.body["status"] == "in_progress"
    if running and times_read("goes-back", reply) % 2 == 0:
        show(reply, status="queued")


def reopen(reply: OutgoingReply) -> None:
    ended = is_background(reply) and reply.body["status"] in ENDED - {"cancelled"}
    if ended and times_read("reopens", reply) > 2:
        show(reply, status="in_progress", completed_at=None, incomplete_details=None, output=[], usage=None)


def renew_created_at(reply: OutgoingReply) -> None:
    ended = is_background(reply) and reply.body["status"] in ENDED - {"cancelled"}
    if ended and times_read("renews", reply) > 1:
        show(reply, created_at=reply.body["created_at"] - 1)


def lose_unstored(reply: OutgoingReply) -> None:
    if is_background(reply) and reply.body["store"] is False:
        refuse(reply, "Response not found.", 404)


def keep_running(reply: OutgoingReply) -> None:
    """Put a running response back that has just been deleted."""
    deleted = store_of(reply).deleted.get(id_of(reply))
    if deleted and deleted.background and not has_ended(deleted.response):
        store_of(reply).add(deleted)


def end_stream(reply: OutgoingReply) -> None:
    record = record_of(reply)
    if record and record.background and record.streamed and not has_ended(record.response):
        record.log.close()


async def send_queued_late(events: Events) -> AsyncIterator[Event]:
    """in_progress comes before queued."""
    held: Event | None = None
    async for event in events:
        if event["type"] == "response.queued":
            held = event
            continue
        yield event
        if held and event["type"] == "response.in_progress":
            yield held
            held = None


def runs_unwatched(body: Json) -> bool:
    """A short background create that is no stream."""
    return body.get("background") is True and body.get("input") == "Say hi." and not body.get("stream")


FAULTS = (
    fault(
        "background-fails",
        "What runs in the background ends failed.",
        "background.completes",
        request=fail_when(runs_unwatched),
    ),
    fault(
        "background-blocks",
        "A background create is answered when the work is done.",
        "background.returns-at-once",
        policy={"blocks_background": True},
        implies="background.first-status-queued cancel.running-cancelled",
    ),
    fault(
        "queued-with-output",
        "A queued response has an item in its output.",
        "background.output-empty",
        reply=after(CREATE, lambda reply: change_queued(reply, output=[BEGUN])),
    ),
    fault(
        "background-denied",
        "The reply to a background create says background false.",
        "background.says-background",
        reply=after(CREATE, lambda reply: change_queued(reply, background=False)),
        implies="response.echo.background create.foreground-is-finished",
    ),
    fault(
        "begins-in-progress",
        "A background response is in progress from the first.",
        "background.first-status-queued",
        reply=after(CREATE, lambda reply: change_queued(reply, status="in_progress")),
        implies="background.output-empty background.status-forward",
    ),
    fault(
        "never-runs",
        "A background response stays queued for ever.",
        "background.reaches-end",
        policy={"runs_background": False},
        implies="background.stream-order background.survives-disconnect background.poll-equals "
        "background.end-is-final cancel.others-go-on resume.ends-with-terminal resume.full-replay webhooks.headers",
    ),
    fault(
        "status-goes-back",
        "A running response is queued again at every second look.",
        "background.status-forward",
        reply=after(GET, go_back),
        implies="background.output-empty",
    ),
    fault(
        "end-reopens",
        "A finished background response is in progress again at the third look.",
        "background.end-is-final",
        reply=after(GET, reopen),
    ),
    fault(
        "read-renews",
        "A finished background response has another created_at each time but the first.",
        "background.poll-equals",
        reply=after(GET, renew_created_at),
        implies="store.get-equals-create",  # where the end was seen in a stream
    ),
    fault(
        "stops-with-client",
        "A background run ends when its client goes away.",
        "background.survives-disconnect",
        policy={"survives_disconnect": False},
        implies="resume.while-running resume.ends-with-terminal stream.terminal.exactly-one",
    ),
    fault(
        "unstored-background-lost",
        "A background response with store false is taken and cannot be read.",
        "background.store-off",
        reply=after(GET, lose_unstored),
    ),
    fault(
        "queued-late",
        "The stream of a background response says queued after in_progress.",
        "background.stream-order",
        events=send_queued_late,
        implies="stream.in-progress-follows",
    ),
    fault(
        "delete-running-undone",
        "A running response is still there after its deletion was confirmed.",
        "background.delete-running",
        reply=after(DELETE, keep_running),
        implies="store.delete-then-get",
    ),
    fault(
        "read-ends-stream",
        "The stream of a background response breaks off when the response is read.",
        "background.get-while-streaming stream.terminal.exactly-one",
        reply=after(GET, end_stream),
        implies="stream.terminal.last stream.final.output-list sse.body-ends",
    ),
)
