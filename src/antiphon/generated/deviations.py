"""Deviations of recorded walks from the model: a pure function of their exchanges."""

from __future__ import annotations

from collections.abc import Iterable

from antiphon.contract.model import Edition
from antiphon.generated import rules
from antiphon.generated.model import ObjectModel
from antiphon.generated.object_record import Deviation
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange


def deviations(exchanges: Iterable[Exchange], edition: Edition) -> list[Deviation]:
    """Every reply that contradicts those before it. Walks are not separated: their ids differ."""
    model = ObjectModel(edition)
    return [each for exchange in exchanges for each in model.see(exchange)]


def worst(exchanges: Iterable[Exchange], edition: Edition, requirement: str) -> Violation | None:
    """Of the breaches of a requirement, the one that the fewest calls lead to."""
    found = [each for each in deviations(exchanges, edition) if each.requirement == requirement]
    first = min(found, key=lambda each: len(each.before), default=None)
    if first is None:
        return None
    way = "; ".join(first.before)
    message = f"{rules.repeat(first.exchange, requirement)}; the way there: {way}"
    return Violation(first.at, first.expected, first.got, message.lstrip("; "), first.exchange.id)
