"""Outcome of values that must be refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from antiphon.contract.parameters import Parameter
from antiphon.contract.triggers import Trigger, triggers
from antiphon.effects.create_record import as_object
from antiphon.effects.moment import Moment
from antiphon.judge.base_requests import BaseRequests
from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import Outcome, outcome

_SCENARIO = re.compile(r"refused(?:_by_thinker)?\[(.+)\]")
LONGEST = 120
NO_TRIGGER = {"verdict": "unknown", "status": "", "type": "", "code": "", "param": "", "exchange": ""}


def trigger_of(exchange: Exchange) -> str:
    """The trigger in whose scenario an exchange was made; empty for others."""
    named = _SCENARIO.fullmatch(exchange.scenario or "")
    return named[1] if named else ""


@cache
def _triggers() -> Mapping[str, Trigger]:
    return {each.id: each for each in triggers()}


@dataclass
class Invalids:
    """The last answer to each trigger."""

    answers: dict[str, tuple[Moment, dict[str, str]]] = field(default_factory=dict)
    bases: BaseRequests = field(default_factory=BaseRequests)

    def see(self, exchange: Exchange, operation: str) -> bool:
        """Whether an exchange belongs to a trigger; others may be the control of one.

        The last one of its scenario is the one that sends the invalid value.
        """
        trigger = trigger_of(exchange)
        if trigger not in _triggers():
            self.bases.see(exchange, operation)
            return False
        self._keep(trigger, (Moment.of(exchange), self._answer(trigger, exchange)))
        return True

    def add(self, other: Invalids) -> None:
        """Take over other answers."""
        for trigger, answer in other.answers.items():
            self._keep(trigger, answer)
        self.bases.add(other.bases)

    def _keep(self, trigger: str, answer: tuple[Moment, dict[str, str]]) -> None:
        self.answers[trigger] = max(answer, self.answers.get(trigger, answer), key=lambda each: each[0])

    def _answer(self, trigger: str, exchange: Exchange) -> dict[str, str]:
        body = as_object(exchange.body)
        error = as_object(body.get("error"))
        told = {key: "" if error.get(key) is None else str(error[key])[:LONGEST] for key in ("type", "code", "param")}
        result = outcome(exchange, routed=True)  # one of a route that nothing shows does not come here
        if result is Outcome.ANSWERED:
            verdict = "accepted"
        elif result not in (Outcome.REFUSED, Outcome.BROKE):
            verdict = "unknown"
        else:
            verdict = "refused" if error and _triggers()[trigger].accepts(exchange.status) else "wrong-refusal"
        return {"verdict": verdict, "status": str(exchange.status or ""), **told, "exchange": exchange.id}

    def verdict(self, trigger: str) -> dict[str, str] | None:
        """How a trigger was answered; None where it was not sent. Unknown where its base request is not answered."""
        _, found = self.answers.get(trigger, (None, None))
        if found and found["verdict"] != "accepted" and self.bases.objection(_triggers()[trigger]):
            return {**found, "verdict": "unknown"}
        return found

    def rows(self, parameter: Parameter) -> list[dict[str, Any]]:
        """One row for each value of a parameter that must be refused."""
        return [
            {"value": _clipped(each.value), "trigger": each.trigger, **(self.verdict(each.trigger) or NO_TRIGGER)}
            for each in parameter.invalid
        ]


def _clipped(value: str) -> str:
    return value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"
