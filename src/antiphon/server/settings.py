"""What a reference server is started with."""

from __future__ import annotations

from dataclasses import dataclass

WEBHOOK_SECRET = "whsec_YW50aXBob24gcmVmZXJlbmNlIHNlcnZlcg=="
"""Signs where no other is given; it is public, so no secret."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a run of the reference server can be told from outside."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free port."""
    edition: str = "openai-2026-08"
    faults: tuple[str, ...] = ()
    latency: float = 0.0
    """Seconds before each reply begins."""
    api_key: str | None = None
    """When set, requests need it as a Bearer token."""
    models: tuple[str, ...] = ("antiphon-1", "antiphon-1-mini")
    rate_limit: int | None = None
    """Create calls per minute; one more is refused with 429."""
    pace: float = 0.002
    """Seconds between two deltas of a stream."""
    webhook: str | None = None
    """Where the ends of background responses are told; nowhere when None."""
    webhook_secret: str = WEBHOOK_SECRET
    """What deliveries are signed with."""
    webhook_pauses: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0, 4.0)
    """Seconds before each further attempt at a delivery that was not taken."""
