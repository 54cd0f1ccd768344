"""Runs against servers with one behaviour bent have the verdicts that their table calls right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cases.bent_servers import BENDS, bent_server
from tests.cases.wishes import misses, params

from antiphon.cli import main

DATA = Path(__file__).parents[1] / "data" / "cases"
TABLE: list[dict[str, Any]] = yaml.safe_load((DATA / "servers.yaml").read_text(encoding="utf-8"))
Judged = dict[str, tuple[int, dict[str, Any]]]


@pytest.fixture(scope="module")
def judged() -> Judged:
    """Exit codes and results that were made, by server."""
    return {}


def result_of(row: dict[str, Any], folder: Path) -> tuple[int, dict[str, Any]]:
    """Exit code and result of a run against a server; an empty result where the run ended before there was one."""
    selected = [word for name in row["select"] for word in ("--select", name)]
    options = ("--depth", row.get("depth", "standard"), "--format", "json", "--report-dir", str(folder))
    with bent_server(row["server"]) as url, pytest.raises(SystemExit) as ended:
        main(["run", "--base-url", url, "--model", "antiphon-1", *options, *selected])
    written = folder / "result.json"
    nothing: dict[str, Any] = {"requirements": [], "capabilities": {}}
    result: dict[str, Any] = json.loads(written.read_text(encoding="utf-8")) if written.exists() else nothing
    return int(ended.value.code or 0), result


@pytest.mark.long
@pytest.mark.parametrize(("row", "wish"), params(TABLE, "server"))
def test_a_run_against_a_bent_server_has_the_right_verdict(
    row: dict[str, Any], wish: dict[str, Any], judged: Judged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    if row["server"] not in judged:
        judged[row["server"]] = result_of(row, tmp_path)

    assert misses(wish, *judged[row["server"]]) == []


def test_the_table_names_every_bent_server_once() -> None:
    assert sorted(row["server"] for row in TABLE) == sorted(BENDS)
