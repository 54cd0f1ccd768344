"""Rate limit: calls a minute, and the headers that report it."""

from __future__ import annotations

import time
from collections import deque

from antiphon.server.errors import ApiError

WINDOW = 60.0
REQUESTS_PER_MINUTE = 10_000
TOKENS_PER_MINUTE = 2_000_000
UNLIMITED = {
    "x-ratelimit-limit-requests": str(REQUESTS_PER_MINUTE),
    "x-ratelimit-remaining-requests": str(REQUESTS_PER_MINUTE - 1),
    "x-ratelimit-reset-requests": "6ms",
    "x-ratelimit-limit-tokens": str(TOKENS_PER_MINUTE),
    "x-ratelimit-remaining-tokens": str(TOKENS_PER_MINUTE - 1_000),
    "x-ratelimit-reset-tokens": "30ms",
}


class Limiter:
    """Counter of the create calls within the last minute."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self._calls: deque[float] = deque()

    def take(self) -> None:
        """Count one call, or refuse it."""
        if self.most is None:
            return
        now = time.monotonic()
        while self._calls and now - self._calls[0] >= WINDOW:
            self._calls.popleft()
        if len(self._calls) >= self.most:
            wait = WINDOW - (now - self._calls[0])
            raise ApiError(
                f"Rate limit reached: {self.most} requests per minute. Try again in {wait:.1f} s.",
                status=429,
                type="rate_limit_error",
                code="rate_limit_exceeded",
                headers={"retry-after": str(max(1, round(wait + 0.5))), "retry-after-ms": str(int(wait * 1000) + 1)},
            )
        self._calls.append(now)

    def headers(self) -> dict[str, str]:
        """What is left, as the reply tells it."""
        if self.most is None:
            return UNLIMITED
        limit, reset = self.most, "6ms"
        if self._calls:
            reset = f"{max(0.0, WINDOW - (time.monotonic() - self._calls[0])):.3f}s"
        return UNLIMITED | {
            "x-ratelimit-limit-requests": str(limit),
            "x-ratelimit-remaining-requests": str(max(0, limit - len(self._calls))),
            "x-ratelimit-reset-requests": reset,
        }
