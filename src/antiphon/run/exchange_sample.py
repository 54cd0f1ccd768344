"""Selection of exchanges from large recordings: a share of the responses, or those since a moment."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final

from antiphon.errors import ConfigError
from antiphon.recording.exchange import Exchange
from antiphon.recording.source import Remark

MOST_LINKS: Final = 1_000_000
"""Responses that continue others of which it is remembered with which chain they go."""
_ID = re.compile(rb'"id"\s*:\s*"([^"\\]{1,200})"')
_IN_PATH = re.compile(r"/(?:responses|conversations|completions)/([^/?]{1,200})")
_DURATION = re.compile(r"(\d{1,6})\s*([smhdw])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass
class LeftOut:
    """How many exchanges were left out, by the reason."""

    outside: int = 0
    earlier: int = 0
    undated: int = 0
    share: float = 1.0
    """The share of the responses that was judged."""

    def add(self, other: LeftOut) -> None:
        """Count others."""
        self.outside += other.outside
        self.earlier += other.earlier
        self.undated += other.undated
        self.share = min(self.share, other.share)

    def remarks(self) -> Iterator[Remark]:
        """What was left out, in words."""
        counts = (
            (self.outside, f"outside the sample of {100 * self.share:g}%"),
            (self.earlier, "before the moment that was asked for"),
            (self.undated, "without a time, so that nobody knows whether they came since then"),
        )
        for count, reason in counts:
            if count:
                yield Remark("left out", f"{count} exchanges {reason}" if count > 1 else f"1 exchange {reason}")


class ExchangeSelection:
    """Decides which exchanges are judged. All that belong to one chain of responses share one decision."""

    def __init__(self, share: float = 1.0, since: float = 0.0) -> None:
        self._bound, self._since = int(share * 2**64), since
        self._share = share
        self._chains: dict[bytes, bytes] = {}
        self.left_out = LeftOut(share=share)

    def takes(self, exchange: Exchange) -> bool:
        """Whether an exchange is judged; what is left out is counted."""
        if self._since and exchange.started_at < self._since:
            self.left_out.undated += not exchange.started_at
            self.left_out.earlier += bool(exchange.started_at)
            return False
        if self._share < 1 and int.from_bytes(self._chain(exchange), "big") >= self._bound:
            self.left_out.outside += 1
            return False
        return True

    def _chain(self, exchange: Exchange) -> bytes:
        """Digest of the response or conversation that an exchange goes back to."""
        own = _digest(match[1]) if (match := _ID.search(exchange.content[:4000])) else b""
        linked = _linked(exchange)
        if not linked:
            return own or _digest(exchange.id.encode("utf-8", "surrogatepass"))
        start = _digest(linked.encode("utf-8", "surrogatepass"))
        start = self._chains.get(start, start)
        if own and own != start and len(self._chains) < MOST_LINKS:
            self._chains[own] = start
        return start


def _linked(exchange: Exchange) -> str:
    """The id of the response or conversation that a request names."""
    sent = exchange.sent
    if isinstance(sent, dict):
        conversation = sent.get("conversation")
        named = conversation.get("id") if isinstance(conversation, dict) else conversation
        for id in (named, sent.get("previous_response_id")):
            if isinstance(id, str) and id:
                return id
    match = _IN_PATH.search(exchange.request.path) if exchange.request else None
    return match[1] if match else ""


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=8).digest()


def share_of(text: str | None) -> float:
    """`1%` or `0.01` as 0.01; 1 where nothing is given. Raises ConfigError."""
    if text is None:
        return 1.0
    number = text.strip()
    try:
        share = float(number[:-1]) / 100 if number.endswith("%") else float(number)
    except ValueError:
        share = -1.0
    if not 0 < share <= 1:
        raise ConfigError(f"--sample {text!r} is not a share such as 1% or 0.01.")
    return share


def moment_of(text: str | None, now: float | None = None) -> float:
    """A moment in ISO 8601, or a duration before now such as `2h`, in seconds since the epoch; 0 where none is given.

    Raises ConfigError.
    """
    if text is None:
        return 0.0
    if match := _DURATION.fullmatch(text.strip()):
        return (now or time.time()) - timedelta(**{_UNITS[match[2]]: int(match[1])}).total_seconds()
    try:
        when = datetime.fromisoformat(text.strip())
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise ConfigError(
            f"--since {text!r} is neither a moment such as 2026-11-29T10:00 nor a duration such as 2h."
        ) from None
