"""Missing routes: a reply of one is neither a refusal nor an error."""

from __future__ import annotations

from antiphon.contract.model import Contract
from antiphon.recording.exchange import Exchange


class MissingRoutes:
    """Separates replies of missing routes from refusals, by `spec/capabilities.yaml`."""

    def __init__(self, contract: Contract) -> None:
        self._statuses: dict[str, set[int]] = {}
        for capability in contract.capabilities.values():
            for operation, statuses in (capability.declined_by.get("operations") or {}).items():
                self._statuses.setdefault(operation, set()).update(statuses)

    def __call__(self, exchange: Exchange, operation: str) -> bool:
        """The status declines the whole operation, and there is no error object."""
        if exchange.status not in self._statuses.get(operation, ()):
            return False
        body = exchange.body
        return not (isinstance(body, dict) and isinstance(body.get("error"), dict))
