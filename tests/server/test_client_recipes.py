"""Every recipe of docs/testing-a-client.md works: Python and Node as tests of a client, shell lines as they stand."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "testing-a-client.md"
TEXT = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
PYTHON, SHELL, NODE = (re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL) for language in ("python", "sh", "js"))
SERVERS = {"serve", "proxy"}
"""Commands that run until they are stopped."""
pytestmark = pytest.mark.skipif(not TEXT, reason="not a checkout")


def test_the_page_has_recipes() -> None:
    assert len(PYTHON) > 2
    assert len(SHELL) > 2
    assert NODE


def test_the_recipes_in_python_pass(tmp_path: Path) -> None:
    for number, block in enumerate(PYTHON):
        (tmp_path / f"test_recipe_{number}.py").write_text(block, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "antiphon.server.fixture", "-p", "no:cacheprovider", "-q"]
    command += ["--strict-markers", "-p", "no:xdist", "-c", "/dev/null", "--rootdir", str(tmp_path), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=tmp_path)

    assert done.returncode == 0, done.stdout
    tests = sum(len(re.findall(r"^(?:async )?def test_", block, re.MULTILINE)) for block in PYTHON)
    passed = re.search(r"^(\d+) passed in", done.stdout, re.MULTILINE)
    assert passed is not None
    assert int(passed[1]) >= tests


@pytest.mark.skipif(not shutil.which("node"), reason="there is no Node here")
def test_the_recipe_for_node_passes(tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "antiphon-server").symlink_to(PAGE.parents[1] / "clients" / "npm")
    (tmp_path / "recipe.test.mjs").write_text("\n".join(NODE), encoding="utf-8")
    environment = {**os.environ, "ANTIPHON_COMMAND": f"{sys.executable} -m antiphon"}
    command = ["node", "--test", "recipe.test.mjs"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600)

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"pass {len(NODE)}" in done.stdout


@pytest.mark.parametrize("block", SHELL, ids=[block.splitlines()[-1][:60] for block in SHELL])
def test_the_lines_of_a_shell_work(block: str, tmp_path: Path) -> None:
    """A server runs while the lines after it are played, up to the next server: a reader ends the ones before it.

    What stands in a comment behind a line is in its output.
    """
    if "curl" in block and not shutil.which("curl"):
        pytest.skip("there is no curl here")
    lines = _with_free_ports(block).replace("\\\n", " ").splitlines()
    with ExitStack() as servers:
        played = False
        for line in lines:
            if _is_server(line):
                if played:
                    servers.close()
                servers.enter_context(_server(line, tmp_path))
            else:
                _play(line, tmp_path)
            played = not _is_server(line)


def _with_free_ports(block: str) -> str:
    """The lines with other ports; where none starts the server on 8000, one that is as the first of the page."""
    if ":8000" in block and "antiphon serve" not in block:
        block = f"antiphon serve --port 8000\n{block}"
    for port in sorted(set(re.findall(r"\b80\d\d\b", block))):
        block = block.replace(port, str(_free_port()))
    return block


def _free_port() -> int:
    """A port that nothing listens on, below those that the system gives to servers of other tests meanwhile."""
    for port in random.sample(range(20_000, 32_000), 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


def _is_server(line: str) -> bool:
    return shlex.split(line, comments=True)[:1] == ["antiphon"] and shlex.split(line)[1] in SERVERS


@contextmanager
def _server(line: str, folder: Path) -> Iterator[None]:
    """The server of a line, which answers already."""
    words = shlex.split(line, comments=True)
    command = [sys.executable, "-m", "antiphon", *words[1:]]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        _await(int(words[words.index("--port") + 1]), server)
        yield
    finally:
        server.terminate()
        server.communicate(timeout=20)


def _await(port: int, server: subprocess.Popen[str]) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert server.poll() is None, server.communicate()[0]
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server did not answer")


def _play(line: str, folder: Path) -> None:
    line, _, promised = line.partition("    # ")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    shell = ["bash", "-e", "-c", line]
    done = subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)

    assert done.returncode == 0, done.stderr
    assert promised.strip() in done.stdout
