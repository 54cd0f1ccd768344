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
"""Calls of one walk at most."""
MOST_CALLS = 150
"""Calls of one machine that shrinking may take beyond its walks."""
STORED = frozenset({"store"})
"""What every call of a walk rests on."""
OPTIONAL = ("chaining", "input-items", "background", "cancel", "conversations")


def walk_count(options: GenerationOptions) -> int:
    """Number of walks of a machine."""
    return max(2, options.examples)


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

    def __post_init__(self) -> None:
        self.options = CURRENT_OPTIONS.get()
        self.edition = self.api.contract.edition
        self.deadline = time.monotonic() + self.options.seconds
        self.most = walk_count(self.options) * STEPS + MOST_CALLS
        self.lacks |= {name for name in OPTIONAL if self.api.target.capabilities.get(name) is False}
        self.model = ObjectModel(self.edition)

    def can(self, capability: str) -> bool:
        """The target has not declined a capability."""
        return capability not in self.lacks

    def is_over(self, response_id: str) -> bool:
        """The response is known to have ended, or was deleted."""
        kept = self.model.responses.get(response_id)
        return kept is None or kept.deleted or kept.status in ENDED

    def items_of(self, conversation_id: str) -> list[str]:
        """The ids under which items of a conversation were listed."""
        kept = self.model.conversations.get(conversation_id)
        return list(kept.ids) if kept else []

    def start(self) -> None:
        """Forget the objects of earlier walks."""
        self.model = ObjectModel(self.edition)

    def call(self, operation: str, needs: str = "", **given: Any) -> Exchange | None:
        """One call; None where it was not sent. Raises Off where its reply contradicts the model."""
        if needs in self.lacks:
            return None
        if self.calls >= self.most or time.monotonic() > self.deadline:
            raise WalkBudgetSpent
        self.calls += 1
        try:
            intent = walk_intent(self.model, operation, {*STORED, *([needs] if needs else ())}, given)
            exchange: Exchange = from_thread.run(self._send_before_deadline, operation, given, intent)
        except TimeoutError:
            raise WalkBudgetSpent from None
        except (CapabilityDeclined, OverBudget) as error:
            self.refusal = error if isinstance(error, CapabilityDeclined) else None
            raise WalkBudgetSpent from None
        if needs and find_refusal(self.api.contract, {needs}, exchange):
            self.lacks.add(needs)
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
            answer: Answer = await self.api.create(headers=headers, max_output_tokens=16, **arguments["body"])
        else:
            answer = await self.api.call(operation, headers=headers, **arguments)
        return answer.exchange
