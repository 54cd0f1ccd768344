"""The workflows, forms and hooks of the repository itself fit the schemas of their readers, without a network."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("check_jsonschema")

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
HOOKS = {
    hook.get("alias", hook["id"]): hook
    for repository in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    for hook in repository["hooks"]
}
SPEC_HOOKS = {name: hook for name, hook in HOOKS.items() if hook["id"] == "check-jsonschema"}
SCHEMAS_OF_USERS = {"baseline", "recipe", "review", "script", "common"}
"""Schemas of files that a user writes, and of implementations/: none of them lies in `spec/`."""


def check_jsonschema(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the validator that the hooks run."""
    command = [sys.executable, "-m", "check_jsonschema", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("vendor.github-workflows", sorted((GITHUB / "workflows").glob("*.yml"))),
        ("custom.github-workflows-require-timeout", sorted((GITHUB / "workflows").glob("*.yml"))),
        ("vendor.dependabot", [GITHUB / "dependabot.yml"]),
        ("vendor.github-issue-forms", FORMS),
        ("vendor.github-issue-config", [GITHUB / "ISSUE_TEMPLATE" / "config.yml"]),
    ],
)
def test_a_file_fits_the_schema_of_its_reader(schema: str, paths: list[Path]) -> None:
    assert paths
    done = check_jsonschema("--builtin-schema", schema, *map(str, paths))

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_for_the_output_of_doctor(path: Path) -> None:
    fields = {field["id"]: field for field in read(path)["body"]}

    assert "antiphon doctor" in fields["doctor"]["attributes"]["label"]
    assert fields["doctor"]["validations"]["required"]


def test_ci_runs_every_environment_of_tox_under_every_python_that_is_supported() -> None:
    jobs = read(GITHUB / "workflows" / "ci.yml")["jobs"]
    ours = re.search(r"^env_list = (.*)$", (ROOT / "tox.ini").read_text(encoding="utf-8"), re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = [name.rpartition(" ")[2] for name in project["classifiers"] if re.search(r"Python :: 3\.\d+$", name)]

    assert ours is not None
    assert {name for job in jobs.values() for name in job["strategy"]["matrix"]["environment"]} == set(
        ours[1].split(", ")
    )
    assert jobs["tests"]["strategy"]["matrix"]["python"] == versions


@pytest.mark.parametrize("name", SPEC_HOOKS)
def test_a_hook_holds_the_files_of_the_contract_to_their_schema(name: str) -> None:
    hook = SPEC_HOOKS[name]
    reports = [path for name in ("clients", "soak") for path in sorted((ROOT / "reports" / name).glob("*.json"))]
    paths = [*sorted((ROOT / "spec").rglob("*.yaml")), *reports]
    files = [path.relative_to(ROOT).as_posix() for path in paths]
    chosen = [file for file in files if re.search(hook["files"], file)]
    assert chosen
    done = check_jsonschema(*hook["args"], *chosen)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_schema_of_the_contract_has_a_hook() -> None:
    schemas = {path.name.removesuffix(".schema.json") for path in (ROOT / "spec" / "meta").glob("*.schema.json")}

    assert {name.removeprefix("spec-") for name in SPEC_HOOKS} == schemas - SCHEMAS_OF_USERS


def test_the_schemas_are_schemas() -> None:
    pattern = HOOKS["check-metaschema"]["files"]
    files = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "spec").rglob("*.json"))]
    chosen = [file for file in files if re.search(pattern, file)]
    done = check_jsonschema("--check-metaschema", *chosen)

    assert chosen
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_the_weekly_matrix_has_every_recipe(tmp_path: Path) -> None:
    jobs = read(GITHUB / "workflows" / "matrix.yml")["jobs"]
    (script,) = (step["run"] for step in jobs["recipes"]["steps"] if step.get("id") == "names")
    output = tmp_path / "output"
    environment = {**os.environ, "GITHUB_OUTPUT": str(output)}
    subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], cwd=ROOT, env=environment, check=True)
    name, _, value = output.read_text(encoding="utf-8").strip().partition("=")

    assert name == "names"
    assert json.loads(value) == sorted(path.parent.name for path in (ROOT / "implementations").glob("*/recipe.yaml"))
    assert jobs["run"]["strategy"]["matrix"]["name"] == "${{ fromJSON(needs.recipes.outputs.names) }}"
