"""Metadata that a reply shows of those that were sent: what else it shows is the server's, and nobody's mix-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def shown_of(sent: Mapping[str, Any], shown: Any) -> dict[str, Any]:
    """The values that are shown under the names that were sent; none for a name that is not shown."""
    return {name: shown[name] for name in sent if name in shown} if isinstance(shown, Mapping) else {}
