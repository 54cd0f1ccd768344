"""The commands of docs/gating.md, one after the other, as a reader types them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.gate import planted

from antiphon.server import ServerSettings, background_server

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "gating.md").read_text(encoding="utf-8")
SHOWN = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines() if line]


def meant(line: str, url: str) -> str:
    """A line of the page with the address and the model of the server at hand."""
    option = "--antiphon-model" if line.startswith("pytest ") else "--model"
    return line.replace("http://127.0.0.1:8000/v1", f"{url} {option} {planted.MODEL}")


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_the_commands_of_the_page_work(tmp_path: Path) -> None:
    """Against a server with one known fault: each ends with 0, for the fault is expected and nothing moves."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {name: value for name, value in os.environ.items() if "GITHUB" not in name} | {"PATH": path}

    def shell(line: str) -> subprocess.CompletedProcess[str]:
        words = ["bash", "-c", line]
        return subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    (tmp_path / "traffic.har").write_bytes(planted.har([(200, {"content-type": "application/json"}, b"{}")]))
    with background_server(ServerSettings(faults=("no-text-deltas",))) as url:
        shown = [meant(line, url) for line in SHOWN]
        (tmp_path / "antiphon.toml").write_text(
            f'[targets.openai]\nbase_url = "{url}"\nmodel = "{planted.MODEL}"\nlimits = {{calls = 60}}\n'
        )
        first = shell(f"antiphon run --base-url {url} --model {planted.MODEL}")
        assert first.returncode == 1, first.stderr
        for name in ("before", "after"):
            shutil.copytree(tmp_path / "antiphon-report", tmp_path / name)
        found = {line: shell(line) for line in shown}

    assert {line: done.stderr for line, done in found.items() if done.returncode} == {}
    assert {line.split()[1] for line in shown} >= {"baseline", "run", "compare", "nightly", "history", "redact"}
    assert "gate holds" in found[shown[1]].stdout
    assert (tmp_path / "antiphon-report" / "nightly.md").exists()
