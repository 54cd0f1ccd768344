"""Base requests: what the requests of triggers are without their invalid value, and how a run answered them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Self

from antiphon.contract.model import Edition
from antiphon.contract.triggers import Trigger, triggers
from antiphon.judge.operations import operation_of
from antiphon.judge.route_memory import KnownRoutes
from antiphon.recording.exchange import Exchange
from antiphon.recording.intent import Purpose
from antiphon.recording.outcome import Outcome, outcome

HARMLESS = frozenset({"max_output_tokens", "max_completion_tokens", "store"})
"""Members that a request may have besides those of a base to serve as its control."""
LONGEST = 200
CONTROLLED: Mapping[str, tuple[str, type]] = MappingProxyType(
    {
        "create": ("output", list),
        "websocket": ("output", list),
        "chat.create": ("choices", list),
        "compact": ("output", list),
        "input_tokens": ("input_tokens", int),
    }
)
"""Operations whose base request is a control, with the member, and its type, by which the object that it is answered
with is known; the triggers of others create what they rest on themselves."""
ALWAYS_SENT = frozenset({"create", "chat.create", "websocket"})
"""Those whose base requests can be sent in every edition that has them."""
UNSENT = "the valid request was not sent"
UNROUTED = "nothing shows that the server has the route"


class BaseRequests:
    """Answers to the base requests of a run: the controls of its triggers.

    A refusal counts only where the request without the invalid value was answered.
    """

    def __init__(self) -> None:
        self._members = {each.operation: frozenset(each.base) for each in triggers() if each.operation in CONTROLLED}
        self._routes = KnownRoutes()
        self._answered: set[str] = set()
        self._refusals: dict[str, str] = {}

    @classmethod
    def of(cls, exchanges: Iterable[Exchange], edition: Edition) -> Self:
        """The answers in these exchanges."""
        made = cls()
        for exchange in exchanges:
            made.see(exchange, operation_of(exchange, edition))
        return made

    @property
    def answered(self) -> frozenset[str]:
        """The operations whose base request was answered."""
        return frozenset(self._answered)

    def see(self, exchange: Exchange, operation: str) -> None:
        """Take in one exchange of an operation; only base requests count as controls."""
        self._routes.see(exchange, operation)
        members, sent = self._members.get(operation), exchange.sent
        if members is None or not isinstance(sent, dict) or not members <= sent.keys() <= members | HARMLESS:
            return
        if exchange.intent is not None and exchange.intent.purpose is Purpose.MUST_REFUSE:
            return
        if outcome(exchange) is not Outcome.ANSWERED:
            self._refusals.setdefault(operation, f"the valid request is refused too: {_words(exchange)}")
        elif _is_made(exchange.reply, *CONTROLLED[operation]):
            self._answered.add(operation)
        else:
            self._refusals.setdefault(operation, f"the valid request is not answered with its object: {exchange.id}")

    def objection(self, trigger: Trigger, refusal: Exchange | None = None) -> str:
        """Why a refusal of a trigger proves nothing; empty where its base request was answered, or it has none."""
        if refusal is not None and self._routes.outcome(refusal, trigger.operation) is Outcome.UNROUTED:
            return UNROUTED
        if trigger.operation not in self._members or trigger.operation in self._answered:
            return ""
        if reason := self._refusals.get(trigger.operation):
            return reason
        return UNSENT if trigger.operation in ALWAYS_SENT else ""


def _is_made(reply: Any, member: str, kind: type) -> bool:
    """A reply is the object that was to be made, and no failed one."""
    if not isinstance(reply, dict) or reply.get("error") or reply.get("status") == "failed":
        return False
    return isinstance(reply.get(member), kind)


def _words(exchange: Exchange) -> str:
    """The words of a refusal: the message of its error, else its status or what came instead of an answer."""
    if exchange.failure is not None:
        return exchange.failure.message
    error = exchange.body.get("error") if isinstance(exchange.body, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    return f"{exchange.status} {message if isinstance(message, str) else ''}".strip()[:LONGEST]
