"""What a configuration claims of a target, held against the states of its capabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def broken_claims(states: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The capabilities that were claimed and are not there: an unknown one, only where exchanges show a failure."""
    return [
        id
        for id, each in states.items()
        if each["claimed"]
        and (each["state"] in ("declined", "ignored", "unclean") or (each["state"] == "unknown" and each["evidence"]))
    ]
