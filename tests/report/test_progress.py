"""How far a run is, said where nobody watches."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from antiphon.report import progress
from antiphon.report.progress import Progress


def test_without_a_terminal_a_line_comes_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.01)
    file = io.StringIO()
    with Progress(Console(file=file, width=80), total=3) as shown:
        shown.update(done=1, calls=4, running=["stream-hello"])
        while file.getvalue().count("1/3  4 calls") < 2:
            time.sleep(0.01)

    assert file.getvalue().splitlines()[-1].startswith("1 of 3 scenarios, 4 calls")
