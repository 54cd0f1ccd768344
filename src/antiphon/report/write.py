"""Writes the reports of a result into a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from antiphon.report.files import write_atomically
from antiphon.report.formats import DEFAULT, formats_by_name
from antiphon.report.formats.badges import badges
from antiphon.report.result_model import Result
from antiphon.report.site.matrix import site


def write_all(result: Result, folder: Path, formats: Iterable[str] = DEFAULT) -> list[Path]:
    """Write the named formats; what was written, in the order of FORMATS. The folder is made.

    Raises ConfigError for an unknown format, before anything is written, and AntiphonError where a file cannot be.
    """
    written: list[Path] = []
    for each in formats_by_name(formats):
        written.append(folder / each.file)
        made = each.make(result)
        texts = (
            {written[-1]: made} if isinstance(made, str) else {written[-1] / name: text for name, text in made.items()}
        )
        for path, text in texts.items():
            write_atomically(path, text)
    return written


def write_matrix(results: Sequence[Result], folder: Path) -> list[Path]:
    """Write the site of several results: index.html, matrix.md, results/*.html and badges/*; what was written."""
    texts = {folder / name: text for name, text in site(results).items()}
    texts |= {folder / "badges" / name: text for name, text in badges(results).items()}
    for path, text in texts.items():
        write_atomically(path, text)
    return list(texts)
