"""An implementation is installed, started, run and published by its recipe, and its recording judged again."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from antiphon.errors import ConfigError, Unreachable
from antiphon.matrix.pages import cells, pages
from antiphon.matrix.process import environment, free_port, is_taken, run_bounded
from antiphon.matrix.publication import lines, small
from antiphon.matrix.published_result import published_results
from antiphon.matrix.recipe import Recipe, recipes, subjects
from antiphon.matrix.run import MatrixFolders, NotRun, judge, run

SERVER = Path(__file__).with_name("odd_server.py")
VALUES = {
    "title": "Odd", "kind": "mock", "says": "It says Hello.", "home": "https://example.org",
    "package": {"registry": "npm", "name": "odd"}, "versions": ["1.0", "1.1"], "path": "/v1", "model": "m",
    "upstream": "none", "answers_from": "a constant", "depth": "core",
    "seconds": {"install": 30, "start": 60, "run": 120}, "set_up": "None.",
}  # fmt: skip
SCRIPT = f'#!/bin/sh\n[ -z "${{INSTALL_ONLY:-}}" ] || exit 0\nexec "{sys.executable}" "{SERVER}" "$1"\n'


@pytest.fixture
def write_recipe(tmp_path: Path) -> Callable[..., Path]:
    """A folder with one recipe."""

    def write(script: str = SCRIPT, **more: object) -> Path:
        folder = tmp_path / "implementations"
        (folder / "odd").mkdir(parents=True, exist_ok=True)
        values = VALUES | {"port": free_port()} | more
        (folder / "odd" / "recipe.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
        (folder / "odd" / "start.sh").write_text(script, encoding="utf-8")
        (folder / "odd" / "start.sh").chmod(0o755)
        return folder

    return write


def folders(folder: Path) -> MatrixFolders:
    return MatrixFolders(folder, folder.parent / "runs", folder.parent / "reports")


def odd(folder: Path) -> Recipe:
    return recipes(folder)["odd"]


@pytest.mark.long
def test_a_server_is_run_published_judged_again_and_ended(write_recipe: Callable[..., Path]) -> None:
    folder, said = write_recipe(), list[str]()
    subject = subjects(recipes(folder), ["odd@1.1"])[0]
    run(subject, folders(folder), said.append)
    published = folders(folder).result_of(subject)
    first = json.loads(published.read_text(encoding="utf-8"))
    published.unlink()

    judge(subject, folders(folder), said.append)
    second = json.loads(published.read_text(encoding="utf-8"))

    assert [each.partition(": ")[2].partition(" ")[0] for each in said[:4]] == ["install", "start", "doctor", "run"]
    assert first["target"] == second["target"]
    assert (first["target"]["name"], first["target"]["version"]) == ("odd", "1.1")
    assert first["totals"]["fail"] > 0
    assert first["totals"] == second["totals"]
    assert first["started_at"] == second["started_at"]
    assert not is_taken("127.0.0.1", subject.recipe.port)
    site = pages(published_results(recipes(folder), folders(folder).reports))
    assert set(site) == {"implementations/odd.html", "cells/odd@1.1.json", "feed.xml"}
    assert "Nobody has compared" in site["implementations/odd.html"]
    found = cells(published_results(recipes(folder), folders(folder).reports)[0])["cells"]
    assert {each["review"] for each in found.values() if each["verdict"] == "fail"} == {"not read"}


def test_a_server_that_does_not_start_is_named_with_its_log(write_recipe: Callable[..., Path]) -> None:
    folder = write_recipe('#!/bin/sh\n[ -z "${INSTALL_ONLY:-}" ] || exit 0\necho no; exit 7\n')

    with pytest.raises(Unreachable, match=r"ended with 7 .*server\.log"):
        run(subjects(recipes(folder), ())[0], folders(folder), lambda line: None)


def test_an_installation_that_fails_or_never_ends_is_told(write_recipe: Callable[..., Path]) -> None:
    for script, words in (("#!/bin/sh\nexit 3\n", "ended with 3"), ("#!/bin/sh\nsleep 600\n", "took too long")):
        folder = write_recipe(script, seconds={"install": 1, "start": 1, "run": 1})
        with pytest.raises(NotRun, match=f"not installed \\({words}\\)"):
            run(subjects(recipes(folder), ())[0], folders(folder), lambda line: None)


def test_what_a_command_started_ends_with_it(tmp_path: Path) -> None:
    mark = tmp_path / "pid"

    code = run_bounded(["sh", "-c", f"sleep 600 & echo $! > {mark}; wait"], environment(), tmp_path / "log", 2)

    assert code is None
    child = int(mark.read_text(encoding="utf-8"))
    for _ in range(100):
        if not _is_alive(child):
            break
        time.sleep(0.1)
    assert not _is_alive(child)


def _is_alive(process: int) -> bool:
    """It is there, and no zombie that nobody has waited for."""
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def test_a_server_gets_no_key_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")

    assert "OPENAI_API_KEY" not in environment()
    assert environment(VERSION="1")["VERSION"] == "1"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"prot": 1}, "prot"),
        ({"port": "x"}, "port"),
        ({"package": {"registry": "pip", "name": "odd"}}, r"version 1\.0 has no locks/1\.0\.txt"),
        ({"home": "http://x"}, "home"),
    ],
)
def test_a_recipe_that_is_not_as_it_must_be_is_told_in_a_sentence(
    more: dict[str, object], words: str, write_recipe: Callable[..., Path]
) -> None:
    with pytest.raises(ConfigError, match=words):
        recipes(write_recipe(**more))


def test_names_choose_versions(write_recipe: Callable[..., Path]) -> None:
    known = recipes(write_recipe())

    assert [each.name for each in subjects(known, ["odd"])] == ["odd@1.0", "odd@1.1"]
    assert [each.name for each in subjects(known, ["odd@1.1"])] == ["odd@1.1"]
    with pytest.raises(ConfigError, match=r"No implementation 'ood'; .*odd"):
        subjects(known, ["ood"])
    with pytest.raises(ConfigError, match=r"No version '1\.2' of odd"):
        subjects(known, ["odd@1.2"])


def test_what_is_published_has_verdicts_and_bounds_the_rest() -> None:
    place = {"exchange": "made/1", "at": "/id", "expected": "e" * 1000, "got": "g", "message": "", "curl": "curl"}
    requirement = {
        "id": "a.b", "verdict": "fail", "violated": 9, "evidence": [{"kind": "probe"}], "violations": [place] * 9,
    }  # fmt: skip
    whole = {
        "requirements": [requirement], "traffic": [1], "scenarios": [2], "transcript": "/x/y", "files": ["z"],
        "calls": 3,
    }  # fmt: skip

    made = small(whole)

    assert {name: made["requirements"][0][name] for name in ("id", "verdict", "violated")} == {
        "id": "a.b", "verdict": "fail", "violated": 9,
    }  # fmt: skip
    assert [len(each["expected"]) for each in made["requirements"][0]["violations"]] == [300, 300]
    assert (made["calls"], made["scenarios"], made["transcript"], made["files"]) == (3, [], "", [])
    assert "traffic" not in made
    assert json.loads(lines(made)) == made
