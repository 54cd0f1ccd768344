"""Ids with the prefixes and lengths of the real service, in an order that repeats from run to run."""

from __future__ import annotations

from hashlib import sha256

LENGTHS = {"call_": 24, "req_": 32, "cntr_": 48, "conv_": 48, "evt_": 48}
USUAL = 48
STEP = int(sha256(b"step").hexdigest(), 16) >> 64 | 1
"""Odd, so that the last digits of its multiples repeat only after all others have been."""

LONG = 1 << 260
"""Has more digits than any id."""


class Ids:
    """Mints ids: each is new, and the n-th of every run of the server is the same."""

    def __init__(self, seed: str = "antiphon") -> None:
        self._latest = LONG | int(sha256(seed.encode()).hexdigest(), 16) >> 8

    def new(self, prefix: str) -> str:
        """A fresh id that begins with `prefix`, which ends in an underscore."""
        self._latest += STEP
        return prefix + hex(self._latest)[-LENGTHS.get(prefix, USUAL) :]
