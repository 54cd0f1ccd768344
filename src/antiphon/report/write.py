"""Writes the reports of a result into a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from antiphon.report.files import write_atomically, write_json
from antiphon.report.formats.allure import allure
from antiphon.report.formats.badges import badges
from antiphon.report.formats.ctrf import ctrf
from antiphon.report.formats.github import step_summary
from antiphon.report.formats.html import page
from antiphon.report.formats.junit import junit
from antiphon.report.formats.sarif import sarif
from antiphon.report.output import DEFAULT, FORMATS, check_formats
from antiphon.report.site.matrix import site

TEXTS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], str]]] = {
    "html": ("report.html", page),
    "junit": ("junit.xml", junit),
    "summary": ("summary.md", step_summary),
    "ctrf": ("ctrf.json", ctrf),
    "sarif": ("findings.sarif", sarif),
}


def write_all(result: Mapping[str, Any], folder: Path, formats: Iterable[str] = DEFAULT) -> list[Path]:
    """Write the named formats; what was written, in the order of FORMATS. The folder is made.

    Raises ConfigError for an unknown format, before anything is written, and AntiphonError where a file cannot be.
    """
    asked = set(formats)
    check_formats(asked)
    written: list[Path] = []
    for name in (each for each in FORMATS if each in asked):
        if name == "json":
            written.append(folder / "result.json")
            write_json(written[-1], dict(result))
        elif name == "allure":
            written.append(folder / "allure-results")
            for file, text in allure(result).items():
                write_atomically(written[-1] / file, text)
        else:
            file, make = TEXTS[name]
            written.append(folder / file)
            write_atomically(written[-1], make(result))
    return written


def write_matrix(results: Sequence[Mapping[str, Any]], folder: Path) -> list[Path]:
    """Write the site of several results: index.html, matrix.md, results/*.html and badges/*; what was written."""
    texts = {folder / name: text for name, text in site(results).items()}
    texts |= {folder / "badges" / name: text for name, text in badges(results).items()}
    for path, text in texts.items():
        write_atomically(path, text)
    return list(texts)
