"""The first command of each page for a kind of reader works as it is pasted into a shell, in an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long
DOCS = Path(__file__).parents[2] / "docs"
PAGES = {
    "for-a-server.md": (1, "usage.total"),
    "for-a-gateway.md": (1, "stream.delta.has-deltas"),
    "for-a-client.md": (0, "openai-python"),
    "for-a-bug-report.md": (1, "expected a terminal event"),
    "for-logs.md": (0, "of those held"),
    "for-a-contributor.md": (0, "usage-total-wrong"),
}
"""By page, the exit code of its first block and a word of what it prints."""


def first_block(page: str) -> str:
    text = (DOCS / page).read_text(encoding="utf-8")
    head, block = re.split(r"```sh\n", text, maxsplit=1)
    assert re.fullmatch(r"# .+\n\n", head), f"{page} begins with its command"
    return block.partition("```")[0]


def test_each_page_for_a_reader_is_known_and_ends_with_what_to_do_next() -> None:
    assert {path.name for path in DOCS.glob("for-*.md")} == set(PAGES)
    for page in PAGES:
        rest = (DOCS / page).read_text(encoding="utf-8").rpartition("\n## ")[2]
        assert rest.startswith("What to do next\n\n1. "), page


@pytest.mark.parametrize(("page", "code", "word"), [(page, *shown) for page, shown in PAGES.items()], ids=PAGES)
def test_the_first_command_of_a_page_works_as_pasted(page: str, code: int, word: str, tmp_path: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", first_block(page)],
        cwd=tmp_path,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == code, done.stdout[-3000:] + done.stderr[-3000:]
    assert word in done.stdout
