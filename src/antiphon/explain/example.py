"""One example of a requirement, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Example:
    """What keeps a requirement, what breaks it, and whether a person wrote that."""

    keeps: Any
    breaks: Any
    origin: str
