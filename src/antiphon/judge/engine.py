"""Feeds exchanges to the checks, one at a time, and keeps the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from antiphon.contract.model import Contract, Edition
from antiphon.judge.ledger import Ledger
from antiphon.judge.registry import Check, Relation, Violation, all_checks, all_relations
from antiphon.judge.subjects import Call
from antiphon.judge.viewing import subjects_of
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
        checks = [check for check in all_checks() if self._counts(check.requirement)]
        self._askers = {kind: _Asker(check for check in checks if check.on is kind) for kind in {c.on for c in checks}}
        quirks = contract.edition.data.get("quirks") or ()
        self._until = [(each["about"], str(each["until"])) for each in quirks if "until" in each]
        self._relations = [relation() for relation in all_relations()]
        self._seers: dict[type, list[Relation]] = {}

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
            kind = type(subject)
            asker = self._askers.get(kind)
            if asker is not None:
                self._ask(asker, subject, excused, judged)
            for relation in self.seers(kind):
                relation.see(subject)
        for requirement, violations in judged.items():
            self.ledger[requirement].see(violations)
        return {requirement: found for requirement, found in judged.items() if found}

    def seers(self, kind: type) -> list[Relation]:
        """The relations that want to see the subjects of a class."""
        if kind not in self._seers:
            self._seers[kind] = [each for each in self._relations if issubclass(kind, each.on)]
        return self._seers[kind]

    def _ask(self, asker: _Asker, subject: Call, excused: set[str], judged: dict[str, list[Violation]]) -> None:
        for check in asker.asked(subject, self._stumbled):
            requirement = check.requirement
            if requirement in excused:
                continue
            try:
                found = [*islice(check.find(subject), MOST_PLACES)]
            except Exception as error:  # a check that stumbles is our mistake, whatever the server sent
                self._stumbled(check, subject, error)
                continue
            if found:
                found = [_at_home(each, subject) for each in found]
            known = judged.get(requirement)
            if known is None:
                judged[requirement] = found
            elif found:
                known += found

    def _stumbled(self, check: Check, subject: Call, error: Exception) -> None:
        where = f"{check.find.__module__}.{check.find.__name__}"
        self.ledger[check.requirement].errors.add(f"{where} on {subject.exchange.id}: {error!r}")

    def finish(self) -> Ledger:
        """Judge the relations between exchanges, once, after the last one was fed."""
        for relation in self._relations:
            for requirement, seen in self._close(relation):
                if self._counts(requirement):
                    self.ledger[requirement].see(seen)
        self._relations, self._seers = [], {}
        return self.ledger

    def _close(self, relation: Relation) -> Iterator[tuple[str, Iterable[Violation]]]:
        try:
            yield from relation.close()
        except Exception as error:  # likewise
            for requirement in relation.requirements:
                self.ledger[requirement].errors.add(f"{type(relation).__name__}: {error!r}")


class _Asker:
    """The checks of one kind of subject. Those of a table share the question which of them a subject concerns."""

    def __init__(self, checks: Iterable[Check]) -> None:
        self._single: list[Check] = []
        self._tables: dict[Callable[[Any], Container[str]], list[Check]] = defaultdict(list)
        for check in checks:
            (self._single if check.shows is None else self._tables[check.shows]).append(check)

    def asked(self, subject: Call, stumbled: Callable[[Check, Call, Exception], None]) -> list[Check]:
        """The checks that a subject concerns."""
        concerned = []
        for check in self._single:
            when = check.when
            try:
                if when is None or when(subject):
                    concerned.append(check)
            except Exception as error:
                stumbled(check, subject, error)
        for shows, checks in self._tables.items():
            try:
                shown = shows(subject)
            except Exception as error:
                for check in checks:
                    stumbled(check, subject, error)
                continue
            concerned += [check for check in checks if check.requirement in shown]
        return concerned


def _at_home(violation: Violation, subject: Call) -> Violation:
    return violation if violation.exchange else replace(violation, exchange=subject.exchange.id)
