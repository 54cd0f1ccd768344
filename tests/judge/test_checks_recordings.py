"""No false alarm over recordings of the real services, where they lie next to the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from antiphon.contract.load import contract
from antiphon.judge.engine import Judge
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers.detect import read

TRAFFIC = Path(__file__).resolve().parents[3] / "shared" / "traffic"
FILES = ("responses", "errors", "chat")
EDITIONS = {"openai": "openai-2026-08", "azure": "azure-2026"}


@pytest.mark.skipif(not TRAFFIC.is_dir(), reason="no recorded traffic next to the checkout")
@pytest.mark.parametrize("provider", list(EDITIONS))
def test_real_traffic_breaks_no_must_and_no_should(provider: str) -> None:
    judge = Judge(contract(EDITIONS[provider]))
    for name in FILES:
        for record in read(TRAFFIC / f"{name}.jsonl.gz", provider):
            if isinstance(record, Exchange):
                judge.feed(record)

    entries = judge.finish().entries
    levels = {name: judge.contract.level(name) for name, entry in entries.items() if entry.violated}

    assert judge.exchanges > 80
    assert not [error for entry in entries.values() for error in entry.errors]
    assert {name for name, level in levels.items() if level != "may"} == set()
