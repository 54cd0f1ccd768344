"""The terminal picture of the README: what a command printed, as an SVG that needs no font and no network.

python -m tools.record_terminal     # writes docs/images/terminal.svg
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "terminal.svg"
COMMAND = "antiphon run --fault usage-total-wrong --fault sequence-gap --depth core"
COLUMNS = 100
FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def printed(command: str) -> str:
    """What the command prints on a terminal of that width, without the progress before it."""
    environment = os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", *shlex.split(command)]
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    ends = [number for number, line in enumerate(lines) if re.search(r"\d+ of \d+ scenarios, ", line)]
    return "\n".join(lines[ends[-1] + 1 if ends else 0 :])


def picture(command: str, text: str) -> str:
    """The SVG of a command with what it printed."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(f"$ {command}", markup=False, highlight=False, style="bold")
    console.print(Text.from_ansi(text.rstrip()))
    svg = console.export_svg(title="antiphon", theme=MONOKAI, unique_id="terminal")
    return FONT.sub("", svg).replace("Fira Code", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono")


if __name__ == "__main__":
    PICTURE.write_text(picture(COMMAND, printed(COMMAND)), encoding="utf-8")
    print(PICTURE)
