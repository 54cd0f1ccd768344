"""Settings of a reference server."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from antiphon.server.model.served_models import SERVED
from antiphon.server.recorded_exchange import RecordedExchange

ScriptSource = Path | Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""A file with a script, its value, or its answers alone."""

WEBHOOK_SECRET = "whsec_YW50aXBob24gcmVmZXJlbmNlIHNlcnZlcg=="
"""Signs where no other is given; it is public, so no secret."""


FAST_PATH = "ANTIPHON_FAST_PATH"
"""The environment variable that switches the fast path off where it is 0."""


def _takes_fast_path() -> bool:
    return os.environ.get(FAST_PATH) != "0"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Options of one reference server."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free port."""
    edition: str = "openai-2026-08"
    faults: tuple[str, ...] = ()
    latency: float = 0.0
    """Seconds before each reply begins."""
    api_key: str | None = None
    """When set, requests need it as a Bearer token."""
    api_keys: tuple[str, ...] = ()
    """Further keys. The holder of each is alone: what one made no other finds."""
    models: tuple[str, ...] = tuple(SERVED)
    """Names, or NAME=KIND; the first two are to be plain ones."""
    any_model: bool = False
    """Every other name is that of a plain model too."""
    rate_limit: int | None = None
    """Create calls per minute and key; one more is refused with 429."""
    max_responses: int = 2_000
    """Responses that are kept for each key, and as many completions; the oldest go first."""
    retention: float | None = None
    """Seconds after its end for which a response can be found; for ever when None."""
    script: ScriptSource | None = None
    """Answers that come before those of the model: a file, or what stands in one as a value."""
    strict: bool = False
    """A request that no answer of the script fits is refused; else the model answers it."""
    replay: Sequence[RecordedExchange] | None = None
    """Exchanges that answer in place of everything else; `antiphon.testing.recorded_exchanges` reads a file of them."""
    near: bool = False
    """A request that was not recorded is answered as the nearest that was."""
    replay_pace: float | None = None
    """Seconds between the pieces of a body that is replayed; None for those of the recording."""
    control: bool = False
    """Answers and faults can be changed while the server runs, below /_antiphon too."""
    allow_faults: bool | None = None
    """Requests may ask for faults by header; None allows it where only this machine is listened to."""
    faults_over_sockets: bool = True
    """Faults change turns over a WebSocket as they change streams, not only what is special to a WebSocket."""
    chaos: float = 0.0
    """The share of requests, from 0 to 1, that meet with trouble."""
    seed: int = 0
    """Decides which requests meet with which trouble."""
    part: str = ""
    """Makes its ids others than those of a server that serves another part of the same run."""
    pace: float = 0.002
    """Seconds between two deltas of a stream."""
    journal: bool = False
    """The latest requests are kept, and shown below /_antiphon."""
    fast_path: bool = field(default_factory=_takes_fast_path)
    """Plain creates take a short way (`server/fast/`); without it every request goes the way of ASGI."""
    patience: float = 60.0
    """Seconds that a client may take over the head of a request, over its body, and over taking a piece of a reply."""
    webhook: str | None = None
    """Where the ends of background responses are told; nowhere when None."""
    webhook_secret: str = WEBHOOK_SECRET
    """What deliveries are signed with."""
    webhook_pauses: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0, 4.0)
    """Seconds before each further attempt at a delivery that was not taken."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that is let in; none when all are."""
        return (*((self.api_key,) if self.api_key is not None else ()), *self.api_keys)

    @property
    def takes_faults(self) -> bool:
        """Whether a request may ask for faults."""
        return is_loopback(self.host) if self.allow_faults is None else self.allow_faults


Settings = ServerSettings
"""The name under which programs that hold a server of their own import it, beside `antiphon.server.app.create_app`."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
