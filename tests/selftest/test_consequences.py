"""`spec/faults.yaml`: what nothing shows any more while a fault is on."""

from pathlib import Path

import pytest

from antiphon.contract import consequences as module
from antiphon.contract.consequences import consequences, write
from antiphon.contract.load import contract
from antiphon.server.faults import catalogue


def test_what_is_written_is_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "path", lambda: tmp_path / "faults.yaml")
    many = frozenset(f"area.topic-{number}" for number in range(60))
    known = {"one-fault": many, "other": frozenset({"c.d"})}
    consequences.cache_clear()
    write(known | {"without": frozenset()})

    assert consequences() == known
    assert max(map(len, (tmp_path / "faults.yaml").read_text().splitlines())) <= 120
    consequences.cache_clear()


def test_every_id_of_every_fault_is_a_requirement() -> None:
    known = contract("openai-2026-08").every
    named = {
        each: fault.name for fault in catalogue().values() for each in (*fault.breaks, *fault.implies, *fault.hides)
    }

    assert {each: name for each, name in named.items() if each not in known} == {}


def test_every_fault_names_something_that_it_breaks() -> None:
    assert [fault.name for fault in catalogue().values() if not fault.breaks] == []
