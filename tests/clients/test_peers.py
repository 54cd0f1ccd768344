"""Suites of others pass against the reference server, but for what they have wrong; skipped where they are missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.server import RunningServer, background_server

WRONG = {
    "responses: streaming + SSE framing": "the service sends no data: [DONE] with Responses",
    "responses: length finish reason": "the service refuses a limit of one token",
}
"""Assertions of llmprobe that the reference server is not to keep, and why."""


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with background_server(pace=0, any_model=True) as server:
        yield server


def run(*words: str, folder: Path) -> str:
    """What a suite prints, without its colours."""
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    environment = {**os.environ, "HOME": str(folder), "NO_COLOR": "1"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)


@pytest.mark.parametrize("form", ["open-responses", "openai-chat"])
def test_llm_comply_passes(server: RunningServer, form: str, tmp_path: Path) -> None:
    told = run("llm-comply", "-u", server, "-k", "none", "-m", "gpt-4o", "--format", form, folder=tmp_path)

    assert "✅ Tool Calling" in told
    assert "❌" not in told


def test_llmprobe_has_nothing_against_it_that_is_right(server: RunningServer, tmp_path: Path) -> None:
    told = run("llmprobe", server, "-m", "gpt-4o", "--no-bench", "--no-save", folder=tmp_path)
    conformance = told.partition("  depth:")[2].partition("picks the weather tool")[0]

    assert len(re.findall(r"✓ (?:chat/completions|responses|embeddings|/v1/models): ", conformance)) > 50
    assert set(re.findall(r"✗ (\S+: .+)", conformance)) == set(WRONG)
