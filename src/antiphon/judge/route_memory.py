"""Memory of routes: which exist, and what was found in replies of those that nothing has shown to exist so far.

404, 405 and 501 are refusals where the route is there, and no more than its absence where it is not. Which of the two
only later exchanges may tell, so their findings are held back, as counts: memory does not grow with the exchanges.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from antiphon.judge.ledger import Ledger
from antiphon.judge.relation_set import RelationSet
from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import Outcome, outcome

_NOT_INSIDE = frozenset({401, 403})
"""A gateway says them of any path."""


@dataclass
class HeldFindings:
    """What was found in replies that count only if their route exists."""

    ledger: Ledger = field(default_factory=Ledger)
    relations: RelationSet = field(default_factory=RelationSet)
    exchanges: int = 0

    def add(self, other: HeldFindings) -> None:
        """Take over what was found in other replies."""
        self.ledger.add(other.ledger)
        self.relations.add(other.relations)
        self.exchanges += other.exchanges


@dataclass
class KnownRoutes:
    """The operations whose route some exchange showed to exist."""

    shown: set[str] = field(default_factory=set)

    def add_routes(self, shown: Iterable[str]) -> None:
        """Take over what others showed."""
        self.shown.update(shown)

    def is_shown(self, operation: str) -> bool:
        """An exchange showed the route of an operation to exist."""
        return operation in self.shown

    def see(self, exchange: Exchange, operation: str) -> bool:
        """Note what an exchange shows of its route; whether it is the first to show it."""
        if operation in self.shown or exchange.status in _NOT_INSIDE:
            return False
        if outcome(exchange) not in (Outcome.ANSWERED, Outcome.REFUSED):
            return False
        self.shown.add(operation)
        return True

    def outcome(self, exchange: Exchange, operation: str) -> Outcome:
        """The outcome of an exchange, by what is known of its route so far."""
        return outcome(exchange, operation in self.shown)


class RouteMemory(KnownRoutes):
    """The routes that exist, and the findings that wait for theirs to be shown."""

    def __init__(self, shown: Iterable[str] = (), waiting: Mapping[str, HeldFindings] | None = None) -> None:
        super().__init__(set(shown))
        self._held = dict(waiting or {})

    @property
    def waiting(self) -> Mapping[str, HeldFindings]:
        """What was found in replies of routes that nothing has shown to exist, by operation."""
        return self._held

    def add(self, other: RouteMemory) -> list[HeldFindings]:
        """Take over another memory; the findings that count now, since one of the two knows their route."""
        self.add_routes(other.shown)
        for operation, held in other._held.items():
            self.held(operation).add(held)
        return [self._held.pop(operation) for operation in sorted(self.shown & self._held.keys())]

    def held(self, operation: str) -> HeldFindings:
        """The findings of an operation that wait for its route to be shown."""
        return self._held.setdefault(operation, HeldFindings())

    def release(self, operation: str) -> HeldFindings | None:
        """The findings that waited for a route that was shown; None where none did."""
        return self._held.pop(operation, None)

    def drop(self) -> int:
        """Let go of what never came to count; the number of its exchanges."""
        dropped = sum(held.exchanges for held in self._held.values())
        self._held.clear()
        return dropped
