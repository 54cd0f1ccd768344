"""`antiphon soak`: wrong use, and whole soaks of the reference server with Locust."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from antiphon.cli import main
from antiphon.recording.exchange import Exchange
from antiphon.recording.file import read_transcript
from antiphon.server import ServerSettings, background_server
from antiphon.soak.start import locustfile


def outcome_of(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["soak", *words])
    captured = capsys.readouterr()
    return int(ended.value.code or 0), captured.out, captured.err


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--users", "ten"), 2, "--users 'ten' is no list of numbers of users such as 1,10,100."),
        (("--duration", "0"), 2, "--duration is 0; give a number above 0."),
        (("--fault", "no-such"), 2, "no-such"),
        (("--report-dir", "/dev/null/x"), 2, "/dev/null/x: cannot be made (Not a directory)"),
        (("--fault", "second-stream-cut", "http://127.0.0.1:9/v1"), 2, "--fault is for the reference server"),
        (("http://127.0.0.1:9/v1", "--concurrency", "4"), 2, "--users says how many calls are made at once"),
        (("--base-url", "http://127.0.0.1:9/v1"), 3, "refuses the connection"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    monkeypatch.setattr("antiphon.soak.start.find_spec", lambda name: name)
    found, out, err = outcome_of(capsys, *words)

    assert (found, out) == (code, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_without_locust_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("antiphon.soak.start.find_spec", lambda name: None)

    assert outcome_of(capsys) == (
        2, "", "antiphon: A soak needs Locust; install it with `pip install 'antiphon[load]'`.\n",
    )  # fmt: skip


def test_the_file_for_locust_is_printed_and_imports_nothing_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome_of(capsys, "--locustfile")

    assert code == 0
    assert Path(out.strip()).is_file()
    assert "locust" not in sys.modules


@pytest.fixture(scope="module")
def locust() -> None:
    """Locust is installed. It is not imported here, since it would patch this process."""
    if subprocess.run([sys.executable, "-c", "import locust"], capture_output=True, check=False).returncode:
        pytest.skip("locust is not installed")


def soak(folder: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "antiphon", "soak", "--report-dir", str(folder), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.long
@pytest.mark.usefixtures("locust")
def test_a_fault_of_load_is_found_at_the_step_with_load(tmp_path: Path) -> None:
    for seconds in ("3", "10", "20"):  # a busy machine has fewer calls at the same time
        with soak(tmp_path, "--users", "1,12", "--duration", seconds, "--fault", "context-lost-when-busy") as process:
            out, err = process.communicate(timeout=600)
        if process.returncode:
            break
    made = json.loads((tmp_path / "soak.json").read_text())
    states = {each["id"]: each["states"] for each in made["requirements"]}

    assert process.returncode == 1, out + err
    assert states["concurrency.contexts-own"] == ["held", "broken"]
    assert "concurrency.contexts-own  from 12 users" in out
    assert "<svg" in (tmp_path / "soak.html").read_text()
    kept = [each for each in read_transcript([tmp_path / "soak.jsonl"]) if isinstance(each, Exchange)]
    assert kept
    assert "Bearer sk-" not in (tmp_path / "soak.jsonl").read_text()


@pytest.mark.long
@pytest.mark.usefixtures("locust")
def test_a_master_and_two_workers_find_it_together(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    locust = [sys.executable, "-m", "locust", "-f", str(locustfile()), "--loglevel", "WARNING"]
    lead = ["--master", "--headless", "--expect-workers", "2", "--only-summary", "--master-bind-port", port]
    own = [
        "--soak-users",
        "1,12",
        "--soak-duration",
        "3",
        "--soak-model",
        "antiphon-1",
        "--soak-report-dir",
        str(tmp_path),
    ]
    with ExitStack() as stack:
        url = stack.enter_context(background_server(ServerSettings(faults=("read-as-another-when-busy",))))
        worker = [*locust, "--worker", "--master-host", "127.0.0.1", "--master-port", port]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        master, *workers = (
            stack.enter_context(subprocess.Popen(words, **quiet))  # type: ignore[call-overload]
            for words in ([*locust, *lead, "--host", url, *own], worker, worker)
        )
        out = master.communicate(timeout=600)[0]
        codes = [each.wait(timeout=600) for each in workers]
    made = json.loads((tmp_path / "soak.json").read_text())
    states = {each["id"]: each["states"] for each in made["requirements"]}

    assert (master.returncode, codes) == (1, [0, 0]), out
    assert states["concurrency.texts-own"] == ["held", "broken"]
    assert made["remarks"] == []
    assert "concurrency.texts-own  from 12 users" in out


@pytest.mark.long
@pytest.mark.usefixtures("locust")
def test_a_signal_ends_a_soak_with_a_report(tmp_path: Path) -> None:
    with soak(tmp_path, "--users", "2", "--duration", "600") as process:
        assert process.stderr is not None
        assert "step 1 of 1" in process.stderr.readline()
        os.kill(process.pid, signal.SIGTERM)
        out, err = process.communicate(timeout=600)

    assert process.returncode == 128 + signal.SIGTERM, out + err
    assert json.loads((tmp_path / "soak.json").read_text())["remarks"] == ["ended early: it was interrupted"]
    assert "ended early: it was interrupted" in out
