"""CONTRIBUTING is true to the letter: its first walk touches the files that it names, and that is enough."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TREE = ("src", "spec", "suites", "tests", "conftest.py", "pyproject.toml", "CHANGELOG.md")
UNCOPIED = shutil.ignore_patterns("__pycache__", "node_modules")
STEP = re.compile(r"^\*\*\d+\. [^*]+\*\*, in `([^`]+)`.*?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROOFS = (
    "tests/contract/test_spec_data.py",
    "tests/contract/test_judged.py",
    "tests/judge/test_checks_broken.py",
    "tests/judge/test_checks_good.py",
)
NEW = re.compile(r"`([^`]+)` \(new\)")


@dataclass(frozen=True)
class Step:
    """A block of CONTRIBUTING that is added to a file."""

    path: str
    language: str
    block: str

    def apply(self, tree: Path) -> None:
        """Add the block to its file: under Unreleased, before the bracket at the end, or at the end."""
        file = tree / self.path
        text = file.read_text(encoding="utf-8")
        if self.language == "md":
            text = text.replace("### Added\n\n", f"### Added\n\n{self.block}", 1)
        elif self.block.startswith(" "):
            start, bracket, end = text.rpartition("\n)")
            text = f"{start}\n{self.block.rstrip()}{bracket}{end}"
        else:
            text += self.block
        file.write_text(text, encoding="utf-8")


def steps() -> list[Step]:
    """The steps of the first walk."""
    walk = TEXT.split("\n## ")[1]
    return [Step(*found) for found in STEP.findall(walk)]


def copied(folder: Path) -> Path:
    """A copy of what the walk and its proof need."""
    folder.mkdir()
    for name in TREE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=UNCOPIED)
        else:
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def digests(tree: Path) -> dict[str, str]:
    """What every file of the repository holds, in a copy of it."""
    paths = [path for name in TREE for path in (tree / name, *(tree / name).rglob("*"))]
    files = [path for path in paths if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(tree).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def run(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a module of Python in a tree, with the Antiphon of that tree."""
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONPYCACHEPREFIX": str(tree.parent / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for name in [name for name in environment if name.startswith("PYTEST_")]:
        del environment[name]
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


def judged_by_tests(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the tests that hold a requirement to what it needs."""
    return run(tree, "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *words)


def test_the_walk_goes_through_promise_check_reply_fault_and_news() -> None:
    assert [step.path.split("/")[0] for step in steps()] == ["spec", "src", "tests", "src", "CHANGELOG.md"]


@pytest.mark.long
def test_a_requirement_takes_the_files_that_the_walk_names_and_no_other(tmp_path: Path) -> None:
    tree = copied(tmp_path / "tree")
    before = digests(tree)
    for step in steps():
        step.apply(tree)
    held = judged_by_tests(tree, *PROOFS)
    proof = run(tree, "antiphon", "selftest", "--fault", "usage-cost-null")
    recording = run(
        tree, "antiphon", "judge", "tests/data/traffic/sample.jsonl.gz", "--report-dir", str(tree / "report")
    )
    after = digests(tree)

    assert held.returncode == 0, held.stdout[-3000:]
    assert proof.returncode == 0, proof.stdout + proof.stderr
    assert "caught  usage-cost-null: usage.no-nulls" in proof.stdout
    assert recording.returncode == 0, recording.stdout
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} == {
        step.path for step in steps()
    }


MISSED = {
    1: "test_what_is_judged_on_the_wire_has_a_check",
    2: "test_every_requirement_judged_on_the_wire_has_a_check_and_a_broken_example",
    3: "test_every_binding_requirement_has_a_fault_or_a_reason",
}
"""The step that is left out, and the test that says so."""


@pytest.mark.long
@pytest.mark.parametrize("left_out", MISSED)
def test_a_step_that_is_left_out_is_missed(left_out: int, tmp_path: Path) -> None:
    tree = copied(tmp_path / "tree")
    for number, step in enumerate(steps()):
        if number != left_out:
            step.apply(tree)
    done = judged_by_tests(tree, *PROOFS[1:3], "-k", MISSED[left_out])

    assert done.returncode == 1, done.stdout[-3000:]
    assert "usage.no-nulls" in done.stdout


def test_every_file_that_a_walk_names_exists_unless_it_is_new() -> None:
    new = set(NEW.findall(TEXT))
    named = set(re.findall(r"`((?:src|spec|tests|docs|suites)/[^`*]+\.\w+)`", TEXT))

    assert len(named) > 15
    assert [name for name in sorted(named) if (ROOT / name).exists() == (name in new)] == []
