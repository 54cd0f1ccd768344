"""Marks what a run stores, so that it can be found where it was left behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TAG_KEY = "antiphon_run"
"""The key in the metadata."""
UNTAGGED = frozenset({"metadata", "previous_response_id", "conversation"})
"""Where one of these is sent, the metadata of a response is what a test looks at."""


def with_tag(body: Mapping[str, Any], run: str) -> dict[str, Any]:
    """A request with the run in its metadata, where it asks for something to be stored and there is a run to name."""
    stores = body.get("store") is True or body.get("background") is True
    return {**body, **({"metadata": {TAG_KEY: run}} if run and stores and not UNTAGGED & body.keys() else {})}
