"""Result of a turn over a WebSocket, as a scenario uses it."""

from __future__ import annotations

from typing import Any

from antiphon.exercise.answer import Answer
from antiphon.exercise.scenario import CannotContinue

GOOD = ("completed", "incomplete")


class TurnAnswer(Answer):
    """The response of a turn, or its refusal."""

    @property
    def ok(self) -> bool:
        """The turn ended with a response that did not fail."""
        reply = self.exchange.reply
        return isinstance(reply, dict) and reply.get("status") in GOOD

    @property
    def refusal(self) -> dict[str, Any] | None:
        """The error message, if one was received."""
        return next((event for event in self.exchange.events if event.get("type") == "error"), None)

    @property
    def id(self) -> str:
        """The id of the response."""
        if not self.ok:
            failure = self.exchange.failure
            why = failure.message if failure else str(self.refusal or "no response came")[:200]
            raise CannotContinue(
                f"{self.exchange.id} gave no response that the scenario needs: {why}", self.exchange.id
            )
        value = self.body.get("id")
        if not isinstance(value, str) or not value:
            raise CannotContinue(f"the response of {self.exchange.id} has no id", self.exchange.id)
        return value
