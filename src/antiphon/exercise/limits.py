"""Bounds of an exchange: nothing that a server does lasts longer or grows larger."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from antiphon.errors import ConfigError

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one exchange and of a whole run; all are positive and finite."""

    connect: float = 10.0
    """Seconds to a connection, TLS included."""
    idle: float = 30.0
    """Seconds of silence inside a reply that has begun. A server may think for as long as `total` before it begins."""
    total: float = 120.0
    """Seconds from the request to the end of the reply."""
    body: int = 8 * MIB
    """Bytes of a reply, after decompression."""
    run_bytes: int = 40 * MIB
    """Bytes of all replies of a run, with what it takes to hold them; then the run ends early."""
    events: int = 20_000
    """Events of one stream."""
    calls: int = 2000
    """Requests of a run."""
    concurrency: int = 32
    """Requests at the same time, at most; a run starts with fewer."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            whole = field.type == "int"
            wanted = "a whole number" if whole else "a number of seconds"
            if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
                raise ConfigError(f"Limit '{field.name}' is {value!r}; give {wanted} above 0.")
            if not math.isfinite(value) or value <= 0:
                raise ConfigError(f"Limit '{field.name}' is {value}; give {wanted} above 0, such as {field.default}.")
