"""Background runs that are shown, kept and streamed wrongly."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

from antiphon.server.faults.base import Events, Fault, Reply, one
from antiphon.server.faults.store_reach import (  # fmt: skip
    CREATE,
    DELETE,
    GET,
    after,
    fault,
    has_ended,
    id_of,
    record_of,
    refuse,
    show,
    store_of,
)
from antiphon.server.store import ENDED, Event, Json

READS: Counter[tuple[str, str]] = Counter()
"""How often each response was read in each status, with the fault that counts."""
MOST = 10_000
BEGUN: Json = {"id": "msg_begun", "type": "message", "status": "in_progress", "content": [], "role": "assistant"}


def times_read(fault_name: str, reply: Reply) -> int:
    """How often a response has been read in the status it has."""
    if len(READS) > MOST:
        READS.clear()
    READS[(fault_name, id_of(reply) + reply.body["status"])] += 1
    return READS[(fault_name, id_of(reply) + reply.body["status"])]


def background(reply: Reply) -> bool:
    return bool(reply.body.get("background"))


def queued(reply: Reply, **changes: object) -> None:
    """Change the reply to a create that has not begun."""
    if background(reply) and reply.body["status"] == "queued":
        show(reply, **changes)


def go_back(reply: Reply) -> None:
    running = background(reply) and reply.body["status"] == "in_progress"
    if running and times_read("goes-back", reply) % 2 == 0:
        show(reply, status="queued")


def reopen(reply: Reply) -> None:
    ended = background(reply) and reply.body["status"] in ENDED - {"cancelled"}
    if ended and times_read("reopens", reply) > 2:
        show(reply, status="in_progress", completed_at=None, incomplete_details=None, output=[], usage=None)


def renew(reply: Reply) -> None:
    ended = background(reply) and reply.body["status"] in ENDED - {"cancelled"}
    if ended and times_read("renews", reply) > 1:
        show(reply, created_at=reply.body["created_at"] - 1)


def lose_unstored(reply: Reply) -> None:
    if background(reply) and reply.body["store"] is False:
        refuse(reply, "Response not found.", 404)


def keep_running(reply: Reply) -> None:
    """Put a running response back that has just been deleted."""
    deleted = store_of(reply).deleted.get(id_of(reply))
    if deleted and deleted.background and not has_ended(deleted.response):
        store_of(reply).add(deleted)


def end_stream(reply: Reply) -> None:
    record = record_of(reply)
    if record and record.background and record.streamed and not has_ended(record.response):
        record.log.close()


async def begin_first(events: Events) -> AsyncIterator[Event]:
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


FAULTS: tuple[Fault, ...] = (
    fault(
        "queued-with-output",
        "A queued response has an item in its output.",
        "background.output-empty",
        after(CREATE, lambda reply: queued(reply, output=[BEGUN])),
    ),
    fault(
        "background-denied",
        "The reply to a background create says background false.",
        "background.says-background",
        after(CREATE, lambda reply: queued(reply, background=False)),
        "response.echo.background create.foreground-is-finished",
    ),
    fault(
        "begins-in-progress",
        "A background response is in progress from the first.",
        "background.first-status-queued",
        after(CREATE, lambda reply: queued(reply, status="in_progress")),
        "background.output-empty",
    ),
    fault(
        "status-goes-back",
        "A running response is queued again at every second look.",
        "background.status-forward",
        after(GET, go_back),
        "background.output-empty",
    ),
    fault(
        "end-reopens",
        "A finished background response is in progress again at the third look.",
        "background.end-is-final",
        after(GET, reopen),
    ),
    fault(
        "read-renews",
        "A finished background response has another created_at each time but the first.",
        "background.poll-equals",
        after(GET, renew),
    ),
    fault(
        "unstored-background-lost",
        "A background response with store false is taken and cannot be read.",
        "background.store-off",
        after(GET, lose_unstored),
    ),
    fault(
        "delete-running-undone",
        "A running response is still there after its deletion was confirmed.",
        "background.delete-running",
        after(DELETE, keep_running),
        "store.delete-then-get",
    ),
    fault(
        "read-ends-stream",
        "The stream of a background response breaks off when the response is read.",
        "background.get-while-streaming stream.terminal.exactly-one",
        after(GET, end_stream),
        "stream.terminal.last stream.final.output-list sse.body-ends",
    ),
    Fault(
        name="queued-late",
        says="The stream of a background response says queued after in_progress.",
        breaks=one("background.stream-order"),
        implies=one("stream.in-progress-follows"),
        events=begin_first,
    ),
)
