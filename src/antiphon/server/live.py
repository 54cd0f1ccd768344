"""The stream of a create: as the work goes on, or whole where that does not wait."""

from __future__ import annotations

from collections.abc import AsyncIterator

from antiphon.server.http import Ready
from antiphon.server.run import at_once
from antiphon.server.service import Service
from antiphon.server.store import Record
from antiphon.server.wire import DONE, frames


def done(service: Service, record: Record, *, obfuscate: bool) -> Ready:
    """The stream of a response that does not wait, whole; its work is done here."""
    said = at_once(service, record, obfuscate=obfuscate)
    return Ready(said + DONE if service.edition.done_marker else said)


async def stream(service: Service, record: Record, *, obfuscate: bool) -> AsyncIterator[bytes]:
    """The bytes of a live stream; a foreground run ends when its reader goes away."""
    try:
        done = service.edition.done_marker
        async for piece in frames(
            record.log.read(),
            obfuscate=obfuscate or service.policy.obfuscates_always,
            done_marker=done,
            apart=service.keeps_apart,
        ):
            yield piece
    finally:
        leaves = not record.background or not service.policy.survives_disconnect
        if record.task and not record.task.done() and leaves:
            record.task.cancel()
        if not record.background and not service.faults:
            record.log.forget()
