"""Each client of clients/clients.tsv has its script, its pins, and the names that these were made of."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

CLIENTS = Path(__file__).parents[2] / "clients"


class Row(NamedTuple):
    client: str
    npm: str
    venv: str
    script: str
    package: str
    spec: str


ROWS = [Row(*line.split("\t")) for line in (CLIENTS / "clients.tsv").read_text(encoding="utf-8").splitlines()]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(venv: str) -> dict[str, str]:
    lines = (CLIENTS / "requirements" / f"{venv}.txt").read_text(encoding="utf-8").split()
    return {normal(name): version for name, _, version in (line.partition("==") for line in lines)}


def test_every_script_belongs_to_a_client() -> None:
    scripts = {path.name for path in (CLIENTS / "cases").iterdir() if path.suffix in (".py", ".mjs")}

    assert {row.script for row in ROWS} == scripts
    assert len({row.client for row in ROWS}) == len({row.spec for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("venv", sorted({row.venv for row in ROWS} - {"-"}))
def test_what_an_environment_is_made_of_is_pinned(venv: str) -> None:
    names = (CLIENTS / "requirements" / f"{venv}.in").read_text(encoding="utf-8").split()

    assert {normal(name.partition("[")[0]) for name in names} <= set(pins(venv))
    assert all(pins(venv).values())


@pytest.mark.parametrize("npm", sorted({row.npm for row in ROWS} - {"-"}))
def test_a_project_of_npm_is_pinned_as_its_lock_is(npm: str) -> None:
    folder = CLIENTS / "requirements" / npm
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert not [path for path, package in locked.items() if "resolved" in package]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.client)
def test_the_package_of_a_client_is_among_what_is_installed_for_it(row: Row) -> None:
    if row.npm == "-":
        assert normal(row.package) in pins(row.venv)
    else:
        package = json.loads((CLIENTS / "requirements" / row.npm / "package.json").read_text(encoding="utf-8"))
        assert row.package in package["dependencies"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.client)
def test_every_case_names_what_it_plays(row: Row) -> None:
    source = (CLIENTS / "cases" / row.script).read_text(encoding="utf-8")
    known = re.search(
        r"FEATURES = \((.*?)\)", (CLIENTS / "cases/lib/harness.py").read_text(encoding="utf-8"), re.DOTALL
    )
    assert known is not None
    features = re.findall(r"""t\.case\([^\n]*?, ["']([a-z,-]+)["'][,)]""", source)

    assert features
    assert {each for names in features for each in names.split(",")} <= set(re.findall(r'"([a-z-]+)"', known[1]))
