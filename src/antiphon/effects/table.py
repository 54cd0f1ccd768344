"""Table of parameters and their effects, built from exchanges one at a time and with little memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from antiphon.contract.parameters import SURFACES, Parameter, parameters
from antiphon.effects.cell import Cell
from antiphon.effects.create_record import CreateRecord, refusals, repeated_value
from antiphon.effects.echoes import Echoes
from antiphon.effects.invalid_values import Invalids
from antiphon.effects.levers import COUNTED_LEVERS, LEVERS
from antiphon.effects.paired_levers import EffectReport, ParameterPairs
from antiphon.effects.stored_creates import StoredCreates
from antiphon.effects.token_counts import CountConclusions
from antiphon.recording.exchange import Exchange

REFUSALS = "refuses:"
"""Begins a lever: the parameter has an effect where that trigger is refused."""
_IN_LISTS = frozenset({"input_items", "items"})


@cache
def _known(operation: str) -> Mapping[str, Parameter]:
    """The parameters of an operation, by OPERATION:NAME."""
    return {f"{operation}:{each.name}": each for each in parameters()[operation]}


@cache
def _weighed(operation: str) -> frozenset[str]:
    """The parameters of an operation that cost tokens of input."""
    return frozenset(each.name for each in parameters()[operation] if "tokens" in each.levers)


def _every() -> Iterable[tuple[str, Parameter]]:
    return (pair for operation in parameters() for pair in _known(operation).items())


@dataclass
class SurfaceRecords:
    """What the creates of one surface show together."""

    counts: CountConclusions = field(default_factory=CountConclusions)
    pairs: ParameterPairs = field(default_factory=ParameterPairs)
    stored: StoredCreates = field(default_factory=StoredCreates)

    def add(self, other: SurfaceRecords) -> None:
        """Take over other creates."""
        self.counts.add(other.counts)
        self.pairs.add(other.pairs)
        self.stored.add(other.stored)


@dataclass
class Table:
    """Follows every exchange of a run, and returns the state of each parameter. Tables of parts add up."""

    cells: dict[str, Cell] = field(default_factory=dict)
    """By OPERATION:NAME."""
    invalids: Invalids = field(default_factory=Invalids)
    echoes: Echoes = field(default_factory=Echoes)
    surfaces: dict[str, SurfaceRecords] = field(
        default_factory=lambda: {operation: SurfaceRecords() for operation in SURFACES}
    )

    def see(self, exchange: Exchange, operation: str) -> None:
        """Take in one exchange of an operation."""
        if exchange.request is None or self.invalids.see(exchange, operation):
            return
        if operation in SURFACES:
            self._create(CreateRecord(exchange, operation))
        else:
            self._later(exchange, operation)

    def add(self, other: Table) -> None:
        """Take over another table."""
        for key, cell in other.cells.items():
            self.cell(key).add(cell)
        self.invalids.add(other.invalids)
        self.echoes.add(other.echoes)
        for operation, records in self.surfaces.items():
            records.add(other.surfaces[operation])

    def _create(self, create: CreateRecord) -> None:
        known, records = _known(create.operation), self.surfaces[create.operation]
        named = set(refusals(create))
        for name, value in create.sent.items():
            key = f"{create.operation}:{name}"
            parameter = known.get(key)
            if parameter is None or value is None:
                continue
            if name in named:
                self.cell(key).refused.add(create.exchange.id)
            elif create.exchange.is_success:
                self.cell(key).taken.add(create.exchange.id)
                self._judge(key, parameter, create, value)
        if create.exchange.is_success:
            self.echoes.see(create, known)
        records.counts.see_output(create.tokens("output"))
        records.pairs.see(create, _weighed(create.operation))
        records.stored.add_create(create)

    def _judge(self, key: str, parameter: Parameter, create: CreateRecord, value: Any) -> None:
        again = repeated_value(parameter, create)
        if again is not None:
            if again:
                self.echoes.add_echo(key, parameter, create)
            else:
                self.cell(key).unrepeated.add(create.exchange.id)
        for name in parameter.levers:
            lever = LEVERS.get(name)
            effect = lever(create, value) if lever else None
            if effect is False and name in COUNTED_LEVERS:
                self.surfaces[create.operation].counts.withhold("output", parameter.name, create.exchange.id)
            elif effect is not None:
                self._report(key, effect, create.exchange.id)

    def _report(self, key: str, effect: bool, exchange: str) -> None:
        cell = self.cell(key)
        (cell.effect if effect else cell.none).add(exchange)

    def _later(self, exchange: Exchange, operation: str) -> None:
        assert exchange.request is not None
        id = next((each for each in reversed(exchange.request.path.split("/")) if each not in _IN_LISTS), "")
        responses, completions = self.surfaces["create"].stored, self.surfaces["chat.create"].stored
        match operation:
            case "retrieve":
                responses.add_read(id, CreateRecord(exchange, operation))
            case "chat.get":
                completions.add_read(id, CreateRecord(exchange, operation))
            case "delete":
                responses.add_change(id, exchange)
            case "chat.delete" | "chat.update":
                completions.add_change(id, exchange)
            case "conversations.items.list":
                responses.add_listing(id, CreateRecord(exchange, operation))

    def close(self) -> None:
        """Evaluate what only the end shows: once, after the last exchange."""
        for operation, records in self.surfaces.items():
            reports: list[EffectReport] = [
                *records.pairs.finish(records.counts),
                *records.stored.finish(operation == "create", records.counts),
            ]
            levers = {each.name: each.levers for each in parameters()[operation]}
            for name, effect, exchange in reports:
                if levers.get(name):
                    self._report(f"{operation}:{name}", effect, exchange)
            for name, places in records.counts.finish():
                if levers.get(name):
                    self.cell(f"{operation}:{name}").none.add_places(places)
        for key, places in self.echoes.finish():
            self.cell(key).repeated.add_places(places)
        self._by_refusals()

    def cell(self, name: str) -> Cell:
        """Evidence about a parameter, by OPERATION:NAME."""
        if name not in self.cells:
            self.cells[name] = Cell(judged=bool(_known(name.partition(":")[0])[name].levers))
        return self.cells[name]

    def rows(self) -> list[dict[str, Any]]:
        """One row for each parameter, in the order of the contract."""
        return [{**self.row(parameter), "invalid": self.invalids.rows(parameter)} for _, parameter in _every()]

    def row(self, parameter: Parameter) -> dict[str, Any]:
        """Name, surface, verdict, evidence and note of one parameter."""
        verdict, evidence, note = self.cell(f"{parameter.operation}:{parameter.name}").summary()
        return {
            "name": parameter.name,
            "surface": parameter.surface,
            "verdict": verdict,
            "evidence": list(evidence),
            "note": note,
        }

    def _by_refusals(self) -> None:
        for key, parameter in _every():
            for lever in parameter.levers:
                trigger = lever.removeprefix(REFUSALS)
                found = self.invalids.verdict(trigger) if lever != trigger else None
                if found and found["verdict"] in ("refused", "accepted"):
                    self._report(key, found["verdict"] == "refused", found["exchange"])
