"""Refusals that all tell the same wrong thing: a code, a place or a status that is not theirs."""

from __future__ import annotations

from antiphon.contract.triggers import Trigger, triggers
from antiphon.server.faults.base import Fault, Reply, one
from antiphon.server.faults.refusals_taken import told
from antiphon.server.faults.shaping import refusals
from antiphon.server.store import Json


def shown(trigger: Trigger) -> bool:
    """It can be pulled against this server, by HTTP, and says why."""
    here = trigger.portable or trigger.for_thinkers or trigger.id == "conversation-locked"
    return bool(trigger.detail) and here and trigger.operation != "websocket" and trigger.id != "chat-unknown-model"


def lost(body: Json) -> Json:
    """A refusal whose code tells nothing."""
    return {"error": {**body["error"], "code": "oops"}}


def misled(body: Json) -> Json:
    """A refusal whose param names something else."""
    return {"error": {**body["error"], "param": "elsewhere"}}


def other_status(reply: Reply) -> Reply:
    """Refusals with a status that is another one of the documented ones."""
    if reply.status in (400, 401, 404, 415) and isinstance(reply.body, dict):
        reply.status = 422
    return reply


def telling(name: str) -> frozenset[str]:
    return one(*(each.detail for each in triggers() if shown(each) and name in each.expected))


FAULTS = (
    Fault(
        name="refusal-code-wrong",
        says="Every refusal has the code oops.",
        breaks=telling("code"),
        reply=refusals(lost),
    ),
    Fault(
        name="refusal-param-wrong",
        says="Every refusal names another place.",
        breaks=telling("param") | told("chat-unknown-model"),
        reply=refusals(misled),
    ),
    Fault(
        name="refusal-status-wrong",
        says="Every refusal has the status 422.",
        breaks=telling("status"),
        reply=other_status,
    ),
)
