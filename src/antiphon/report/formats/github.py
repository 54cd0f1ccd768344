"""GitHub Actions: annotations, and the summary of the step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from rich.console import Console

from antiphon.errors import AntiphonError
from antiphon.report.formats.markdown_summary import MOST_FAILURES, summary
from antiphon.report.result_model import Result
from antiphon.report.text import clip, visible
from antiphon.report.words import difference, place, title, with_verdict

MOST_ANNOTATIONS = 10
"""GitHub shows no more of one kind in one step."""
MOST_SUMMARY = 1024 * 1024
"""Bytes that the summary of a step may have; GitHub drops a larger one whole."""


def error_commands(result: Result) -> Iterator[str]:
    """A workflow command for each of the worst failures: those that affect most clients come first."""
    failed = sorted(with_verdict(result, "fail"), key=lambda each: -len(each["breaks"]))
    for each in failed[:MOST_ANNOTATIONS]:
        first = next(iter(each["violations"]), None)
        said = each["says"] + (f" {clip(difference(first), 400)} ({place(first)})" if first else "")
        yield f"::error title={_property(each['id'] + ' of ' + title(result))}::{_data(said)}"


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
    """The summary with as many failures told in full as fit into `most` bytes; empty where none fits."""
    for failures in (MOST_FAILURES, 20, 5, 0):
        text = summary(result, failures)
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
