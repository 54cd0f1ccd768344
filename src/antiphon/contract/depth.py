"""Depths of a run: how much of the suite it plays."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from antiphon.contract.load import nearest
from antiphon.errors import ConfigError


class Depth(StrEnum):
    """How much is played: a part of the scenarios, those of most value per call."""

    CORE = "core"
    STANDARD = "standard"
    THOROUGH = "thorough"

    @property
    def rank(self) -> int:
        """Its place among the depths; a deeper one plays all that this one plays."""
        return list(Depth).index(self)


MOST_CALLS: Mapping[Depth, int] = {Depth.CORE: 40, Depth.STANDARD: 150}
"""Calls of a whole run at most, those for clean-up included; what is tried again after a 429 or 5xx comes on top."""


MOST_TOKENS: Mapping[Depth, int] = {Depth.CORE: 25_000}
"""Tokens that its requests allow a model to use at most."""


def parse_depth(name: str) -> Depth:
    """The depth of that name. Raises ConfigError."""
    try:
        return Depth(name)
    except ValueError:
        raise ConfigError(f"No depth {name!r}; {nearest(name, list(Depth))}") from None
