"""Ownership tag: the run's id in the metadata of what it stores, so that leftovers can be found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TAG_KEY = "antiphon_run"
"""The key in the metadata."""
UNTAGGED = frozenset({"metadata", "previous_response_id", "conversation"})
"""With one of these in the request, a test reads the metadata of the response."""


def with_tag(body: Mapping[str, Any], run: str) -> dict[str, Any]:
    """A request with the run's id in its metadata, where it asks for storage and there is a run to name."""
    stores = body.get("store") is True or body.get("background") is True
    return {**body, **({"metadata": {TAG_KEY: run}} if run and stores and not UNTAGGED & body.keys() else {})}
