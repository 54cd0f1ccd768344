"""Runs the command line as users do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def antiphon(*arguments: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder, without the keys of whoever runs the tests, and as no job of a CI."""
    ours = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY") and "GITHUB" not in name}
    return subprocess.run(
        [sys.executable, "-m", "antiphon", *map(str, arguments)],
        cwd=folder, env={**ours, **environment}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
