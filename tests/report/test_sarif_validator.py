"""Microsoft's SARIF validator, with its rules for code scanning, has no error and no warning on what we write."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.report import made

from antiphon.report.formats.sarif import Note, sarif, sarif_of

HERE = Path(__file__).parent / "sarif"


@pytest.fixture(scope="module")
def validator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The validator, installed from the lock file; a skip where there is no npm or no registry."""
    npm = shutil.which("npm")
    if not npm or sys.platform != "linux":
        pytest.skip("no npm here, or no Linux")
    folder = tmp_path_factory.mktemp("sarif")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=240)
    path = folder / "node_modules" / "@microsoft" / "sarif-multitool-linux" / "Sarif.Multitool"
    if done.returncode or not path.exists():
        pytest.skip(f"npm cannot install the validator: {done.stderr.decode(errors='replace')[-200:]}")
    path.chmod(0o755)
    return path


def complaints(validator: Path, document: dict[str, Any], folder: Path) -> list[str]:
    """The rules that a document breaks, by their ids."""
    (folder / "mine.sarif").write_text(json.dumps(document), encoding="utf-8")
    rules = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--kind", "Fail", "--quiet"]
    subprocess.run(
        [validator, "validate", "mine.sarif", "-o", "said.sarif", *rules],
        cwd=folder, capture_output=True, timeout=600, check=True,
    )  # fmt: skip
    (run,) = json.loads((folder / "said.sarif").read_text(encoding="utf-8-sig"))["runs"]
    return [each["ruleId"] for each in run["results"]]


def test_the_validator_has_nothing_to_say(validator: Path, tmp_path: Path) -> None:
    note = Note("baseline.stale", "An entry is stale.", "usage.sum passes", "waivers.yaml", 12)
    document = json.loads(sarif(made.broken()))
    document["runs"] += json.loads(sarif_of([note]))["runs"]

    assert complaints(validator, document, tmp_path) == []


def test_the_validator_sees_what_is_missing(validator: Path, tmp_path: Path) -> None:
    document = json.loads(sarif(made.broken()))
    del document["runs"][0]["tool"]["driver"]["rules"][0]["fullDescription"]

    assert complaints(validator, document, tmp_path) == ["GH2012"]
