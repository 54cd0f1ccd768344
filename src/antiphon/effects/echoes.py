"""Values that replies repeat, apart from those that they show unasked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.contract.parameters import Parameter
from antiphon.effects.create_record import CreateRecord

MOST_VALUES = 50
"""Values of one parameter that are kept."""


class Echoes:
    """Repeated values by parameter. What a server shows where nothing was sent is its default, and proves nothing."""

    def __init__(self) -> None:
        self._unasked: dict[str, set[str]] = {}
        self._repeated: dict[str, dict[str, list[str]]] = {}

    def see(self, create: CreateRecord, known: Mapping[tuple[str, str], Parameter]) -> None:
        """Take in what a reply shows of the parameters that were not sent."""
        for (operation, name), parameter in known.items():
            if operation == create.operation and parameter.echo in create.reply and create.sent.get(name) is None:
                values = self._unasked.setdefault(f"{operation}:{name}", set())
                if len(values) < MOST_VALUES:
                    values.add(_text(create.reply[parameter.echo]))

    def add(self, parameter: Parameter, create: CreateRecord) -> None:
        """Take in that a reply repeats the value that was sent."""
        values = self._repeated.setdefault(f"{create.operation}:{parameter.name}", {})
        shown = _text(create.reply.get(parameter.echo or ""))
        if shown in values or len(values) < MOST_VALUES:
            values.setdefault(shown, []).append(create.exchange.id)

    def finish(self) -> Iterator[tuple[str, str, str]]:
        """Operation, parameter and exchange of each repeated value that is not shown unasked as well."""
        for key, values in self._repeated.items():
            for shown, exchanges in values.items():
                if shown not in self._unasked.get(key, ()):
                    yield from ((*key.split(":", 1), exchange) for exchange in exchanges)  # type: ignore[misc]


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
