"""Background runs, cancellation and resumption that go wrong."""

from __future__ import annotations

from antiphon.server.faults.base import Fault, Reply, one
from antiphon.server.faults.state import fault


def accepted(reply: Reply) -> Reply:
    """202 for a background create."""
    if reply.operation == "create-response" and isinstance(reply.body, dict) and reply.body.get("background"):
        reply.status = 202
    return reply


REPLAYED = "resume.same-events resume.same-numbers"
FAULTS = (
    fault(
        "never-runs",
        "A background response stays queued for ever.",
        "background.reaches-end",
        "background.stream-order background.survives-disconnect background.poll-equals background.end-is-final "
        "cancel.others-go-on resume.ends-with-terminal resume.full-replay",
        runs_background=False,
    ),
    fault(
        "background-blocks",
        "A background create is answered when the work is done.",
        "background.returns-at-once",
        "background.first-status-queued cancel.running-cancelled",
        blocks_background=True,
    ),
    fault(
        "stops-with-client",
        "A background run ends when its client goes away.",
        "background.survives-disconnect",
        "resume.while-running resume.ends-with-terminal",
        survives_disconnect=False,
    ),
    Fault(
        name="background-accepted",
        says="A background create is answered with 202.",
        breaks=one("create.status-200"),
        reply=accepted,
    ),
    fault(
        "cancel-ignored",
        "A cancel is answered with 200 and changes nothing.",
        "cancel.running-cancelled",
        "cancel.stays-after-get cancel.twice cancel.stays-cancelled cancel.takes-effect cancel.stream-ends",
        cancel_works=False,
    ),
    fault(
        "cancelled-then-completed",
        "A cancelled run still ends as completed.",
        "cancel.stays-cancelled",
        "background.end-is-final background.status-forward cancel.stays-after-get",
        cancel_is_final=False,
    ),
    fault(
        "cancel-foreground",
        "A foreground response can be cancelled after its end.",
        "cancel.foreground-refused",
        "cancel.foreground-unchanged background.end-is-final response.completed-at.only-when-completed",
        cancels_foreground=True,
    ),
    fault("cancel-once", "A second cancel is refused.", "cancel.twice", cancel_is_idempotent=False),
    fault("cancel-slow", "A cancel takes effect after eleven seconds.", "cancel.takes-effect", cancel_delay=11.0),
    fault(
        "resume-inclusive",
        "A resumed stream repeats the event it was asked to begin after.",
        "resume.after-exclusive",
        REPLAYED,
        replay_inclusive=True,
    ),
    fault(
        "resume-renumbers",
        "A resumed stream numbers its events anew from 0.",
        "resume.same-numbers",
        "resume.same-events resume.after-exclusive",
        replay_renumbers=True,
    ),
    fault(
        "resume-ignores-position",
        "A resumed stream always begins at its first event.",
        "resume.after-exclusive",
        f"{REPLAYED} resume.beyond-end",
        replay_from_start=True,
    ),
    fault(
        "resume-foreground",
        "The stream of a foreground response is repeated too.",
        "resume.foreground-refused",
        "errors.trigger.resume-foreground.detail stream.terminal.exactly-one stream.first-is-created",
        replays_foreground=True,
    ),
)
