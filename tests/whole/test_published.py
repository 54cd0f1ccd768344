"""What is published of real servers: valid, small, read, and free of the machine it was made on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from antiphon.contract.load import contract
from antiphon.matrix.overview import overview
from antiphon.matrix.publication import lines, small
from antiphon.matrix.published_result import measurements, published_results
from antiphon.matrix.recipe import read_yaml, recipes, subjects
from antiphon.matrix.review import FILE, broken_musts
from antiphon.report.causes import causes_of
from antiphon.report.files import load_result
from antiphon.report.site.matrix import as_markdown

ROOT = Path(__file__).resolve().parents[2]
REPORTS, RECIPES = ROOT / "reports", ROOT / "implementations"
pytestmark = pytest.mark.skipif(not REPORTS.is_dir(), reason="there is no checkout")
RESULTS = sorted((REPORTS / "results").glob("*.json"))
MOST = 600_000
MACHINE = re.compile(r"(?<![\w:/.])/(?:tmp|home|root|work|Users|opt|var)/|\.\./shared/(?:facts|targets)")


def test_every_recipe_has_a_result_and_every_result_a_recipe() -> None:
    assert [path.stem for path in RESULTS] == sorted(each.name for each in subjects(recipes(RECIPES), ()))


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_result_is_whole_valid_and_small(path: Path) -> None:
    result = load_result(path)

    assert f"{result['target']['name']}@{result['target']['version']}" == path.stem
    assert not result["filtered"]
    assert result["totals"]["error"] == 0
    assert "traffic" not in result
    assert path.stat().st_size < MOST


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_result_is_what_is_published_of_it(path: Path) -> None:
    result = load_result(path)

    assert small(result) == result
    assert lines(result) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_result_is_of_the_target_in_its_recipe(path: Path) -> None:
    name = path.stem.partition("@")[0]
    recipe, target = recipes(RECIPES)[name], load_result(path)["target"]

    assert (recipe.base_url, recipe.values["model"]) == (target["base_url"], target["model"])


def test_the_matrix_and_the_page_are_what_the_command_makes() -> None:
    results = published_results(recipes(RECIPES), REPORTS)

    assert (REPORTS / "matrix.md").read_text(encoding="utf-8") == as_markdown(
        [each.result for each in results], measurements(results)
    )
    assert (REPORTS / "README.md").read_text(encoding="utf-8") == overview(results)


def test_what_was_measured_of_clients_is_of_results_and_clients_that_there_are() -> None:
    results = published_results(recipes(RECIPES), REPORTS)
    measured = measurements(results)

    assert sorted(measured) == sorted(path.stem for path in (REPORTS / "clients").glob("*.json"))
    assert {client for found in measured.values() for client in found} <= set(contract().clients)
    assert any(cell.differs for each in results for cell in each.client_cells)


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_maintainer_has_a_dozen_causes(path: Path) -> None:
    result = load_result(path)

    assert len(causes_of(result)) <= 15
    assert not [cause["title"] for cause in causes_of(result) if cause["title"].startswith("What is promised")]


def test_the_page_tells_of_every_broken_must_and_of_no_other() -> None:
    page = (REPORTS / "README.md").read_text(encoding="utf-8").split("## What is broken")[1]
    listed: dict[str, set[str]] = {}
    for id, names in re.findall(r"^- `([\w.-]+)`: (.+)$", page, re.MULTILINE):
        listed.setdefault(id, set()).update(names.split(", "))
    found: dict[str, set[str]] = {}
    for path in RESULTS:
        for id in broken_musts(load_result(path)):
            found.setdefault(id, set()).add(path.stem)

    assert listed == found


@pytest.mark.parametrize("path", sorted(RECIPES.glob(f"*/{FILE}")), ids=lambda path: path.parent.name)
def test_a_review_is_of_versions_and_requirements_that_there_are(path: Path) -> None:
    recipe = recipes(RECIPES)[path.parent.name]

    for version, entry in read_yaml(path, "review").items():
        assert version in recipe.versions
        reasons = [id for kind in ("not_its_own", "echoes", "mistaken") for id in entry.get(kind, {})]
        assert {*entry["own"], *reasons} <= set(contract().requirements)
        assert len({*entry["own"], *reasons}) == len(entry["own"]) + len(reasons)


@pytest.mark.parametrize(
    "path",
    sorted(
        each
        for folder in (REPORTS, RECIPES)
        for each in folder.rglob("*")
        if each.is_file() and folder / "runs" not in each.parents
    ),
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_nothing_names_the_machine(path: Path) -> None:
    if path.suffix in (".json", ".md", ".py", ".sh", ".txt", ".yaml"):
        assert MACHINE.findall(path.read_text(encoding="utf-8")) == []
