"""An edition changes only where somebody says so."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from antiphon.contract import frozen
from antiphon.contract.load import edition_ids
from antiphon.errors import ConfigError


def test_the_editions_promise_what_was_recorded() -> None:
    found = frozen.changes(frozen.recorded(), frozen.current())

    assert found == [], (
        "The editions promise something else than was recorded. A released edition needs a file and a date of its own; "
        f"before a release, `{frozen.COMMAND}` records the change."
    )


def test_every_edition_is_recorded() -> None:
    assert tuple(sorted(frozen.recorded()["editions"])) == edition_ids()


def test_a_change_is_named() -> None:
    old = frozen.current()
    new = copy.deepcopy(old)
    new["requirements"]["usage.total"] = "0"
    del new["relaxations"]["response.user-null"]
    edition = new["editions"]["azure-2026"]
    edition["levels"]["usage.total"] = "may"
    edition["routes"].pop("compact")
    edition["schemas"] = "0"

    found = frozen.changes(old, new)

    assert [line.split(": ")[0] for line in found] == [
        "requirement usage.total", "relaxation response.user-null", "edition azure-2026", "edition azure-2026",
        "edition azure-2026",
    ]  # fmt: skip
    assert "edition azure-2026: route compact: gone" in found
    assert "edition azure-2026: level usage.total: new" in found


def test_nothing_changed_is_nothing_told() -> None:
    assert frozen.changes(frozen.current(), frozen.current()) == []


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What was recorded, with one edition released and changed since; it is written elsewhere."""
    old = frozen.current()
    old["editions"]["azure-2026"]["released"] = True
    old["editions"]["azure-2026"]["schemas"] = "0"
    monkeypatch.setattr(frozen, "recorded", lambda: old)
    now = frozen.current()
    monkeypatch.setattr(frozen, "current", lambda: now)
    monkeypatch.setattr(frozen, "spec_dir", lambda: tmp_path)
    return old


def test_a_released_edition_is_not_recorded_anew(kept: Any) -> None:
    with pytest.raises(ConfigError, match="azure-2026 is released"):
        frozen.freeze()


def test_a_new_date_may_be_recorded(kept: Any, tmp_path: Path) -> None:
    kept["editions"]["azure-2026"]["date"] = "2025-01-01"

    assert len(frozen.freeze()) == 2
    assert "azure-2026" in (tmp_path / "frozen.yaml").read_text(encoding="utf-8")
