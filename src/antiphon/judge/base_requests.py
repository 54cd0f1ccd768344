"""Base requests: what the requests of triggers are without their invalid value, and how a run answered them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, Self

from antiphon.contract.model import Edition
from antiphon.contract.triggers import Trigger, triggers
from antiphon.judge.operations import operation_of
from antiphon.judge.route_memory import KnownRoutes
from antiphon.recording.exchange import RETRIED, Exchange
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
with is known."""
BY_ID = frozenset(
    {
        "retrieve", "delete", "cancel", "input_items", "conversations.get", "conversations.update",
        "conversations.delete", "conversations.items.create", "conversations.items.list", "conversations.items.get",
    }
)  # fmt: skip
"""Operations on an object by its id: that an id is refused counts only where another is answered."""
NAMING = frozenset({"previous_response_id", "conversation"})
"""Members by which a request names an object; the control is a request whose object is there."""
ALWAYS_SENT = frozenset({"create", "chat.create", "websocket"})
"""Those whose base requests can be sent in every edition that has them."""
UNSENT = "the valid request was not sent"
TEXT_REFUSED = "a text is refused as input, whatever else is sent"
UNROUTED = "nothing shows that the server has the route"


@cache
def _members(operation: str) -> frozenset[str] | None:
    """The members of the base request of an operation that has a control."""
    bases = [frozenset(each.base) for each in triggers() if each.operation == operation in CONTROLLED]
    return bases[-1] if bases else None


@dataclass
class BaseRequests:
    """Answers to the base requests of a run: the controls of its triggers.

    A refusal counts only where the request without the invalid value was answered.
    """

    routes: KnownRoutes = field(default_factory=KnownRoutes)
    keys: set[str] = field(default_factory=set)
    """What was answered."""
    refusals: dict[str, str] = field(default_factory=dict)
    refuses_text: bool = False
    """A create was refused for its text, and answered with the same text as a list."""

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
        return frozenset(self.keys)

    def see(self, exchange: Exchange, operation: str) -> None:
        """Take in one exchange of an operation; only base requests count as controls."""
        self.routes.see(exchange, operation)
        if exchange.intent is not None and not exchange.intent.expects_success:
            return
        if RETRIED in exchange.notes and exchange.id.endswith(".text"):
            self.refuses_text = True
            return
        for key in self._keys(exchange, operation):
            if outcome(exchange) is not Outcome.ANSWERED:
                self._keep_refusal(key, f"the valid request is refused too: {_words(exchange)}")
            elif operation in BY_ID or _is_made(exchange.reply, *CONTROLLED[operation]):
                self.keys.add(key)
            else:
                self._keep_refusal(key, f"the valid request is not answered with its object: {exchange.id}")

    def _keep_refusal(self, key: str, words: str) -> None:
        self.refusals[key] = min(words, self.refusals.get(key, words))

    def add(self, other: BaseRequests) -> None:
        """Take over other answers."""
        self.routes.add_routes(other.routes.shown)
        self.keys |= other.keys
        for key, words in other.refusals.items():
            self._keep_refusal(key, words)
        self.refuses_text |= other.refuses_text

    def _keys(self, exchange: Exchange, operation: str) -> Iterator[str]:
        """What a request is a control of: its operation, or a member that names an object."""
        if operation in BY_ID:
            yield operation
        members, sent = _members(operation), exchange.sent
        if members is None or not isinstance(sent, dict):
            return
        if members <= sent.keys() <= members | HARMLESS:
            yield operation
        yield from (f"{operation}:{name}" for name in NAMING if sent.get(name) is not None)

    def refusal(self, operation: str) -> str:
        """How the base request of an operation was refused; empty where it was answered, or not sent."""
        return "" if operation in self.keys else self.refusals.get(operation, "")

    def objection(self, trigger: Trigger, refusal: Exchange | None = None) -> str:
        """Why a refusal of a trigger proves nothing; empty where its base request was answered, or it has none."""
        if refusal is not None and self.routes.outcome(refusal, trigger.operation) is Outcome.UNROUTED:
            return UNROUTED
        for key in _keys_of(trigger):
            if key in self.keys:
                continue
            if reason := self.refusals.get(key):
                return reason
            if key in ALWAYS_SENT:
                return UNSENT
        return TEXT_REFUSED if self.refuses_text and refusal is not None and _has_text(refusal) else ""


def is_made(exchange: Exchange, operation: str) -> bool:
    """A reply is what the operation makes; any success of one whose object is not known here."""
    return operation not in CONTROLLED or _is_made(exchange.reply, *CONTROLLED[operation])


def _keys_of(trigger: Trigger) -> Iterator[str]:
    """The controls of a trigger: its operation, and each object that it names by an id of the right form."""
    if trigger.operation in CONTROLLED or trigger.operation in BY_ID:
        yield trigger.operation
    named = {name: value for name, value in trigger.request.get("body", {}).items() if name in NAMING}
    yield from (f"{trigger.operation}:{name}" for name, value in named.items() if str(value).startswith("$"))


def _has_text(exchange: Exchange) -> bool:
    return isinstance(exchange.sent, dict) and isinstance(exchange.sent.get("input"), str)


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
