"""Values that replies repeat, apart from those that they show unasked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from antiphon.contract.parameters import Parameter
from antiphon.effects.cell import Places
from antiphon.effects.create_record import CreateRecord
from antiphon.recording.bounded_tables import first_entries, prune
from antiphon.recording.fast_json import sorted_json

MOST_VALUES = 50
"""Values of one parameter that count."""


@dataclass
class Echoes:
    """Repeated values by parameter. What a server shows where nothing was sent is its default, and proves nothing."""

    unasked: dict[str, set[str]] = field(default_factory=dict)
    repeated: dict[str, dict[str, Places]] = field(default_factory=dict)

    def see(self, create: CreateRecord, known: Mapping[str, Parameter]) -> None:
        """Take in what a reply shows of the parameters, by OPERATION:NAME, that were not sent."""
        for key, parameter in known.items():
            if parameter.echo in create.reply and create.sent.get(parameter.name) is None:
                self._add_unasked(key, {_text(create.reply[parameter.echo])})

    def add_echo(self, key: str, parameter: Parameter, create: CreateRecord) -> None:
        """Take in that a reply repeats the value that was sent."""
        values = self.repeated.setdefault(key, {})
        values.setdefault(_text(create.reply.get(parameter.echo or "")), Places()).add(create.exchange.id)
        prune(values, MOST_VALUES)

    def _add_unasked(self, key: str, values: set[str]) -> None:
        known = self.unasked.setdefault(key, set())
        known |= values
        if len(known) >= 2 * MOST_VALUES:
            self.unasked[key] = set(sorted(known)[:MOST_VALUES])

    def add(self, other: Echoes) -> None:
        """Take over other values."""
        for key, values in other.unasked.items():
            self._add_unasked(key, values)
        for key, repeated in other.repeated.items():
            own = self.repeated.setdefault(key, {})
            for value, places in repeated.items():
                own.setdefault(value, Places()).add_places(places)
            prune(own, MOST_VALUES)

    def finish(self) -> Iterator[tuple[str, Places]]:
        """Parameter and exchanges of each repeated value that is not shown unasked as well."""
        for key, values in self.repeated.items():
            unasked = sorted(self.unasked.get(key, ()))[:MOST_VALUES]
            for value, places in first_entries(values, MOST_VALUES).items():
                if value not in unasked:
                    yield key, places


def _text(value: Any) -> str:
    text = sorted_json(value)
    return json.dumps(value, sort_keys=True) if text is None else text.decode()
