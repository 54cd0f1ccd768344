"""Table of parameters and their effects, built from exchanges one at a time and with little memory."""

from __future__ import annotations

from typing import Any

from antiphon.contract.parameters import SURFACES, Parameter, parameters
from antiphon.effects.cell import Cell
from antiphon.effects.create_record import CreateRecord, refusals, repeated_value
from antiphon.effects.echoes import Echoes
from antiphon.effects.invalid_values import Invalids
from antiphon.effects.levers import COUNTED_LEVERS, LEVERS
from antiphon.effects.paired_levers import ParameterPairs, StoredCreates
from antiphon.effects.token_counts import CountConclusions
from antiphon.recording.exchange import Exchange

REFUSALS = "refuses:"
"""Begins a lever: the parameter has an effect where that trigger is refused."""


class Table:
    """Follows every exchange of a run, and returns the state of each parameter."""

    def __init__(self) -> None:
        self._cells: dict[tuple[str, str], Cell] = {}
        self._known = {(operation, each.name): each for operation, every in parameters().items() for each in every}
        for key, parameter in self._known.items():
            self._cells[key] = Cell(judged=bool(parameter.levers))
        self.invalids = Invalids()
        self._echoes = Echoes()
        self._counts = {operation: CountConclusions() for operation in SURFACES}
        self._across = {operation: self._relations(operation) for operation in SURFACES}

    def _relations(self, operation: str) -> tuple[ParameterPairs, StoredCreates]:
        levers = {each.name: each.levers for each in parameters()[operation]}
        weighed = frozenset(name for name, own in levers.items() if "tokens" in own)

        def say(name: str, effect: bool, exchange: str) -> None:
            if levers.get(name):
                self._report((operation, name), effect, exchange)

        counts = self._counts[operation]
        return ParameterPairs(weighed, say, counts), StoredCreates(say, counts)

    def _report(self, key: tuple[str, str], effect: bool, exchange: str) -> None:
        cell = self._cells[key]
        (cell.effect if effect else cell.none).add(exchange)

    def see(self, exchange: Exchange, operation: str) -> None:
        """Take in one exchange of an operation."""
        if exchange.request is None or self.invalids.see(exchange, operation):
            return
        if operation in SURFACES:
            self._create(CreateRecord(exchange, operation))
        else:
            self._later(exchange, operation)

    def _create(self, create: CreateRecord) -> None:
        named = set(refusals(create))
        for name, value in create.sent.items():
            parameter = self._known.get((create.operation, name))
            if parameter is None or value is None:
                continue
            cell = self._cells[create.operation, name]
            if name in named:
                cell.refused.add(create.exchange.id)
            elif create.exchange.is_success:
                cell.taken.add(create.exchange.id)
                self._judge(parameter, cell, create, value)
        if create.exchange.is_success:
            self._echoes.see(create, self._known)
        self._counts[create.operation].see_output(create.tokens("output"))
        alike, kept = self._across[create.operation]
        alike.see(create)
        kept.add_create(create)

    def _judge(self, parameter: Parameter, cell: Cell, create: CreateRecord, value: Any) -> None:
        again = repeated_value(parameter, create)
        if again is not None:
            if again:
                self._echoes.add(parameter, create)
            else:
                cell.unrepeated.add(create.exchange.id)
        for name in parameter.levers:
            lever = LEVERS.get(name)
            effect = lever(create, value) if lever else None
            if effect is False and name in COUNTED_LEVERS:
                self._counts[create.operation].withhold("output", parameter.name, create.exchange.id)
            elif effect is not None:
                (cell.effect if effect else cell.none).add(create.exchange.id)

    def _later(self, exchange: Exchange, operation: str) -> None:
        assert exchange.request is not None
        names = exchange.request.path.split("/")
        responses, completions = self._across["create"][1], self._across["chat.create"][1]
        match operation:
            case "retrieve":
                responses.compare_read(names, CreateRecord(exchange, operation), default=True)
            case "chat.get":
                completions.compare_read(names, CreateRecord(exchange, operation), default=False)
            case "delete":
                responses.forget(names)
            case "chat.delete" | "chat.update":
                completions.forget(names)
            case "conversations.items.list":
                responses.compare_items(names, CreateRecord(exchange, operation))

    def close(self) -> None:
        """Evaluate what only the end shows: once, after the last exchange."""
        for operation, (_, kept) in self._across.items():
            for name, effect, exchange in kept.finish():
                self._report((operation, name), effect, exchange)
            for name, exchange in self._counts[operation].finish():
                if self._known[operation, name].levers:
                    self._report((operation, name), False, exchange)
        for operation, name, exchange in self._echoes.finish():
            self._cells[operation, name].repeated.add(exchange)
        self._by_refusals()

    def cell(self, name: str) -> Cell:
        """Evidence about a parameter, by OPERATION:NAME."""
        operation, _, parameter = name.partition(":")
        return self._cells[operation, parameter]

    def rows(self) -> list[dict[str, Any]]:
        """One row for each parameter, in the order of the contract."""
        return [{**self.row(parameter), "invalid": self.invalids.rows(parameter)} for parameter in self._known.values()]

    def row(self, parameter: Parameter) -> dict[str, Any]:
        """Name, surface, verdict, evidence and note of one parameter."""
        verdict, evidence, note = self._cells[parameter.operation, parameter.name].summary()
        return {
            "name": parameter.name,
            "surface": parameter.surface,
            "verdict": verdict,
            "evidence": list(evidence),
            "note": note,
        }

    def _by_refusals(self) -> None:
        for key, parameter in self._known.items():
            for lever in parameter.levers:
                trigger = lever.removeprefix(REFUSALS)
                found = self.invalids.verdict(trigger) if lever != trigger else None
                if found and found["verdict"] in ("refused", "accepted"):
                    self._report(key, found["verdict"] == "refused", found["exchange"])
