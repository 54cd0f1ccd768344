"""Retries of calls that a target refused temporarily. Every attempt is an exchange of the transcript."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from antiphon.recording.exchange import Exchange

SHORTEST = 0.5
"""Seconds before the second try, where the target does not say; doubled before each further one."""
LEAST_RETRIES = 3
"""Further tries that every run may make."""
CALLS_PER_RETRY = 24
"""Calls of a run for each further try that it may make."""
UNPAID = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
"""Codes of a 429 that no waiting mends."""


def retry_allowance(calls: int) -> int:
    """Further tries that a run of so many calls may make: they count in what a run is said to cost."""
    return max(LEAST_RETRIES, calls // CALLS_PER_RETRY)


@dataclass
class Retries:
    """The policy of one run: 429 and 5xx are tried again, so often a call and so often a run."""

    most: int = 2
    """Further tries of one call."""
    in_all: int = 60
    """Further tries of the run, so that a target that always fails does not cost threefold; see `retry_allowance`."""
    longest: float = 60.0
    """Longest wait in seconds; a call for which the target wants more is not repeated."""
    clock: Callable[[], float] = time.time

    def wait(self, exchange: Exchange, tried: int) -> float | None:
        """Seconds after which a call that was tried so often is tried again; None where it is not."""
        if tried > self.most or self.in_all <= 0 or not _is_passing(exchange):
            return None
        asked = self._requested_wait(exchange)
        seconds = SHORTEST * 2 ** (tried - 1) if asked is None else asked
        if seconds > self.longest:
            return None
        self.in_all -= 1
        return seconds

    def _requested_wait(self, exchange: Exchange) -> float | None:
        """The seconds of `retry-after-ms` or of `Retry-After`, which may be a date; None where there is neither."""
        assert exchange.response is not None
        milliseconds = _number(exchange.response.header("retry-after-ms"))
        if milliseconds is not None:
            return milliseconds / 1000
        text = exchange.response.header("retry-after")
        seconds = _number(text)
        if seconds is not None or not text:
            return seconds
        try:
            return max(0.0, parsedate_to_datetime(text).timestamp() - self.clock())
        except (ValueError, OverflowError):
            return None


def _is_passing(exchange: Exchange) -> bool:
    if exchange.response is None or exchange.response.header("x-should-retry") == "false":
        return False
    status = exchange.status or 0
    if status == 429:
        error = exchange.body.get("error") if isinstance(exchange.body, dict) else None
        return not (isinstance(error, dict) and str(error.get("code")) in UNPAID)
    return 500 <= status <= 599 and status != 501


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < 1e9 else None
