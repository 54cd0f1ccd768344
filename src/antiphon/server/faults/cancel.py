"""Cancels that reach too far, or not far enough."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from antiphon.server.faults.base import Fault, Frames, Reply, one
from antiphon.server.faults.store_reach import (  # fmt: skip
    CANCEL,
    GET,
    after,
    at,
    fault,
    has_ended,
    like,
    record_of,
    show,
    store_of,
)
from antiphon.server.store import Record

HANG = 11.0
"""Seconds: longer than a cancel may take."""


def read_as_running(reply: Reply) -> None:
    if reply.body["status"] == "cancelled":
        show(reply, status="in_progress")


def stop(record: Record) -> None:
    """End a response as a cancel does."""
    if record.task:
        record.task.cancel()
    record.response.update(status="cancelled", completed_at=None)
    record.log.close()


def stop_refused(reply: Reply) -> None:
    """What may not be cancelled is refused, and cancelled."""
    record = record_of(reply)
    if reply.status == 400 and record and not record.background:
        stop(record)


def stop_ended(reply: Reply) -> None:
    record = record_of(reply)
    if record and record.background and reply.body["status"] != "cancelled":
        stop(record)
        show(reply, status="cancelled", completed_at=None)


def stop_alike(reply: Reply) -> None:
    """All that run with the same metadata stop together."""
    record = record_of(reply)
    for other in like(record, store_of(reply).all()) if record else ():
        if other.background and not has_ended(other.response):
            stop(other)


async def linger(frames: Frames) -> AsyncIterator[bytes]:
    """A cancelled stream stays open before its last event."""
    async for frame in frames:
        if b'"status":"cancelled"' in frame:
            await asyncio.sleep(HANG)
        yield frame


FAULTS: tuple[Fault, ...] = (
    fault(
        "cancelled-reads-running",
        "A cancelled response reads as in progress.",
        "cancel.stays-after-get",
        after(GET, read_as_running),
        "cancel.stays-cancelled cancel.takes-effect",
    ),
    fault(
        "refused-cancel-acts",
        "A foreground response whose cancel was refused reads as cancelled.",
        "cancel.foreground-unchanged",
        at(CANCEL, stop_refused),
        "background.end-is-final store.get-equals-create",
    ),
    fault(
        "finished-cancelled",
        "A background response that has ended can still be cancelled.",
        "cancel.finished-unchanged",
        after(CANCEL, stop_ended),
        "background.end-is-final background.poll-equals",
    ),
    fault(
        "cancel-spreads",
        "A cancel stops every run with the same metadata.",
        "cancel.others-go-on",
        after(CANCEL, stop_alike),
    ),
    fault(
        "cancel-confirmed-only",
        "A cancel is answered with an object that is no response.",
        "cancel.reply-is-response",
        after(CANCEL, lambda reply: setattr(reply, "body", {"id": reply.body["id"], "cancelled": True})),
        "cancel.running-cancelled cancel.stays-after-get cancel.twice cancel.takes-effect cancel.stays-cancelled "
        "cancel.others-go-on cancel.output-partial cancel.stream-ends",
    ),
    Fault(
        name="cancelled-stream-lingers",
        says="The stream of a cancelled response stays open for eleven seconds.",
        breaks=one("cancel.stream-ends"),
        frames=linger,
    ),
)
