"""The official Node client takes what the server says, and the judge has nothing against it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.clients.conftest import KEY

HERE = Path(__file__).with_name("node")
MOST_SECONDS = 120
pytestmark = pytest.mark.skipif(not (shutil.which("node") and shutil.which("npm")), reason="there is no Node here")


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client's script, in a folder where what it needs is installed from the lock file."""
    folder = tmp_path_factory.mktemp("node")
    for file in HERE.iterdir():
        shutil.copy(file, folder)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=MOST_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "clients.mjs"


def run_steps(script: Path, base_url: str) -> dict[str, str]:
    """What the client says to each of its steps."""
    environment = {**os.environ, "BASE_URL": base_url, "API_KEY": KEY}
    done = subprocess.run(
        ["node", str(script)], env=environment, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    steps: dict[str, str] = json.loads(done.stdout)
    return steps


def test_every_step_of_the_node_client_is_fine(script: Path, base_url: str) -> None:
    steps = run_steps(script, base_url)
    assert len(steps) >= 11
    assert {name: said for name, said in steps.items() if said != "fine"} == {}


def test_the_node_client_is_answered_from_a_recording_of_it(script: Path, base_url: str, tmp_path: Path) -> None:
    file, antiphon = tmp_path / "traffic.jsonl", (sys.executable, "-m", "antiphon")
    words = (*antiphon, "proxy", "--upstream", base_url, "--port", "0", "--record", str(file))
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as proxy:
        assert proxy.stdout is not None
        live = run_steps(script, proxy.stdout.readline().split()[0])
        proxy.terminate()
        proxy.stdout.read()
    with subprocess.Popen(
        (*antiphon, "serve", "--port", "0", "--replay", str(file)), stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        replayed = run_steps(script, server.stdout.readline().split()[0])
        server.terminate()

    assert live == replayed == dict.fromkeys(live, "fine")


def test_the_lock_file_names_no_registry() -> None:
    locked = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: each for name, each in locked["packages"].items() if name}

    assert packages
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not [name for name, each in packages.items() if "resolved" in each]
