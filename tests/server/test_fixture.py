"""The fixture `antiphon_server` and `background_server()`, used as a client's own tests would use them."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

from antiphon.server import background_server

DOCS = Path(__file__).parents[2] / "docs" / "server.md"
MARKED = """
import httpx
import pytest

BODY = {"model": "antiphon-1", "input": "hi"}


@pytest.mark.antiphon_server(fault="crlf", script="answers.yaml", api_key="sk-1", pace=0)
def test_options(antiphon_server):
    assert httpx.post(f"{antiphon_server}/responses", json=BODY).status_code == 401
    reply = httpx.post(f"{antiphon_server}/responses", json=BODY, headers={"authorization": "Bearer sk-1"})
    assert "from a file" in reply.text


first = []


def test_one(antiphon_server):
    first.append(httpx.post(f"{antiphon_server}/responses", json=BODY).json()["id"])


def test_another_has_an_empty_memory(antiphon_server):
    assert httpx.get(f"{antiphon_server}/responses/{first[0]}").status_code == 404
"""
MISTAKEN = """
import pytest


@pytest.mark.antiphon_server(fault="text-delta-lst")
def test_fault(antiphon_server):
    pass


@pytest.mark.antiphon_server(script="missing.yaml")
def test_script(antiphon_server):
    pass


@pytest.mark.antiphon_server(falt="x")
def test_name(antiphon_server):
    pass


@pytest.mark.antiphon_server("crlf")
def test_place(antiphon_server):
    pass
"""


def run(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    """Run the tests of a client in a process of their own."""
    (folder / "test_client.py").write_text(source, encoding="utf-8")
    (folder / "answers.yaml").write_text("answers:\n- say: from a file\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "antiphon.server.fixture", "-p", "no:cacheprovider", "-q"]
    command += ["--strict-markers", "-p", "no:xdist", "-c", "/dev/null", "--rootdir", str(folder), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=folder)


def test_three_lines_are_enough(tmp_path: Path) -> None:
    """Those that the documentation shows."""
    if not DOCS.exists():
        pytest.skip("not a checkout")
    shown = re.search(r"```python\n(def test_my_client.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert shown
    done = run(tmp_path, f"from openai import OpenAI\n\n\n{shown[1]}")
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_a_marker_says_what_the_server_is_to_be_like(tmp_path: Path) -> None:
    done = run(tmp_path, MARKED)
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


def test_a_mistake_in_a_marker_is_one_sentence(tmp_path: Path) -> None:
    done = run(tmp_path, MISTAKEN)
    assert done.returncode == 1
    assert "4 errors" in done.stdout
    for sentence in (
        "antiphon_server: There is no fault 'text-delta-lst': did you mean 'text-delta-lost'?",
        "missing.yaml: cannot be read: No such file or directory; --script takes a YAML file.",
        "unexpected keyword argument 'falt'",
        "The marker antiphon_server takes names only, such as fault='text-delta-lost'.",
    ):
        assert sentence in done.stdout
    assert "Traceback" not in done.stdout


def test_the_plugin_is_installed_with_the_package() -> None:
    project = Path(__file__).parents[2] / "pyproject.toml"
    if not project.exists():
        pytest.skip("not a checkout")
    plugins = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["entry-points"]["pytest11"]
    assert plugins["antiphon.server.fixture"] == "antiphon.server.fixture"


def test_the_plugin_costs_next_to_nothing() -> None:
    """It is loaded by every run of pytest, so it brings no server with it."""
    code = (
        "import antiphon.server.fixture, sys; print([m for m in sys.modules if m in ('uvicorn', 'starlette', 'yaml')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "[]", done.stderr


def test_running_takes_what_settings_take(tmp_path: Path) -> None:
    script = tmp_path / "answers.yaml"
    script.write_text("answers:\n- say: scripted\n")
    body = {"model": "mine", "input": "hi", "stream": True}
    with background_server(fault=["comments", "crlf"], script=script, models=("mine",), pace=0) as url:
        text = httpx.post(f"{url}/responses", json=body).text
    assert "scripted" in text
    assert ": ping\r\n\r\n" in text


def test_two_servers_run_side_by_side() -> None:
    with background_server() as one, background_server() as other:
        assert one != other
        id = httpx.post(f"{one}/responses", json={"model": "antiphon-1", "input": "hi"}).json()["id"]
        assert httpx.get(f"{other}/responses/{id}").status_code == 404
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{one}/models")
