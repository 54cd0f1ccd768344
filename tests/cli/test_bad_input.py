"""Mistakes of every kind end in one sentence and the documented code, and leave no file behind."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.gate.command import antiphon

USAGE, UNREACHABLE = 2, 3


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


MISTAKES = {
    "unknown-command": (["rnu"], "did you mean run"),
    "unknown-option": (["run", "--bse-url", "x"], "--base-url"),
    "no-scheme": (["run", "--base-url", "localhost:8000/v1"], "http://"),
    "other-scheme": (["run", "--base-url", "ftp://x/v1"], "http"),
    "port": (["run", "--base-url", "http://127.0.0.1:99999/v1"], "port"),
    "user-in-url": (["run", "--base-url", "http://me:secret@127.0.0.1/v1"], "environment"),
    "unknown-requirement": (["run", "-k", "stream.sequence.contigous"], "stream.sequence.contiguous"),
    "unknown-requirement-judge": (["judge", "x.jsonl", "-k", "xyzzy"], "antiphon list"),
    "unknown-profile-of-run": (["run", "--profile", "cor"], "No profile 'cor'; did you mean core?"),
    "unknown-edition": (["run", "--edition", "openai-2026-09"], "openai-2026-08"),
    "unknown-fault": (["run", "--fault", "no-text-dletas"], "no-text-deltas"),
    "unknown-target": (["run", "--target", "nowhere"], "nowhere"),
    "shard": (["run", "--shard", "5/4"], "5/4"),
    "shard-form": (["run", "--shard", "half"], "1/4"),
    "model-alone": (["run", "--model", "m"], "give its address or --target"),
    "missing-config": (["run", "--config", "none.toml"], "none.toml"),
    "missing-transcript": (["run", "--transcript", "none.jsonl"], "none.jsonl"),
    "missing-recording": (["judge", "none.jsonl"], "none.jsonl"),
    "compare-one": (["compare", "a.json"], "two results"),
    "compare-missing": (["compare", "a.json", "b.json"], "a.json"),
    "area-near": (["list", "--area", "usge"], "did you mean usage"),
    "area-of-faults": (["list", "faults", "--area", "usage"], "none of faults"),
    "result-without-name": (["report", "=a.json"], "NAME=RESULT.json"),
    "explain-near": (["explain", "stream.sequence.contigous"], "stream.sequence.contiguous"),
    "port-of-serve": (["serve", "--port", "70000"], "70000"),
}


@pytest.mark.parametrize(("arguments", "cure"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gives_one_sentence(arguments: list[str], cure: str, tmp_path: Path) -> None:
    done = antiphon(*arguments, folder=tmp_path)

    assert done.returncode == USAGE, done.stderr
    assert cure in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not done.stderr.endswith(("?.\n", "..\n"))
    assert done.stdout == ""
    assert not any(tmp_path.iterdir())


def test_a_refused_connection_is_unreachable(tmp_path: Path) -> None:
    done = antiphon("run", "--base-url", f"http://127.0.0.1:{free_port()}/v1", folder=tmp_path)

    assert done.returncode == UNREACHABLE
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("*.json*"))


def test_a_proxy_that_is_down_is_named_and_not_the_server(tmp_path: Path) -> None:
    proxy = f"127.0.0.1:{free_port()}"
    for command in ("run", "doctor"):
        done = antiphon(
            command, "--base-url", "http://api.example/v1", "--model", "m", folder=tmp_path,
            http_proxy=f"http://me:secret@{proxy}", no_proxy="",
        )  # fmt: skip

        assert done.returncode == UNREACHABLE
        assert f"The proxy {proxy} refuses the connection; start it, or unset http_proxy." in done.stderr
        assert "secret" not in done.stderr
        assert ".." not in done.stderr


CONFIGURATIONS = {
    "not-toml": ("[targets", "antiphon.toml"),
    "unknown-key": ("editon = 'x'", "edition"),
    "wrong-type": ("edition = 5", "text"),
    "unknown-target-key": ("[targets.a]\nbase_ulr = 'http://x'", "base_url"),
    "target-no-table": ("targets = {a = 1}", "targets.a"),
    "limit-unknown": ("target='a'\n[targets.a]\nbase_url='http://127.0.0.1:9/v1'\n[targets.a.limits]\nidel=1", "idle"),
    "limit-negative": (
        "target='a'\n[targets.a]\nbase_url='http://127.0.0.1:9/v1'\n[targets.a.limits]\nidle=-1",
        "idle",
    ),
    "header-unset": ("target='a'\n[targets.a]\nbase_url='http://127.0.0.1:9/v1'\n[targets.a.headers]\nX-A='$NOT_SET_1'",
                     "NOT_SET_1"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "cure"), CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_a_configuration_mistake_names_the_place(text: str, cure: str, tmp_path: Path) -> None:
    (tmp_path / "antiphon.toml").write_text(text)

    done = antiphon("run", folder=tmp_path)

    assert done.returncode == USAGE, done.stderr
    assert cure in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["antiphon.toml"]


LINE = json.dumps({"exchange": "a/1", "request": {"method": "POST", "path": "/responses"}, "response": None})
RECORDINGS = {
    "empty": b"",
    "binary": bytes(range(256)) * 8,
    "cut-gzip": gzip.compress(LINE.encode() * 50)[:-20],
    "no-exchange": b'{"a": 1}\n',
    "number": b"42\n",
    "bad-chunk": LINE.replace("null", '{"status": 200, "chunks": [[0, 5]]}').encode(),
}


@pytest.mark.parametrize("content", RECORDINGS.values(), ids=RECORDINGS)
def test_a_bad_recording_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file.jsonl").write_bytes(content)

    done = antiphon("judge", "file.jsonl", folder=tmp_path)

    assert done.returncode == USAGE, done.stdout
    assert "file.jsonl" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file.jsonl"]


def test_a_broken_spec_names_file_and_entry(tmp_path: Path) -> None:
    """A mistake in the contract's own files is ours, and is told as precisely as any other."""
    script = (
        "import sys, shutil, pathlib\n"
        "from antiphon.contract import paths\n"
        "copy = pathlib.Path('spec'); shutil.copytree(paths.spec_dir(), copy)\n"
        "file = copy / 'requirements' / 'usage.yaml'\n"
        "file.write_text(file.read_text().replace('  judged: wire', '  jugded: wire\\n  judged: wire', 1))\n"
        "paths.spec_dir = lambda: copy\n"
        "import antiphon.contract.load as load; load.spec_dir = lambda: copy\n"
        "from antiphon.cli import main; main(['list'])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 4
    assert "spec/requirements/usage.yaml, entry usage." in done.stderr
    assert "jugded" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mistake_of_ours_is_no_broken_must(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise KeyError("lost\nthings")

    monkeypatch.setattr("antiphon.cli.list.command.callback", stumble)
    done = antiphon("list", folder=tmp_path)

    assert done.returncode == 4
    assert done.stderr == (
        "antiphon: an error of ours (KeyError: 'lost\\nthings'); ANTIPHON_TRACEBACK=1 shows where, please report it.\n"
    )
