"""Writes the reports of a result into a folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from antiphon.report.files import remove_others, write_atomically
from antiphon.report.formats import DEFAULT, formats_by_name
from antiphon.report.formats.badges import badges
from antiphon.report.result_model import Result
from antiphon.report.site.client_cell import Measurements
from antiphon.report.site.matrix import site


def write_all(result: Result, folder: Path, formats: Iterable[str] = DEFAULT) -> list[Path]:
    """Write the named formats; what was written, in the order of FORMATS. The folder is made.

    Raises ConfigError for an unknown format, before anything is written, and AntiphonError where a file cannot be.
    """
    written: list[Path] = []
    for each in formats_by_name(formats):
        path = folder / each.file
        made = each.make(result)
        texts = {path: made} if isinstance(made, str) else {path / name: text for name, text in made.items()}
        for name, text in texts.items():
            write_atomically(name, text)
        if each.is_replaced:
            remove_others(path, texts.keys())
        written += [path] if texts else []
    return written


def write_matrix(
    results: Sequence[Result],
    folder: Path,
    homes: Mapping[str, str] | None = None,
    measured: Measurements | None = None,
) -> list[Path]:
    """Write the site of several results: index.html, matrix.md, results/*.html and badges/*; what was written.

    `homes` are addresses of pages on targets, by their titles; `measured` is what real clients did with them.
    """
    texts = {folder / name: text for name, text in site(results, homes, measured).items()}
    texts |= {folder / "badges" / name: text for name, text in badges(results).items()}
    for path, text in texts.items():
        write_atomically(path, text)
    return list(texts)
