"""Missing routes: a reply of one is neither a refusal nor an error."""

from __future__ import annotations

from antiphon.contract.missing_routes import is_missing
from antiphon.recording.exchange import Exchange


def is_absent(exchange: Exchange, operation: str) -> bool:
    """The status declines the whole operation, and no error object says more."""
    if not is_missing(operation, exchange.status):
        return False
    body = exchange.body
    return not (isinstance(body, dict) and isinstance(body.get("error"), dict))
