"""Exchanges that break nothing: no check complains, none stumbles."""

from __future__ import annotations

import pytest
from tests.judge.exchanges import broken, exchange_of, judged, read


@pytest.mark.parametrize("name", list(read("good")))
def test_a_good_exchange_breaks_nothing(name: str) -> None:
    ledger = judged(exchange_of(read("good")[name]))

    assert broken(ledger) == set()
    assert any(entry.judged for entry in ledger.entries.values())
