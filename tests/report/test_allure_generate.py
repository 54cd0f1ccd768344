"""Allure's own command line reads what we write, and finds in it what we meant."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.report import made

from antiphon.report.write import write_all

HERE = Path(__file__).parent / "allure"


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Allure, installed from the lock file; a skip where there is no Node or no registry."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        pytest.skip("no Node here")
    folder = tmp_path_factory.mktemp("allure")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    done = subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, timeout=240)
    if done.returncode:
        pytest.skip(f"npm cannot install Allure: {done.stderr.decode(errors='replace')[-200:]}")
    return folder / "node_modules" / ".bin" / "allure"


@pytest.fixture(scope="module")
def report(command: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a report that Allure generated of a server that breaks promises and says hostile things."""
    folder = tmp_path_factory.mktemp("run")
    write_all(made.broken(), folder, ["allure"])
    out = folder / "allure-report"
    quiet = os.environ | {"ALLURE_NO_ANALYTICS": "1"}
    subprocess.run(
        [command, "generate", folder / "allure-results", "-o", out], cwd=folder, env=quiet, check=True,
        capture_output=True, timeout=600,
    )  # fmt: skip
    return out


def cases(report: Path) -> dict[str, dict[str, Any]]:
    found = [json.loads(path.read_text(encoding="utf-8")) for path in (report / "data" / "test-results").glob("*.json")]
    return {each["fullName"]: each for each in found}


def test_allure_counts_what_we_count(report: Path) -> None:
    stats = json.loads((report / "summary.json").read_text(encoding="utf-8"))["stats"]
    assert stats == {"total": 28, "passed": 19, "failed": 4, "skipped": 4, "broken": 1}


def test_allure_groups_by_area_behaviour_and_cause(report: Path) -> None:
    labels = cases(report)["stream.sequence.contiguous"]["groupedLabels"]
    assert (labels["epic"], labels["feature"], labels["severity"]) == (["stream"], ["stream.sequence"], ["critical"])
    assert labels["suite"] == ["02. Numbers and places of events are wrong: contiguous"]


def test_allure_keeps_the_link_and_what_is_attached(report: Path) -> None:
    case = cases(report)["stream.sequence.contiguous"]
    assert [each["url"] for each in case["links"]] == ["../report.html#stream.sequence.contiguous"]
    links = [each["link"] for each in case["steps"] if each["type"] == "attachment"]
    files = {each["name"]: report / "data" / "attachments" / (each["id"] + each["ext"]) for each in links}
    assert list(files) == ["request", "raw reply", "events", "curl"]
    assert files["request"].read_text(encoding="utf-8").startswith("POST /responses\n")
    assert files["curl"].read_text(encoding="utf-8").startswith("curl -i -N -X POST ")
