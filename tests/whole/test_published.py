"""What is published of real servers: valid, small, read, and free of the machine it was made on."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from antiphon.config import load as configuration
from antiphon.contract.load import contract
from antiphon.report.causes import causes_of
from antiphon.report.files import load_result
from antiphon.report.result_model import Result
from antiphon.report.site.matrix import as_markdown

REPORTS = Path(__file__).resolve().parents[2] / "reports"
RESULTS = sorted((REPORTS / "results").glob("*.json"))
MOST = 500_000
MACHINE = re.compile(r"(?<![\w:/.])/(?:tmp|home|root|work|Users|opt|var)/|\.\./shared")
pytestmark = pytest.mark.skipif(not REPORTS.is_dir(), reason="there is no checkout")


def broken(result: Result) -> set[str]:
    return {each["id"] for each in result["requirements"] if each["verdict"] == "fail"}


def script(name: str) -> ModuleType:
    """A script of reports/ as a module."""
    spec = importlib.util.spec_from_file_location(name, REPORTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def publisher() -> ModuleType:
    return script("publish")


def test_eight_servers_are_published() -> None:
    assert [each.stem for each in RESULTS] == [
        "aimock", "fastresponses", "litellm", "llama-server", "ogx", "open-responses-server", "prism", "transformers",
    ]  # fmt: skip


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_result_is_whole_valid_and_small(path: Path) -> None:
    result = load_result(path)

    assert result["target"]["name"] == path.stem
    assert result["target"]["version"]
    assert not result["filtered"]
    assert result["totals"]["error"] == 0
    assert "traffic" not in result
    assert path.stat().st_size < MOST


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_result_is_what_the_publisher_makes_of_it(path: Path) -> None:
    publish = publisher()
    result = load_result(path)

    assert publish.small(result) == result
    assert publish.lines(result) == path.read_text(encoding="utf-8")


def test_the_publisher_keeps_verdicts_and_bounds_the_rest() -> None:
    place = {"exchange": "made/1", "at": "/id", "expected": "e" * 1000, "got": "g", "message": "", "curl": "curl"}
    requirement = {
        "id": "a.b",
        "verdict": "fail",
        "violated": 9,
        "evidence": [{"kind": "probe"}],
        "violations": [place] * 9,
    }
    whole = {
        "requirements": [requirement],
        "traffic": [1],
        "scenarios": [2],
        "transcript": "/x/y",
        "files": ["z"],
        "calls": 3,
    }

    made = publisher().small(whole)

    assert {name: made["requirements"][0][name] for name in ("id", "verdict", "violated")} == {
        "id": "a.b", "verdict": "fail", "violated": 9,
    }  # fmt: skip
    assert [len(each["expected"]) for each in made["requirements"][0]["violations"]] == [300, 300]
    assert (made["calls"], made["scenarios"], made["transcript"], made["files"]) == (3, [], "", [])
    assert "traffic" not in made
    assert json.loads(publisher().lines(made)) == made


def test_the_matrix_is_what_the_command_makes() -> None:
    assert (REPORTS / "matrix.md").read_text(encoding="utf-8") == as_markdown([load_result(path) for path in RESULTS])


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_the_page_has_the_numbers_of_each_server(path: Path) -> None:
    result = load_result(path)
    rows = (REPORTS / "README.md").read_text(encoding="utf-8").splitlines()
    row = next(each for each in rows if each.startswith(f"| {path.stem} |"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]

    assert f" {result['target']['version']}" in cells[1]
    assert [int(cells[4]), int(cells[5])] == [result["calls"], len(broken(result))]


def test_the_page_is_made_from_the_results() -> None:
    groups = script("groups")
    page = (REPORTS / "README.md").read_text(encoding="utf-8")

    assert page.endswith(groups.section(groups.published()))


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_maintainer_has_a_dozen_causes(path: Path) -> None:
    result = load_result(path)

    assert len(causes_of(result)) <= 15
    assert not [cause["title"] for cause in causes_of(result) if cause["title"].startswith("What is promised")]


def test_the_page_tells_of_every_broken_must_and_of_no_other() -> None:
    page = (REPORTS / "README.md").read_text(encoding="utf-8").split("## What is broken")[1]
    said: dict[str, set[str]] = {}
    for id, names in re.findall(r"^- `([\w.-]+)`: (.+)$", page, re.MULTILINE):
        said.setdefault(id, set()).update(names.split(", "))
    found: dict[str, set[str]] = {}
    for path in RESULTS:
        for id in broken(load_result(path)):
            found.setdefault(id, set()).add("o-r-s" if path.stem == "open-responses-server" else path.stem)

    assert said == found
    assert set(said) <= set(contract().requirements)


def test_the_targets_are_those_that_were_run() -> None:
    known = configuration(REPORTS / "antiphon.toml")
    raw = tomllib.loads((REPORTS / "antiphon.toml").read_text(encoding="utf-8"))["targets"]

    for path in RESULTS:
        run = load_result(path)["target"]
        named = known.target(path.stem)
        assert (named["base_url"], named["model"]) == (run["base_url"], run["model"])
        assert raw[path.stem]["server_version"] == run["version"]


@pytest.mark.parametrize(
    "path", sorted(each for each in REPORTS.rglob("*") if each.is_file()), ids=lambda path: path.name
)
def test_nothing_names_the_machine(path: Path) -> None:
    if path.suffix in (".json", ".md", ".toml", ".py"):
        assert MACHINE.findall(path.read_text(encoding="utf-8")) == []
