"""Latencies as counts in buckets that grow by a constant factor: bounded, and added up over processes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

PER_DECADE = 40
"""Buckets for each factor of ten; a percentile is right to 3 %."""
SHORTEST = 1e-5


class Latencies:
    """Counts of durations in seconds."""

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        self.counts: Counter[int] = Counter({int(bucket): number for bucket, number in (counts or {}).items()})

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self.counts[round(PER_DECADE * math.log10(max(seconds, SHORTEST)))] += 1

    def merge(self, other: Latencies) -> None:
        """Take over other counts."""
        self.counts.update(other.counts)

    @property
    def total(self) -> int:
        """The number of durations."""
        return self.counts.total()

    def percentile(self, share: float) -> float | None:
        """Seconds that a share of the durations does not exceed; None where there are none."""
        left = math.ceil(share * self.total)
        for bucket in sorted(self.counts):
            left -= self.counts[bucket]
            if left <= 0:
                return float(f"{10 ** (bucket / PER_DECADE):.3g}")
        return None

    def as_json(self) -> dict[str, int]:
        """The counts by bucket, as JSON has them."""
        return {str(bucket): number for bucket, number in sorted(self.counts.items())}
