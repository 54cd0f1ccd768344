"""Results are written whole or not at all, and read with a clear word."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from tests.report import made

from antiphon.errors import AntiphonError, ConfigError, RecordingError
from antiphon.report.files import load_result, write_atomically, write_json
from antiphon.report.formats import DEFAULT, FORMATS
from antiphon.report.result_model import Result
from antiphon.report.write import write_all, write_matrix


def test_what_is_written_is_read(gateway: Result, tmp_path: Path) -> None:
    write_json(tmp_path / "deep" / "result.json", gateway)

    text = (tmp_path / "deep" / "result.json").read_bytes()
    assert text.decode("utf-8")
    assert load_result(tmp_path / "deep" / "result.json") == gateway
    assert os.listdir(tmp_path / "deep") == ["result.json"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "result.json"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(AntiphonError, match=r"result\.json: cannot be written: No space left on device"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["result.json"]


def test_a_folder_that_is_a_file_is_named(gateway: Result, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AntiphonError, match=r"file/result\.json: cannot be written: .*; choose another folder\.$"):
        write_all(gateway, tmp_path / "file")


def test_all_formats_are_written(gateway: Result, tmp_path: Path) -> None:
    written = write_all(gateway, tmp_path / "new" / "run")

    assert [path.name for path in written] == [
        "result.json",
        "report.html",
        "junit.xml",
        "summary.md",
        "allure-results",
        "repeat",
    ]
    assert all(path.exists() for path in written)
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("files", [[], ["one.har"], ["one.har", "two.jsonl"]])
def test_every_format_does_without_a_target(files: list[str], tmp_path: Path) -> None:
    result = made.broken(source="judge", target={}, files=files, transcript="")

    assert len(write_all(result, tmp_path, FORMATS)) == len(FORMATS)
    assert write_matrix([result, result], tmp_path)


def test_chosen_formats_come_in_a_fixed_order(gateway: Result, tmp_path: Path) -> None:
    assert [path.name for path in write_all(gateway, tmp_path, ["summary", "json"])] == ["result.json", "summary.md"]
    everything = [path.name for path in write_all(gateway, tmp_path, FORMATS)]
    assert everything[:6] == [path.name for path in write_all(gateway, tmp_path)]
    assert len(everything) == len(FORMATS)
    assert tuple(FORMATS)[:6] == DEFAULT


def test_an_unknown_format_writes_nothing(gateway: Result, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No report format 'pdf'; known are json, html"):
        write_all(gateway, tmp_path / "run", ["json", "pdf"])
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not JSON"),
        (b"\xff\x00\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a result of Antiphon"),
        (b'{"a": 1}', "not a result of Antiphon"),
        (b'{"antiphon": "9", "requirements": [], "schema": 2}', "has the format 2, and this Antiphon reads 1"),
        (b'{"antiphon": "9", "requirements": [], "schema": 1}', "not a whole result"),
    ],
)
def test_what_is_no_result_is_refused_in_one_sentence(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=said) as caught:
        load_result(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_missing_result_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"nowhere\.json: cannot be read: No such file"):
        load_result(tmp_path / "nowhere.json")


def test_a_mistake_deep_inside_is_placed(gateway: Result, tmp_path: Path) -> None:
    gateway["requirements"][3]["verdict"] = "perfect"
    (tmp_path / "result.json").write_text(json.dumps(gateway))
    with pytest.raises(RecordingError, match=r"not a whole result, /requirements/3/verdict: "):
        load_result(tmp_path / "result.json")


def test_the_page_on_reports_has_every_format() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reading-a-report.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z]+)`( \*)? \| `([^`]+)` \| (.+) \|$", page, re.MULTILINE)

    assert rows == [(each.name, " *" * each.is_default, each.file, each.says) for each in FORMATS.values()]
