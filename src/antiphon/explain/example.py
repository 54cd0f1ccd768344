"""One example of a requirement, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Example:
    """Value that keeps a requirement, value that breaks it, and their origin (`by hand` or generated)."""

    keeps: Any
    breaks: Any
    origin: str
