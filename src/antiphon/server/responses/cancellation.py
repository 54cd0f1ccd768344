"""Cancellation of background work."""

from __future__ import annotations

from antiphon.server.responses.finish import store_finished
from antiphon.server.state.service import Service
from antiphon.server.state.store import Record


def cancel(service: Service, record: Record) -> None:
    """End a background response for good. One that has ended stays as it is."""
    if record.ended:
        return
    if record.task and service.policy.cancel_is_final:
        record.task.cancel()
    if service.policy.cancel_is_final:
        begin(service, record)
    record.response["status"] = "cancelled"
    store_finished(service, record)
    if service.policy.cancel_is_final:
        number = len(record.log.events)
        last = {"type": service.policy.cancel_event, "sequence_number": number}
        record.log.append(last | {"response": service.show_response(record.response)})
        record.log.close()


def begin(service: Service, record: Record) -> None:
    """Tell that the work was begun, where a stream has told no more than that it waits."""
    events = record.log.events
    if events and events[-1]["type"] in ("response.created", "response.queued"):
        response = service.show_response({**record.response, "status": "in_progress"})
        record.log.append({"type": "response.in_progress", "sequence_number": len(events), "response": response})
