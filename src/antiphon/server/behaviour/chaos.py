"""Random failures: which request meets with which follows from a seed and its number alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random

from antiphon.server.behaviour.truncation import ConnectionCut
from antiphon.server.errors import ApiError

HEADER = "x-antiphon-chaos"
"""The header of a reply that names its failure."""
KINDS = ("latency", "first-token", "jitter", "cut", "split", "half-json", "burst")
LONGEST_WAIT, LONGEST_JITTER = 1.0, 0.05
LONGEST_BURST = 4
LATEST = 4
"""The frames among which one is cut or halved."""
STATUSES = (500, 502, 503)


@dataclass(frozen=True, slots=True)
class Mishap:
    """Failure of one request."""

    kind: str
    seed: str

    async def before(self) -> None:
        """Fail before the request is read, if this failure does. Raises ApiError."""
        lot = Random(self.seed)
        if self.kind == "latency":
            await asyncio.sleep(lot.uniform(0.05, LONGEST_WAIT))
        if self.kind == "burst":
            status = lot.choice(STATUSES)
            code = "server_is_overloaded" if status == 503 else "server_error"
            type = "service_unavailable_error" if status == 503 else "server_error"
            headers = {"retry-after": "1"} if status == 503 else {}
            raise ApiError("The server had an error, by chance.", status=status, type=type, code=code, headers=headers)

    @property
    def alters(self) -> bool:
        """Whether something happens to the bytes of the reply."""
        return self.kind not in ("latency", "burst")

    async def alter(self, pieces: AsyncIterator[bytes], *, events: bool) -> AsyncIterator[bytes]:
        """The body of a reply, of one piece or of one for each event, with what happens to it."""
        lot, number = Random(self.seed), 0
        victim = lot.randrange(LATEST) if events else 0
        if self.kind == "first-token":
            await asyncio.sleep(lot.uniform(0.05, LONGEST_WAIT))
        async for piece in pieces:
            half = piece[: len(piece) // 2]
            if self.kind == "jitter":
                await asyncio.sleep(lot.uniform(0, LONGEST_JITTER))
            if self.kind == "cut" and number == victim:
                yield half
                raise ConnectionCut
            if self.kind == "half-json" and number == victim:
                yield half + b"\n\n" if events else half
            elif self.kind == "split":
                place = lot.randint(1, max(1, len(piece) - 1))
                yield piece[:place]
                await asyncio.sleep(0)
                yield piece[place:]
            else:
                yield piece
            number += 1


class Chaos:
    """Lottery of failures, drawn for each request; 5xx come in bursts."""

    def __init__(self, rate: float, seed: int) -> None:
        if not 0 <= rate <= 1:
            raise ValueError(f"The rate of chaos is a share from 0 to 1, not {rate}.")
        self._rate, self._seed = rate, seed
        self._count = self._burst = 0

    def next(self) -> Mishap | None:
        """The failure of the next request; mostly none."""
        self._count += 1
        seed = f"{self._seed}/{self._count}"
        if self._burst:
            self._burst -= 1
            return Mishap("burst", seed)
        lot = Random(seed)
        if lot.random() >= self._rate:
            return None
        kind = lot.choice(KINDS)
        if kind == "burst":
            self._burst = lot.randrange(LONGEST_BURST)
        return Mishap(kind, seed)
