"""Lends the made-up results."""

from __future__ import annotations

from typing import Any

import pytest
from tests.report import made


@pytest.fixture
def gateway() -> dict[str, Any]:
    """A server that breaks promises of every kind and says hostile things."""
    return made.broken()


@pytest.fixture
def reference() -> dict[str, Any]:
    """A server that keeps every promise."""
    return made.clean()
