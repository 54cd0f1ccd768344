"""The commands of docs/gating.md, one after the other, as a reader types them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.gate import planted
from tests.gate.command import antiphon

from antiphon.server import ServerSettings, background_server

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "gating.md").read_text(encoding="utf-8")
SHOWN = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines() if line]


def meant(line: str, url: str) -> str:
    """A line of the page with the address and the model of the server at hand."""
    option = "--antiphon-model" if line.startswith("pytest ") else "--model"
    unnamed = line.replace(f" {option} my-model", "")
    return unnamed.replace("http://127.0.0.1:8000/v1", f"{url} {option} {planted.MODEL}")


def typed(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What comes of a line; pytest, which cannot run within itself, is a process of its own."""
    program, *words = shlex.split(line)
    if program == "antiphon":
        return antiphon(*words, folder=folder)
    ours = {name: value for name, value in os.environ.items() if "GITHUB" not in name}
    asked = [sys.executable, "-m", program, *words]
    return subprocess.run(asked, cwd=folder, env=ours, capture_output=True, text=True, check=False)


@pytest.mark.long
def test_the_commands_of_the_page_work(tmp_path: Path) -> None:
    """Against a server with one known fault: each ends with 0, for the fault is expected and nothing moves."""
    (tmp_path / "traffic.har").write_bytes(planted.har([(200, {"content-type": "application/json"}, b"{}")]))
    with background_server(ServerSettings(faults=("no-text-deltas",))) as url:
        shown = [meant(line, url) for line in SHOWN]
        (tmp_path / "antiphon.toml").write_text(
            f'[targets.openai]\nbase_url = "{url}"\nmodel = "{planted.MODEL}"\nlimits = {{calls = 60}}\n'
        )
        first = typed(f"antiphon run --depth standard --base-url {url} --model {planted.MODEL}", tmp_path)
        assert first.returncode == 1, first.stderr
        for name in ("before", "after"):
            shutil.copytree(tmp_path / "antiphon-report", tmp_path / name)
        found = {line: typed(line, tmp_path) for line in shown}

    assert {line: done.stderr for line, done in found.items() if done.returncode} == {}
    assert {line.split()[1] for line in shown} >= {"baseline", "run", "compare", "nightly", "history", "redact"}
    assert "gate holds" in found[shown[1]].stdout
    assert (tmp_path / "antiphon-report" / "nightly.md").exists()
