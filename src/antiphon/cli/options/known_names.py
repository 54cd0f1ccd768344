"""Names of the contract that a user gives, held to those that there are."""

from __future__ import annotations

from collections.abc import Iterable

from antiphon.contract.load import nearest
from antiphon.errors import ConfigError


def check_name(kind: str, name: str | None, known: Iterable[str]) -> None:
    """Raises ConfigError, with what is near, for a name that is not known."""
    if name is not None and name not in known:
        raise ConfigError(f"No {kind} {name!r}; {nearest(name, sorted(known))}")
