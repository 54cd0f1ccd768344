"""GitHub Actions: annotations, and the summary of the step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from rich.console import Console

from antiphon.errors import AntiphonError
from antiphon.report.cause_text import extent
from antiphon.report.causes import causes_of
from antiphon.report.formats.markdown_summary import MOST_CAUSES, summary
from antiphon.report.result_model import Result
from antiphon.report.text import clip, visible
from antiphon.report.words import difference, place, title

MOST_ANNOTATIONS = 10
"""GitHub shows no more of one kind in one step."""
MOST_IDS = 5
"""Requirements that an annotation names."""
MOST_SUMMARY = 1024 * 1024
"""Bytes that the summary of a step may have; GitHub drops a larger one whole."""


def error_commands(result: Result) -> Iterator[str]:
    """A workflow command for each of the gravest causes that break a must."""
    grave = [cause for cause in causes_of(result) if cause["level"] == "must"]
    for cause in grave[:MOST_ANNOTATIONS]:
        first = cause.get("first")
        where = f" {clip(difference(first), 400)} ({place(first)})" if first else ""
        text = f"{extent(cause)}: {', '.join(cause['requirements'][:MOST_IDS])}.{where}"
        yield f"::error title={_property(cause['title'] + ' · ' + title(result))}::{_data(text)}"


@contextmanager
def workflow_commands_stopped(screen: Console) -> Iterator[None]:
    """Within this context no printed line is a workflow command, whatever a server sent."""
    word = token_hex(16)
    screen.print(f"::stop-commands::{word}", markup=False, highlight=False)
    try:
        yield
    finally:
        screen.print(f"::{word}::", markup=False, highlight=False)


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(clip(text, 200)).replace(":", "%3A").replace(",", "%2C")


def step_summary(result: Result, most: int = MOST_SUMMARY) -> str:
    """The summary with as many causes told in full as fit into `most` bytes; empty where none fits."""
    for causes in (MOST_CAUSES, 20, 5, 0):
        text = summary(result, causes)
        if len(text.encode("utf-8", "backslashreplace")) <= most:
            return text
    return ""


def add_summary(result: Result, path: Path) -> None:
    """Add the summary to the file that GITHUB_STEP_SUMMARY names, as far as it has room.

    Raises AntiphonError where it cannot be written.
    """
    try:
        taken = path.stat().st_size if path.exists() else 0
        with path.open("ab") as file:
            file.write(step_summary(result, MOST_SUMMARY - taken).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise AntiphonError(f"{path}: the summary cannot be added: {error.strerror or error}.") from None
