"""What `antiphon judge` takes, what it says of it, and with which code it ends."""

from __future__ import annotations

import io
import json
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from antiphon.cli import main

DATA = Path(__file__).parents[1] / "data"
WRONG = DATA / "cases" / "as-posted" / "curl-i.txt"
RIGHT = DATA / "traffic" / "made" / "stream.sse"


def judged(folder: Path, *files: object) -> tuple[int, dict[str, Any]]:
    """Exit code and result of judging files."""
    with pytest.raises(SystemExit) as ended:
        main(["judge", *map(str, files), "--report-dir", str(folder)])
    path = folder / "result.json"
    return int(ended.value.code or 0), json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def broken(result: dict[str, Any]) -> list[str]:
    """The musts that are broken."""
    return [each["id"] for each in result["requirements"] if each["verdict"] == "fail"]


def archive(path: Path, *addresses: str) -> Path:
    """A HAR file of creates at some addresses."""
    whole = json.loads((DATA / "traffic" / "made" / "browser.har").read_text(encoding="utf-8"))
    (_, create, *_) = whole["log"]["entries"]
    entries = [{**create, "request": {**create["request"], "url": url}} for url in addresses]
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}), encoding="utf-8")
    return path


def test_standard_input_is_a_file_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(WRONG.read_bytes())))

    code, result = judged(tmp_path, "-")

    assert code == 1
    assert broken(result) == ["stream.sum.text"]
    assert result["files"] == ["-"]


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(WRONG.read_bytes()))
    writer.start()

    code, result = judged(tmp_path, pipe)

    writer.join()
    assert code == 1
    assert broken(result) == ["stream.sum.text"]


def test_a_file_that_cannot_be_read_hides_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    diary = tmp_path / "diary.txt"
    diary.write_text("Dear diary,\n", encoding="utf-8")

    code, result = judged(tmp_path, diary, WRONG)

    assert code == 1
    assert broken(result) == ["stream.sum.text"]
    assert "diary.txt: its format is unknown" in " ".join(capsys.readouterr().out.split())


def test_where_no_file_can_be_read_the_code_is_that_of_a_wrong_use(tmp_path: Path) -> None:
    diary = tmp_path / "diary.txt"
    diary.write_text("Dear diary,\n", encoding="utf-8")

    assert judged(tmp_path, diary, diary) == (2, {})


def test_the_command_that_repeats_a_finding_names_the_one_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judged(tmp_path, RIGHT, WRONG, "--verbose")

    (line,) = [line for line in capsys.readouterr().out.splitlines() if "replay" in line]
    assert line.split()[1:] == ["antiphon", "judge", str(WRONG), "-k", "stream.sum.text"]


@pytest.mark.parametrize(
    "address", ["https://[REDACTED]", "https://***", "<url>", "https://REDACTED/REDACTED", "[url]"]
)
def test_an_address_that_was_taken_out_is_told_by_the_reply(address: str, tmp_path: Path) -> None:
    _, result = judged(tmp_path, archive(tmp_path / "x.har", address))

    assert result["exchanges"] == {"judged": 1, "skipped": 0}


def test_what_is_not_judged_is_counted_by_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = archive(
        tmp_path / "x.har", *["https://api.openai.com/v1/embeddings"] * 3, "https://api.openai.com/v1/responses"
    )
    whole = json.loads(path.read_text(encoding="utf-8"))
    whole["log"]["entries"][3]["response"]["content"] = {"size": 99}
    path.write_text(json.dumps(whole), encoding="utf-8")

    code, result = judged(tmp_path, path)

    said = " ".join(capsys.readouterr().out.split())
    assert code == 2
    assert result["exchanges"] == {"judged": 0, "skipped": 4}
    assert "not judged: 3 exchanges, as its address is no route of this API" in said
    assert "not judged: 1 exchange, as the body of its reply was not recorded" in said


def test_exchanges_with_azure_propose_its_edition(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged(tmp_path, archive(tmp_path / "x.har", "https://me.openai.azure.com/openai/v1/responses"))

    assert "--edition azure-2026" in capsys.readouterr().out


def test_a_copy_of_standard_input_does_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(RIGHT.read_bytes())))
    monkeypatch.setattr(shutil, "rmtree", lambda folder, **_: made.append(str(folder)))

    judged(tmp_path, "-")

    assert len(made) == 1
