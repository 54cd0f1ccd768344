"""The files that `antiphon init` writes, as texts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from antiphon.contract.load import DEFAULT_EDITION
from antiphon.errors import ConfigError
from antiphon.exercise.http.address import parse_base_url
from antiphon.gate.baseline_writer import Words, baseline, empty_baseline
from antiphon.report.result_model import Result

CONFIG, WORKFLOW, BASELINE = "antiphon.toml", ".github/workflows/antiphon.yml", "antiphon-baseline.yaml"
TARGET = "mine"
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LOCAL = re.compile(r"https?://(localhost|127\.|\[::1\]|0\.0\.0\.0)")


@dataclass(frozen=True)
class ServerAnswers:
    """What a user says of the server."""

    base_url: str
    model: str
    api_key_env: str = ""

    def __post_init__(self) -> None:
        parse_base_url(self.base_url)
        if not self.model.strip():
            raise ConfigError("The model has no name; give the one that requests are to name.")
        if self.api_key_env and not VARIABLE.fullmatch(self.api_key_env):
            raise ConfigError(
                "The key is named by an environment variable, such as OPENAI_API_KEY; what was given is no such name."
            )

    @property
    def is_local(self) -> bool:
        """The server runs where the job runs."""
        return bool(LOCAL.match(self.base_url))


def starter_files(server: ServerAnswers, result: Result | None) -> dict[str, str]:
    """Each file by its path; the baseline expects what is broken in a result, and nothing without one."""
    expected = baseline(result, Words()) if result else empty_baseline(DEFAULT_EDITION, TARGET)
    return {CONFIG: _config(server), WORKFLOW: _workflow(server), BASELINE: expected}


def _config(server: ServerAnswers) -> str:
    rows = {"base_url": server.base_url, "model": server.model, "api_key_env": server.api_key_env}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in rows.items()]
    return "\n".join(
        [
            "# Read by antiphon where it stands. No key is written here: api_key_env names the variable that holds it.",
            f'target = "{TARGET}"',
            'depth = "standard"   # at most 150 calls',
            f'baseline = "{BASELINE}"',
            "",
            f"[targets.{TARGET}]",
            *lines,
            "",
        ]
    )


WORKFLOW_HEAD = """\
# The contract of the Responses API as a gate: what antiphon-baseline.yaml does not expect to be broken fails the build.
name: contract
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
concurrency:
  group: contract-${{ github.ref }}
  cancel-in-progress: true
jobs:
  contract:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
"""
WORKFLOW_START = """\
      - name: Start the server
        run: |
          echo "Put the command that starts your server in the background here, with & at its end."; exit 1
          for second in $(seq 60); do curl --silent --output /dev/null MODELS && break; sleep 1; done
"""
WORKFLOW_RUN = """\
      - id: antiphon
        uses: OWNER/antiphon@main
        with:
          target: mine
          depth: standard
          baseline: antiphon-baseline.yaml
"""
WORKFLOW_KEY = """\
        env:
          KEY: ${{ secrets.KEY }}
"""
WORKFLOW_END = """\
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: antiphon-report
          path: antiphon-report
          if-no-files-found: ignore
"""


def _workflow(server: ServerAnswers) -> str:
    start = WORKFLOW_START.replace("MODELS", f"{server.base_url}/models") if server.is_local else ""
    key = WORKFLOW_KEY.replace("KEY", server.api_key_env) if server.api_key_env else ""
    return WORKFLOW_HEAD + start + WORKFLOW_RUN + key + WORKFLOW_END
