"""What a release rests on: one place for the version, its section in the changelog, no promise beforehand."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from tools import release_version

from antiphon import __version__

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "docs").rglob("*.yml"))]


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" not in project
    assert project["dynamic"] == ["version"]
    assert release_version.version() == __version__


def test_the_released_version_before_has_its_notes() -> None:
    assert release_version.notes("0.1.0")
    assert not release_version.notes("9.9.9")


@pytest.mark.parametrize(
    ("tag", "version", "word"),
    [
        ("latest", "0.1.0", "no tag"),
        ("v0.3.0", "0.1.0", "have to agree"),
        ("v9.9.9", "9.9.9", "no section"),
        ("v0.1.0", "0.1.0", ""),
    ],
)
def test_a_tag_is_released_where_all_agree(tag: str, version: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_version, "version", lambda: version)
    said = release_version.objection(tag)
    assert word in said
    assert bool(said) is bool(word)


def test_the_release_is_signed_described_and_tried_on_every_python() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))
    jobs = workflow["jobs"]
    assert jobs["try"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    used = [step.get("uses", "").partition("@")[0] for step in jobs["publish"]["steps"]]
    assert {"actions/attest-build-provenance", "actions/attest-sbom", "pypa/gh-action-pypi-publish"} <= set(used)
    assert (jobs["publish"]["needs"], jobs["try"]["needs"]) == ("try", "build")


def test_no_document_installs_from_a_registry_what_is_not_there() -> None:
    registry = re.compile(r"(?:pip3? install|pipx install|uvx|uv tool install)(?: -[\w-]+)* antiphon\b")
    assert [path.name for path in DOCUMENTS if registry.search(path.read_text(encoding="utf-8"))] == []
