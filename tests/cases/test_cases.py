"""The inputs of tests/data/cases have the verdicts that their table calls right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from antiphon.cli import main

DATA = Path(__file__).parents[1] / "data" / "cases"
TABLE: list[dict[str, Any]] = yaml.safe_load((DATA / "expectations.yaml").read_text(encoding="utf-8"))
BROKEN = ("fail", "warn", "error")
WISHES = {"fails", "warns", "warned_beside", "spared", "open", "no_other", "states", "not_states", "exit"}


def cases() -> list[Any]:
    """Each row of the table, and each part of a row that waits for something."""
    found = []
    for row in TABLE:
        found.append(pytest.param(row, row, id=row["input"]))
        for wish in row.get("later", ()):
            waits = pytest.mark.xfail(reason=f"waits for {wish['part']}", strict=False)
            found.append(pytest.param(row, wish, id=f"{row['input']}-{wish['part']}", marks=waits))
    return found


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


def misses(wish: dict[str, Any], code: int, result: dict[str, Any]) -> list[str]:
    """What of a wish is not so."""
    verdicts = {each["id"]: each["verdict"] for each in result["requirements"]}
    states = {name: each["state"] for name, each in result["capabilities"].items()}
    failed = {name for name, verdict in verdicts.items() if verdict == "fail"}
    beside = "warned_beside" in wish
    warned = [name for name, verdict in verdicts.items() if verdict == "warn"]
    return [
        *(f"{name} is no fail" for name in wish.get("fails", ()) if name not in failed),
        *(f"{name} is no warning" for name in wish.get("warns", ()) if name not in warned),
        *(f"{name} is broken" for name in wish.get("spared", ()) if verdicts.get(name) in BROKEN),
        *(f"{name}: {verdicts.get(name)}" for name in wish.get("open", ()) if verdicts.get(name) != "not-testable"),
        *(f"{name} fails too" for name in sorted(failed - set(wish.get("fails", ()))) if wish.get("no_other")),
        *(f"{name} is {states[name]}" for name, state in wish.get("states", {}).items() if states[name] != state),
        *(f"{name} is {state}" for name, state in wish.get("not_states", {}).items() if states[name] == state),
        *(["nothing else is warned of"] if set(warned) <= set(wish.get("warned_beside", ())) and beside else []),
        *([f"exit code {code}"] if wish.get("exit", code) != code else []),
    ]


@pytest.mark.parametrize(("row", "wish"), cases())
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
