"""Feeds exchanges to the checks, one at a time, and keeps the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

from antiphon.contract.model import Contract, Edition
from antiphon.judge.ledger import Ledger
from antiphon.judge.registry import Check, Relation, Violation, all_checks, all_relations
from antiphon.judge.subjects import Call, subjects_of
from antiphon.transcript.exchange import INBOUND, Exchange

MOST_PLACES = 50
"""Violations of one requirement that are taken from one exchange."""


def operation_of(exchange: Exchange, edition: Edition) -> str:
    """The operation that an exchange performs; guessed from the reply where the request was not recorded."""
    if INBOUND in exchange.notes:
        return "unknown"
    if exchange.request is not None:
        return edition.operation(exchange.request.method, exchange.request.path)
    first = exchange.events[0] if exchange.is_stream and exchange.events else exchange.body
    kind = first.get("object") if isinstance(first, dict) else None
    if isinstance(kind, str) and kind.startswith("chat.completion"):
        return "chat.create"
    return {"response.compaction": "compact", "response.input_tokens": "input_tokens"}.get(str(kind), "create")


class Judge:
    """Judges exchanges by every check that does not need a certain scenario.

    Memory does not grow with the exchanges, but for a short digest of each response object that relations need.
    """

    def __init__(self, contract: Contract, wants: Callable[[str], bool] = lambda requirement: True) -> None:
        self.contract = contract
        self._wants = wants
        self.ledger = Ledger()
        self.exchanges = 0
        self.skipped = 0
        self._checks: dict[type, list[Check]] = defaultdict(list)
        for check in all_checks():
            if self._counts(check.requirement):
                self._checks[check.on].append(check)
        quirks = contract.edition.data.get("quirks") or ()
        self._until = [(each["about"], str(each["until"])) for each in quirks if "until" in each]
        self._relations = [relation() for relation in all_relations()]

    def _counts(self, requirement: str) -> bool:
        return requirement in self.contract.requirements and self._wants(requirement)

    def _excused(self, exchange: Exchange) -> set[str]:
        """The requirements that a quirk of the edition lifts for what was said before a day."""
        if not exchange.started_at or not self._until:
            return set()
        day = datetime.fromtimestamp(exchange.started_at, UTC).date().isoformat()
        return {requirement for requirement, until in self._until if day < until}

    def feed(self, exchange: Exchange) -> dict[str, list[Violation]]:
        """Judge one exchange; the violations found in it by requirement. Counts go to the ledger."""
        operation = operation_of(exchange, self.contract.edition)
        self.exchanges += 1
        if operation == "unknown":
            self.skipped += 1
            return {}
        judged: dict[str, list[Violation]] = {}
        excused = self._excused(exchange)
        for subject in subjects_of(exchange, operation, self.contract.edition):
            for check in self._checks[type(subject)]:
                if check.requirement not in excused:
                    self._apply(check, subject, judged)
            for relation in self._relations:
                if isinstance(subject, relation.on):
                    relation.see(subject)
        for requirement, violations in judged.items():
            self.ledger[requirement].see(violations)
        return {requirement: found for requirement, found in judged.items() if found}

    def _apply(self, check: Check, subject: Call, judged: dict[str, list[Violation]]) -> None:
        try:
            if check.when is not None and not check.when(subject):
                return
            found = [_at_home(each, subject) for each in islice(check.find(subject), MOST_PLACES)]
        except Exception as error:  # a check that stumbles is our mistake, whatever the server sent
            where = f"{check.find.__module__}.{check.find.__name__}"
            self.ledger[check.requirement].errors.add(f"{where} on {subject.exchange.id}: {error!r}")
            return
        judged.setdefault(check.requirement, []).extend(found)

    def finish(self) -> Ledger:
        """Judge the relations between exchanges, once, after the last one was fed."""
        for relation in self._relations:
            for requirement, seen in self._close(relation):
                if self._counts(requirement):
                    self.ledger[requirement].see(seen)
        self._relations = []
        return self.ledger

    def _close(self, relation: Relation) -> Iterator[tuple[str, Iterable[Violation]]]:
        try:
            yield from relation.close()
        except Exception as error:  # likewise
            for requirement in relation.requirements:
                self.ledger[requirement].errors.add(f"{type(relation).__name__}: {error!r}")


def _at_home(violation: Violation, subject: Call) -> Violation:
    return violation if violation.exchange else replace(violation, exchange=subject.exchange.id)
