"""The commands that the documents show: all can be parsed, and those that need no server of yours are run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tests.gate.command import antiphon

from antiphon.cli import group

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
RUN = {"list", "explain", "compare", "selftest"}
"""Commands that are run as they stand; the others want a server, a file or a port."""


def commands(page: Path) -> Iterator[list[str]]:
    """The words of each `antiphon` line in the shell blocks of a page."""
    for block in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            for part in line.split("&&"):
                words = shlex.split(part, comments=True)
                if words[:1] == ["antiphon"]:
                    yield words[1:]


def is_run(words: list[str]) -> bool:
    """The command needs no file of the reader's, and does not take minutes."""
    return words[0] in RUN and words != ["selftest"] and not any(word.endswith(".json") for word in words)


SHOWN = {" ".join(words): words for page in PAGES for words in commands(page)}


@pytest.mark.parametrize("words", SHOWN.values(), ids=SHOWN)
def test_a_shown_command_can_be_parsed(words: list[str]) -> None:
    context = click.Context(group)
    command = group.get_command(context, words[0])

    assert command is not None
    command.make_context(words[0], words[1:], parent=context)


@pytest.mark.parametrize("words", [each for each in SHOWN.values() if is_run(each)])
def test_a_shown_command_works(words: list[str], tmp_path: Path) -> None:
    if words[0] == "selftest":  # it shares its work among processes, which a test process cannot fork
        process = [sys.executable, "-m", "antiphon", *words]
        done = subprocess.run(process, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600)
    else:
        done = antiphon(*words, folder=tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_main_command_of_the_readme_holds(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    assert "python3 -m pip install . && antiphon run" in readme
    done = subprocess.run(
        [sys.executable, "-m", "antiphon", "run"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert "Broken" not in done.stdout
    numbers = (
        (r"all holds but some (\d+) requirements that are not testable", readme),
        (r"not testable: (\d+)", done.stdout),
    )
    claimed, found = (int(match[1]) for each in numbers if (match := re.search(*each)))
    assert claimed == pytest.approx(found, abs=5)


def test_links_between_documents_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
