"""axe-core finds nothing serious, and the causes are on the first screen, at both widths."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.browser.chromium import Tab

from antiphon.matrix.pages import pages
from antiphon.matrix.published_result import published_results
from antiphon.matrix.recipe import recipes

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MOST_SECONDS = 240
SCREENS = [(1280, 900, "light"), (390, 844, "light"), (1280, 900, "dark")]
GRAVE = ("serious", "critical")
FINDINGS = """axe.run(document, {resultTypes: ["violations"]}).then((result) => JSON.stringify(
  result.violations.map((rule) => [rule.impact, rule.id, rule.nodes.map((node) => node.html.slice(0, 120))])))"""


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of axe-core, installed from the lock file."""
    if not (shutil.which("node") and (npm := shutil.which("npm"))):
        pytest.skip("there is no Node here")
    folder = tmp_path_factory.mktemp("axe")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=MOST_SECONDS, check=False)
    if done.returncode:
        pytest.skip(f"npm cannot install axe-core: {done.stderr[-200:]}")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def grave_findings(tab: Tab, axe: str) -> list[Any]:
    """What axe-core calls serious or critical in the page, all of it unfolded."""
    tab.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    tab.ask(f"{axe};0")
    return [rule for rule in json.loads(tab.ask(FINDINGS)) if rule[0] in GRAVE]


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_axe_finds_nothing_serious_in_a_report(
    tab: Tab, report: Path, axe: str, width: int, height: int, scheme: str
) -> None:
    tab.look(width, height, scheme)
    tab.open(report)

    assert grave_findings(tab, axe) == []


def test_axe_finds_nothing_serious_in_a_matrix(tab: Tab, site: Path, axe: str) -> None:
    tab.open(site)

    assert grave_findings(tab, axe) == []


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_axe_finds_nothing_serious_in_the_page_of_an_implementation(
    tab: Tab, tmp_path: Path, axe: str, width: int, height: int, scheme: str
) -> None:
    published = published_results(recipes(ROOT / "implementations"), ROOT / "reports")
    two = [each for each in published if each.recipe.name == "aimock"]
    (tmp_path / "page.html").write_text(pages(two)["implementations/aimock.html"], encoding="utf-8")
    tab.look(width, height, scheme)
    tab.open(tmp_path / "page.html")

    assert grave_findings(tab, axe) == []
    assert tab.ask("document.documentElement.scrollWidth <= innerWidth")


def test_axe_sees_what_is_wrong(tab: Tab, report: Path, axe: str) -> None:
    tab.open(report)
    tab.ask("document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button>')")

    assert [rule[1] for rule in grave_findings(tab, axe)] == ["button-name"]


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_the_causes_are_on_the_first_screen(tab: Tab, report: Path, width: int, height: int, scheme: str) -> None:
    tab.look(width, height, scheme)
    tab.open(report)
    first = "document.querySelectorAll('#causes details')[0].getBoundingClientRect()"

    assert tab.ask("document.querySelector('#causes h2').getBoundingClientRect().top > 0")
    assert tab.ask(f"{first}.bottom < innerHeight")
    assert tab.ask("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("id", ["stream.text.adds-up", "errors.envelope.shape", "cause.stream-numbering"])
def test_a_command_stands_where_a_deep_link_lands(tab: Tab, report: Path, id: str) -> None:
    tab.open(report, f"#{id}")
    command = f"document.getElementById('{id}').querySelector('.command').getBoundingClientRect()"

    assert tab.ask(f"{command}.top > 0 && {command}.top < innerHeight")
