"""Which arguments of pytest load the suites: those installed, those of a checkout, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from antiphon.contract.paths import suites_dir
from antiphon.pytest_plugin.entry import is_suite


def test_the_suites_that_are_installed_and_their_parts_are_suites() -> None:
    assert is_suite(str(suites_dir()))
    assert is_suite(f"{suites_dir() / 'store' / 'test_life.py'}::test_a_response")


def test_the_suites_of_a_checkout_are_suites_whichever_antiphon_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("suites", "tests"):
        (tmp_path / folder / "store").mkdir(parents=True)
    (tmp_path / "suites" / "costs.json").write_text("{}")
    monkeypatch.chdir(tmp_path)

    assert is_suite("suites")
    assert is_suite("suites/store/test_life.py")
    assert not is_suite("tests")
    assert not is_suite(str(tmp_path))
