"""Recordings of real servers have the causes that a maintainer would name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from antiphon.cli import main

DATA = Path(__file__).parents[1] / "data" / "causes"
EXPECTED: dict[str, dict[str, list[str]]] = yaml.safe_load((DATA / "expectations.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recording_has_its_causes(name: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["judge", str(DATA / f"{name}.jsonl"), "--format", "json", "--report-dir", str(tmp_path)])
    result: dict[str, Any] = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))

    assert ended.value.code == 1
    assert {cause["id"]: sorted(cause["requirements"]) for cause in result["causes"]} == {
        cause: sorted(requirements) for cause, requirements in EXPECTED[name].items()
    }
    broken = sorted(each["id"] for each in result["requirements"] if each["verdict"] in ("fail", "warn"))
    assert sorted(id for cause in result["causes"] for id in cause["requirements"]) == broken


def test_every_recording_is_expected_of() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in DATA.glob("*.jsonl"))
