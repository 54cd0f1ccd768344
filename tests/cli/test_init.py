"""`antiphon init`: three files that the other commands take as they are, and at most three questions."""

from __future__ import annotations

import contextlib
import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from tests.gate.command import antiphon
from tests.report import made

from antiphon.cli import group
from antiphon.contract.load import contract
from antiphon.errors import ConfigError
from antiphon.gate.baseline import load
from antiphon.report.files import write_json

FILES = ["antiphon.toml", ".github/workflows/antiphon.yml", "antiphon-baseline.yaml"]


def test_nothing_is_asked_with_yes_and_the_files_are_taken(tmp_path: Path) -> None:
    done = antiphon("init", "--yes", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [each for each in FILES if (tmp_path / each).is_file()] == FILES
    assert "What to do next" in done.stdout

    run = antiphon("run", "--dry-run", folder=tmp_path)
    assert run.returncode == 0, run.stderr
    assert not load(tmp_path / FILES[2], contract("openai-2026-08")).expected


def test_three_questions_are_asked_and_no_more(tmp_path: Path) -> None:
    with contextlib.chdir(tmp_path):
        done = CliRunner().invoke(group, ["init"], input="api.example.com\ngpt\nMY_KEY\n")
        assert done.exit_code == 0, done.output
        target = tomllib.loads((tmp_path / FILES[0]).read_text())["targets"]["mine"]
        assert target == {"base_url": "https://api.example.com/v1", "model": "gpt", "api_key_env": "MY_KEY"}
        (job,) = yaml.safe_load((tmp_path / FILES[1]).read_text())["jobs"].values()
        (step,) = [each for each in job["steps"] if each.get("id") == "antiphon"]
        assert step["env"] == {"MY_KEY": "${{ secrets.MY_KEY }}"}
        assert not [each for each in job["steps"] if each.get("name") == "Start the server"], "it runs elsewhere"


def test_what_is_given_is_not_asked(tmp_path: Path) -> None:
    with contextlib.chdir(tmp_path):
        words = ["init", "http://127.0.0.1:9000/api/v1", "--model", "m", "--api-key-env", ""]
        done = CliRunner().invoke(group, words, input="")
    assert done.exit_code == 0, done.output
    assert "[http" not in done.output


def test_where_nothing_can_be_asked_the_options_are_named(tmp_path: Path) -> None:
    with contextlib.chdir(tmp_path):
        done = CliRunner().invoke(group, ["init"], input="")
    assert isinstance(done.exception, ConfigError)
    assert "or --yes" in str(done.exception)
    assert not list(tmp_path.iterdir())


def test_a_result_becomes_the_baseline(tmp_path: Path) -> None:
    write_json(tmp_path / "antiphon-report" / "result.json", made.broken())
    done = antiphon("init", "--yes", folder=tmp_path)
    assert "The baseline expects what is broken in antiphon-report/result.json." in done.stdout
    assert "stream.text.adds-up" in (tmp_path / FILES[2]).read_text()


def test_files_that_are_there_stay(tmp_path: Path) -> None:
    (tmp_path / "antiphon.toml").write_text("")
    done = antiphon("init", "--yes", folder=tmp_path)
    assert done.returncode == 2
    assert "antiphon.toml: there already" in done.stderr
    assert (tmp_path / "antiphon.toml").read_text() == ""
    assert antiphon("init", "--yes", "--force", folder=tmp_path).returncode == 0


@pytest.mark.parametrize(
    "words", [("ftp://x",), ("--model", " "), ("--api-key-env", "sk-proj-123"), ("--from", "nowhere.json")]
)
def test_a_mistake_is_a_sentence_and_writes_nothing(words: tuple[str, ...], tmp_path: Path) -> None:
    done = antiphon("init", "--yes", *words, folder=tmp_path)
    assert done.returncode == 2
    assert "sk-proj" not in done.stderr
    assert not list(tmp_path.iterdir())
