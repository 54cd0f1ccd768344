"""Result of an exchange, as a scenario uses it."""

from __future__ import annotations

from typing import Any

from antiphon.exercise.scenario import CannotContinue
from antiphon.recording.exchange import Exchange


class Answer:
    """Reply from which a scenario takes ids and values. Raises Stuck where the reply does not have them."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    @property
    def status(self) -> int | None:
        """The status of the reply; None where none came."""
        return self.exchange.status

    @property
    def ok(self) -> bool:
        """The status is from 200 to 299."""
        return self.exchange.is_success

    @property
    def body(self) -> dict[str, Any]:
        """The object that was answered, or that a stream ended with."""
        reply = self.exchange.reply
        if self.exchange.is_unanswered and self.exchange.failure:
            raise CannotContinue(f"{self.exchange.id} got no answer: {self.exchange.failure.message}", self.exchange.id)
        if not isinstance(reply, dict):
            raise CannotContinue(f"the reply of {self.exchange.id} is not a JSON object", self.exchange.id)
        return reply

    @property
    def id(self) -> str:
        """The id of the object that was answered."""
        if not self.ok:
            status = self.status if self.exchange.response else "no"
            why = self.exchange.failure.message if self.exchange.failure else f"it was answered with {status} status"
            raise CannotContinue(f"{self.exchange.id} gave no object that the scenario needs: {why}", self.exchange.id)
        value = self.body.get("id")
        if not isinstance(value, str) or not value:
            raise CannotContinue(f"the reply of {self.exchange.id} has no id", self.exchange.id)
        return value

    @property
    def output(self) -> list[dict[str, Any]]:
        """The items of `output`."""
        value = self.body.get("output")
        if not isinstance(value, list):
            raise CannotContinue(f"the reply of {self.exchange.id} has no list of output", self.exchange.id)
        return [item for item in value if isinstance(item, dict)]

    @property
    def data(self) -> list[dict[str, Any]]:
        """The objects of `data`; none where it was refused, or holds no list."""
        value = self.body.get("data") if self.ok else None
        return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
