"""Faults of cancellation: it reaches too far, or not far enough."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from antiphon.server.behaviour.fault import Frames, OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import (
    CANCEL,
    GET,
    after,
    answer_unknown_400,
    at,
    change_body,
    has_ended,
    record_of,
    records_like,
    show,
    store_of,
)
from antiphon.server.state.store import Record

HANG = 11.0
"""Seconds: longer than a cancel may take."""


def read_as_running(reply: OutgoingReply) -> None:
    if reply.body["status"] == "cancelled":
        show(reply, status="in_progress")


def stop(record: Record) -> None:
    """End a response as a cancel does."""
    if record.task:
        record.task.cancel()
    record.response.update(status="cancelled", completed_at=None)
    record.log.close()


def stop_refused(reply: OutgoingReply) -> None:
    """What may not be cancelled is refused, and cancelled."""
    record = record_of(reply)
    if reply.status == 400 and record and not record.background:
        stop(record)


def stop_ended(reply: OutgoingReply) -> None:
    record = record_of(reply)
    if record and record.background and reply.body["status"] != "cancelled":
        stop(record)
        show(reply, status="cancelled", completed_at=None)


def stop_alike(reply: OutgoingReply) -> None:
    """All that run with the same metadata stop together."""
    record = record_of(reply)
    for other in records_like(record, store_of(reply).all()) if record else ():
        if other.background and not has_ended(other.response):
            stop(other)


async def linger(frames: Frames) -> AsyncIterator[bytes]:
    """A cancelled stream stays open before its last event."""
    async for frame in frames:
        if b'"status":"cancelled"' in frame:
            await asyncio.sleep(HANG)
        yield frame


FAULTS = (
    fault(
        "cancel-ignored",
        "A cancel is answered with 200 and changes nothing.",
        "cancel.running-cancelled",
        policy={"cancel_works": False},
        implies="cancel.stays-after-get cancel.twice cancel.stays-cancelled cancel.takes-effect cancel.stream-ends",
    ),
    fault(
        "cancelled-reads-running",
        "A cancelled response reads as in progress.",
        "cancel.stays-after-get",
        reply=after(GET, read_as_running),
        implies="cancel.stays-cancelled cancel.takes-effect",
    ),
    fault("cancel-once", "A second cancel is refused.", "cancel.twice", policy={"cancel_is_idempotent": False}),
    fault(
        "cancelled-then-completed",
        "A cancelled run still ends as completed.",
        "cancel.stays-cancelled",
        policy={"cancel_is_final": False},
        implies="cancel.twice cancel.stays-after-get background.end-is-final background.status-forward "
        "background.poll-equals",
    ),
    fault(
        "cancel-slow",
        "A cancel takes effect after eleven seconds.",
        "cancel.takes-effect",
        policy={"cancel_delay": 11.0},
    ),
    fault(
        "cancel-foreground",
        "A foreground response can be cancelled after its end.",
        "cancel.foreground-refused",
        policy={"cancels_foreground": True},
        implies="cancel.foreground-unchanged background.end-is-final response.completed-at.only-when-completed "
        "store.get-equals-create",
    ),
    fault(
        "refused-cancel-acts",
        "A foreground response whose cancel was refused reads as cancelled.",
        "cancel.foreground-unchanged",
        reply=at(CANCEL, stop_refused),
        implies="background.end-is-final store.get-equals-create",
    ),
    fault(
        "finished-cancelled",
        "A background response that has ended can still be cancelled.",
        "cancel.finished-unchanged",
        reply=after(CANCEL, stop_ended),
        implies="background.end-is-final background.poll-equals stream.in-progress-follows store.get-equals-create",
    ),
    fault(
        "unknown-cancel-is-400",
        "Cancelling an unknown id is refused with 400.",
        "cancel.unknown-id",
        reply=answer_unknown_400(CANCEL),
        implies="errors.trigger.unknown-response-cancel.detail",
    ),
    fault(
        "cancel-spreads",
        "A cancel stops every run with the same metadata.",
        "cancel.others-go-on",
        reply=after(CANCEL, stop_alike),
    ),
    fault(
        "cancel-confirmed-only",
        "A cancel is answered with an object that is no response.",
        "cancel.reply-is-response",
        reply=change_body(lambda body: {"id": body["id"], "cancelled": True}, to=CANCEL),
        implies="cancel.running-cancelled cancel.stays-after-get cancel.twice cancel.takes-effect "
        "cancel.stays-cancelled cancel.others-go-on cancel.output-partial cancel.stream-ends",
    ),
    fault(
        "cancelled-stream-lingers",
        "The stream of a cancelled response stays open for eleven seconds.",
        "cancel.stream-ends",
        frames=linger,
    ),
)
