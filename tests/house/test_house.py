"""Imports go one way, dependencies are justified, and the wheel works outside the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def lint_imports(config: Path, root: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of a configuration over the packages below a folder."""
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", script, "--config", str(config), "--no-cache"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_imports_go_one_way() -> None:
    pytest.importorskip("importlinter")
    done = lint_imports(ROOT / "pyproject.toml", ROOT / "src")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


BREACHES = {
    "causes/fold.py": "from antiphon.judge.ledger import Ledger",
    "report/text.py": "from antiphon.cli import main",
    "judge/rebuild.py": "import socket",
    "judge/grammar/sums.py": "from antiphon.exercise.api import Api",
    "server/ids.py": "from antiphon.judge.rebuild import fold",
    "server/state/store.py": "from antiphon.server.http.list_pages import page_of",
    "server/http/query.py": "from antiphon.server.fast.connection import FastProtocol",
    "contract/paths.py": "import antiphon.report.text",
    "judge/grammar/problems.py": "import antiphon.judge.grammar.walker",
}


@pytest.mark.parametrize("place", BREACHES)
def test_an_import_that_goes_the_other_way_is_seen(place: str, tmp_path: Path) -> None:
    """The contracts can fail: each of these lines breaks one."""
    pytest.importorskip("importlinter")
    shutil.copytree(ROOT / "src" / "antiphon", tmp_path / "antiphon", ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / "antiphon" / place
    file.write_text(file.read_text() + f"\n{BREACHES[place]}  # noqa\n")
    done = lint_imports(ROOT / "pyproject.toml", tmp_path)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


def named(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~ \[]", each)[0].lower() for each in requirements}


def test_every_dependency_is_justified_and_no_other() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    extras = PROJECT["project"]["optional-dependencies"]
    told = dict(re.findall(r"^\| `([a-z0-9-]+)` \| (.+) \|$", page, re.MULTILINE))

    wanted = named(PROJECT["project"]["dependencies"]).union(*map(named, extras.values()))
    assert told.keys() == wanted
    assert all(len(why.split()) >= 5 for why in told.values())


def test_every_dependency_is_used() -> None:
    """A package that nothing imports is not one we need; uvicorn takes up two by itself where they are there."""
    modules = {"pyyaml": "yaml", "allure-python-commons": "allure_commons", "jsonschema-rs": "jsonschema_rs"}
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    for each in named(PROJECT["project"]["dependencies"]) - {"uvloop", "httptools"}:
        module = modules.get(each, each.replace("-", "_"))
        assert re.search(rf"^\s*(?:import|from) {module}\b", source, re.MULTILINE), each


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the built wheel alone is unpacked, as an installation has it."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    subprocess.run([*pip, "install", "--no-deps", "--target", str(target), str(wheel)], check=True)
    return target


def test_the_wheel_runs_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    environment.pop("GITHUB_STEP_SUMMARY", None)
    where = subprocess.run(
        [sys.executable, "-c", "import antiphon; print(antiphon.__file__)"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(where.stdout.strip()).is_relative_to(installed)

    for words in (["list"], ["run", "-k", "usage"], ["baseline", "antiphon-report/result.json"]):
        done = subprocess.run(
            [sys.executable, "-m", "antiphon", *words],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (words, done.stdout[-500:], done.stderr)
        assert done.stdout.strip()


def test_the_wheel_holds_the_contract_the_suites_and_the_templates(installed: Path) -> None:
    package = installed / "antiphon"

    assert (package / "spec" / "meta" / "baseline.schema.json").is_file()
    assert list((package / "suites").rglob("test_*.py"))
    assert (package / "report" / "templates" / "nightly.html").is_file()
    assert not (installed / "tests").exists()
