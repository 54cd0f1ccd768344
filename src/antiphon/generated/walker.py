"""Random walk through responses and conversations, until a reply contradicts the model."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import anyio
from anyio import from_thread

from antiphon.exercise.answer import Answer
from antiphon.exercise.api import Api
from antiphon.exercise.refusals import find_refusal
from antiphon.exercise.scenario import CapabilityDeclined, OverBudget
from antiphon.generated import rules
from antiphon.generated.model import ENDED, ObjectModel
from antiphon.generated.object_record import Deviation
from antiphon.generated.options import CURRENT_OPTIONS, GenerationOptions
from antiphon.generated.walk_intents import walk_intent
from antiphon.recording.exchange import Exchange
from antiphon.recording.intent import Intent

STEPS = 15
"""Steps of one walk at most."""
MOST_CALLS = 150
"""Calls of one machine that shrinking may take beyond its walks."""
STORED = frozenset({"store"})
"""What every call of a walk rests on."""
OPTIONAL = (
    "chaining", "input-items", "background", "cancel", "conversations", "streaming", "tools", "resume", "websocket",
)  # fmt: skip
ROOM = 64
"""Tokens that an answer may have: enough for two calls without arguments."""


def walk_count(options: GenerationOptions) -> int:
    """Number of walks of a machine."""
    return max(2, options.examples)


def most_calls(options: GenerationOptions) -> int:
    """Calls of the walks of a machine at most, where nothing fails; the last are cut where steps took several calls."""
    return walk_count(options) * STEPS


class ModelContradicted(Exception):
    """A reply contradicts the model."""


class WalkBudgetSpent(BaseException):
    """Ends a walk whose calls or time are used up."""


@dataclass
class Walker:
    """Makes the calls of walks, one after another, and compares each reply with the model."""

    api: Api
    number: int
    calls: int = 0
    deviations: list[Deviation] = field(default_factory=list)
    lacks: set[str] = field(default_factory=set)
    refusal: CapabilityDeclined | None = None
    has_cancelled: bool = False
    """A response of the foreground was cancelled in this walk."""

    def __post_init__(self) -> None:
        self.options = CURRENT_OPTIONS.get()
        self.edition = self.api.contract.edition
        self.deadline = time.monotonic() + self.options.seconds
        self.most = most_calls(self.options)
        self.lacks |= {name for name in OPTIONAL if self.api.target.capabilities.get(name) is False}
        self.model = ObjectModel(self.edition)

    def can(self, capability: str) -> bool:
        """The target has not declined a capability."""
        return capability not in self.lacks

    def is_over(self, response_id: str) -> bool:
        """The response is known to have ended, or was deleted."""
        kept = self.model.responses.get(response_id)
        return kept is None or kept.deleted or kept.status in ENDED

    def is_resumable(self, response_id: str) -> bool:
        """The response was streamed in the background, and has ended."""
        kept = self.model.responses.get(response_id)
        return kept is not None and kept.background and kept.streamed and kept.status in ENDED

    def may_cancel(self, response_id: str) -> bool:
        """A cancel may tell something: the response ran in the background, or none of the foreground was cancelled."""
        kept = self.model.responses.get(response_id)
        if kept is None or kept.background:
            return True
        first, self.has_cancelled = not self.has_cancelled, True
        return first

    def calls_of(self, response_id: str) -> tuple[str, ...]:
        """The ids of the calls that a response ended with, which what continues it has to answer."""
        kept = self.model.responses.get(response_id)
        return kept.call_ids if kept else ()

    def items_of(self, conversation_id: str) -> list[str]:
        """The ids under which items of a conversation were listed."""
        kept = self.model.conversations.get(conversation_id)
        return list(kept.ids) if kept else []

    def start(self) -> None:
        """Forget the objects of earlier walks."""
        self.has_cancelled = False
        self.model = ObjectModel(self.edition)

    def call(self, operation: str, needs: str = "", **given: Any) -> Exchange | None:
        """One call; None where it was not sent. Raises Off where its reply contradicts the model.

        `needs` names the capabilities that it rests on, separated by spaces.
        """
        rests_on = frozenset(needs.split())
        if not rests_on.isdisjoint(self.lacks):
            return None
        most = self.most + (MOST_CALLS if self.deviations else 0)
        if self.calls + (operation == "websocket") >= most or time.monotonic() > self.deadline:
            raise WalkBudgetSpent
        self.calls += 2 if operation == "websocket" else 1
        try:
            intent = walk_intent(self.model, operation, {*STORED, *rests_on}, given)
            exchange: Exchange = from_thread.run(self._send_before_deadline, operation, given, intent)
        except TimeoutError:
            raise WalkBudgetSpent from None
        except (CapabilityDeclined, OverBudget) as error:
            self.refusal = error if isinstance(error, CapabilityDeclined) else None
            raise WalkBudgetSpent from None
        if rests_on and (refused := find_refusal(self.api.contract, rests_on, exchange)):
            self.lacks.add(refused.capability)
            return None
        deviations = list(self.model.see(exchange))
        if deviations:
            self.deviations += deviations
            raise ModelContradicted(deviations[0].requirement)
        return exchange

    async def _send_before_deadline(self, operation: str, arguments: dict[str, Any], intent: Intent) -> Exchange:
        headers: dict[str, str | None] = {"User-Agent": rules.agent(self.options)}
        with anyio.fail_after(self.deadline - time.monotonic()):
            with self.api.intending(intent):
                return await self._send(operation, arguments, headers)

    async def _send(self, operation: str, arguments: dict[str, Any], headers: dict[str, str | None]) -> Exchange:
        if operation == "create":
            answer: Answer = await self.api.create(headers=headers, max_output_tokens=ROOM, **arguments["body"])
        elif operation == "websocket":
            async with self.api.socket() as socket:
                body = {"model": self.api.model, "max_output_tokens": ROOM, **arguments["body"]}
                return (await socket.create(**body)).exchange
        else:
            answer = await self.api.call(operation, headers=headers, **arguments)
        return answer.exchange
