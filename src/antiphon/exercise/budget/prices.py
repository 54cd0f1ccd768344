"""Prices of models from a target file, in its currency for a million tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from antiphon.errors import ConfigError
from antiphon.exercise.budget.tokens import Tokens

MILLION = 1_000_000


@dataclass(frozen=True)
class Prices:
    """Model → price of a million tokens in and of a million out."""

    by_model: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.by_model)

    def of(self, tokens: Tokens, model: str) -> float:
        """The cost of tokens; those of a model that has no price count as those of the dearest."""
        price = self.by_model.get(model) or max(self.by_model.values(), key=sum, default=(0.0, 0.0))
        return (tokens.input * price[0] + tokens.output * price[1]) / MILLION


def prices(table: Mapping[str, Mapping[str, float]]) -> Prices:
    """Prices as they stand in a file. Raises ConfigError for one that is no price."""
    found = {}
    for model, price in table.items():
        for name in ("input", "output"):
            value = price.get(name)
            if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < MILLION:
                raise ConfigError(f"The price of {model!r} lacks a number for {name!r}: what a million tokens cost.")
        found[model] = (float(price["input"]), float(price["output"]))
    return Prices(found)
