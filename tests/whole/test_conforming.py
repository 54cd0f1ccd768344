"""Antiphon inside the tests of a server of one's own, and its suites from an installed wheel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from antiphon.recording.exchange import Exchange
from antiphon.server import ServerSettings, background_server
from antiphon.testing import assert_conforms

ROOT = Path(__file__).parents[2]
BODY = {"model": "antiphon-1", "input": "Say hi.", "max_output_tokens": 32}
README = """
import httpx

def test_my_server(assert_conforms):
    asked = {"model": "my-model", "input": "Say hi.", "max_output_tokens": 64}
    with httpx.Client(base_url="URL") as client:
        assert_conforms(
            client.post("/responses", json=asked),
            client.post("/responses", json={**asked, "stream": True}),
        )
"""


def replies(*faults: str) -> tuple[httpx.Response, httpx.Response]:
    with background_server(ServerSettings(faults=faults)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        return client.post("/responses", json=BODY), client.post("/responses", json={**BODY, "stream": True})


def test_a_right_reply_conforms_whatever_it_comes_as() -> None:
    plain, stream = replies()

    assert_conforms(plain, stream, level="should")
    assert_conforms(plain.content)
    assert_conforms(plain.json())
    assert_conforms(stream.content)
    assert_conforms(stream.text)


def test_what_is_broken_is_told_and_can_be_left_out() -> None:
    plain, stream = replies("usage-total-wrong")

    for reply in (plain, plain.json(), stream.content):
        with pytest.raises(AssertionError, match=r"usage\.total  must  total_tokens is the sum") as told:
            assert_conforms(reply)
        assert "expected" in str(told.value)
    assert_conforms(plain, stream, ignore=["usage.total"])
    assert_conforms(plain, ignore=["usage"])


def test_replies_are_judged_together() -> None:
    """The same bytes would be a copy of one reply; one byte more makes two."""
    plain, _ = replies()
    other = httpx.Response(200, headers=plain.headers, content=plain.content + b"\n", request=plain.request)

    with pytest.raises(AssertionError, match=r"create\.id-unique"):
        assert_conforms(plain, other)


def test_nothing_is_not_right() -> None:
    with pytest.raises(ValueError, match="could be judged"):
        assert_conforms(Exchange("none", None, None))
    with pytest.raises(TypeError, match="not a reply"):
        assert_conforms(5)


def _environment(**more: str) -> dict[str, str]:
    outer = ("PYTEST", "COV")
    return {key: value for key, value in os.environ.items() if not key.startswith(outer)} | more


def test_the_example_of_the_readme(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(README.replace("URL", "http://127.0.0.1:1"))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "antiphon.pytest_plugin.entry",
        "-p",
        "no:cacheprovider",
        "-W",
        "ignore",
    ]
    with background_server(ServerSettings(models=("my-model",))) as url:
        (tmp_path / "test_mine.py").write_text(README.replace("URL", url))
        done = subprocess.run(
            command, cwd=tmp_path, env=_environment(NO_PROXY="*"), capture_output=True, text=True, check=False
        )
    assert "1 passed" in done.stdout, done.stdout + done.stderr

    with background_server(ServerSettings(models=("my-model",), faults=("usage-total-wrong",))) as url:
        (tmp_path / "test_mine.py").write_text(README.replace("URL", url))
        done = subprocess.run(
            command, cwd=tmp_path, env=_environment(NO_PROXY="*"), capture_output=True, text=True, check=False
        )
    assert "usage.total" in done.stdout
    assert "1 failed" in done.stdout


def test_the_suites_run_from_an_installed_wheel(tmp_path: Path) -> None:
    build = "from hatchling.build import build_wheel; import sys; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    options = ["-p", "antiphon.pytest_plugin.entry", "-p", "no:cacheprovider", "-W", "ignore", "-rA", "-q"]
    with background_server(ServerSettings()) as url:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, "--pyargs", "antiphon.suites", f"--antiphon-base-url={url}",
             "--antiphon-model=antiphon-1", "--antiphon-depth=core", f"--antiphon-report-dir={folder}",
             "-k", "usage.total or store.get", "-m", "level(name='must')"],
            cwd=folder, env=_environment(PYTHONPATH=str(tmp_path / "site")), capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "test_every_exchange_keeps[usage.total]" in done.stdout
    header = json.loads((folder / "transcript.jsonl").read_text().splitlines()[0])
    assert header["target"]["base_url"] == url


MISUSED = """
from antiphon.testing import assert_conforms

def test_a_broken_reply():
    assert_conforms({"object": "response"})

def test_no_reply():
    assert_conforms(3)
"""


def test_the_frames_of_the_assertion_are_hidden(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(MISUSED)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"],
        cwd=tmp_path, capture_output=True, text=True, timeout=600,
    )  # fmt: skip

    assert "2 failed" in done.stdout
    assert "test_mine.py:5: AssertionError" in done.stdout
    assert "test_mine.py:8: TypeError" in done.stdout
    assert "testing.py" not in done.stdout
