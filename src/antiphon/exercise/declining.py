"""When a refusal means that a server lacks a capability and says so cleanly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from antiphon.contract.model import Contract
from antiphon.transcript.exchange import Exchange


class Refused(NamedTuple):
    """The capability that is absent, and what was said."""

    capability: str
    reason: str


def declined(contract: Contract, needs: Iterable[str], exchange: Exchange) -> Refused | None:
    """Whether an exchange declines one of the capabilities that its scenario needs."""
    if exchange.request is None or exchange.response is None:
        return None
    operation = contract.edition.operation(exchange.request.method, exchange.request.path)
    for name in sorted(needs):
        capability = contract.capabilities.get(name)
        if capability and _declines(capability.declined_by, operation, exchange):
            return Refused(name, f"{exchange.id} was answered with {exchange.status}")
    return None


def _declines(by: Mapping[str, Any], operation: str, exchange: Exchange) -> bool:
    return False
