"""The inputs of tests/data/cases have the verdicts that their table calls right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cases.wishes import WISHES, misses, params

from antiphon.cli import main

DATA = Path(__file__).parents[1] / "data" / "cases"
TABLE: list[dict[str, Any]] = yaml.safe_load((DATA / "expectations.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, dict[str, Any]]]:
    """Exit codes and results that were made, by input."""
    return {}


def result_of(row: dict[str, Any], folder: Path) -> tuple[int, dict[str, Any]]:
    """Exit code and result of judging an input as a user does."""
    edition = row.get("edition", "openai-2026-08")
    words = ["judge", str(DATA / row["input"]), "--edition", edition, "--format", "json", "--report-dir", str(folder)]
    with pytest.raises(SystemExit) as ended:
        main(words)
    result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return int(ended.value.code or 0), result


@pytest.mark.parametrize(("row", "wish"), params(TABLE, "input"))
def test_an_input_has_the_right_verdict(
    row: dict[str, Any], wish: dict[str, Any], judged: dict[str, tuple[int, dict[str, Any]]], tmp_path: Path
) -> None:
    if row["input"] not in judged:
        judged[row["input"]] = result_of(row, tmp_path)

    assert misses(wish, *judged[row["input"]]) == []


def test_the_table_names_every_input_once_and_asks_something_of_it() -> None:
    named = [row["input"] for row in TABLE]
    there = [path.relative_to(DATA).as_posix() for path in sorted(DATA.glob("*/*"))]

    assert sorted(named) == sorted(there)
    for row in TABLE:
        assert any(WISHES & wish.keys() for wish in (row, *row.get("later", ()))), row["input"]
