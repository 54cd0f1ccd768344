"""Lends the made-up results."""

from __future__ import annotations

import pytest
from tests.report import made

from antiphon.report.result_model import Result


@pytest.fixture
def gateway() -> Result:
    """A server that breaks promises of every kind and says hostile things."""
    return made.broken()


@pytest.fixture
def reference() -> Result:
    """A server that keeps every promise."""
    return made.clean()
