"""The command line, called in this process: what a process of its own adds is a second of imports."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
from pathlib import Path
from unittest import mock

from antiphon.cli import main


def antiphon(*arguments: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder, without the keys of whoever runs the tests, and as no job of a CI."""
    ours = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY") and "GITHUB" not in name}
    words, out, err, code = [str(each) for each in arguments], io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.dict(os.environ, {**ours, **environment}, clear=True),
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main(words)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())
