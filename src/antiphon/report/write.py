"""Writes the reports of a result into a folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from antiphon.errors import ConfigError
from antiphon.report.allure import allure
from antiphon.report.files import write_atomically, write_json
from antiphon.report.html import page
from antiphon.report.junit import junit
from antiphon.report.matrix import as_markdown, as_page, badges
from antiphon.report.summary import summary

FORMATS = ("json", "html", "junit", "summary", "allure")


def write_all(result: Mapping[str, Any], folder: Path, formats: Iterable[str] = FORMATS) -> list[Path]:
    """Write the named formats; what was written, in the order of FORMATS. The folder is made.

    Raises ConfigError for an unknown format, before anything is written, and AntiphonError where a file cannot be.
    """
    asked = set(formats)
    unknown = sorted(asked - set(FORMATS))
    if unknown:
        raise ConfigError(f"No report format {unknown[0]!r}; known are {', '.join(FORMATS)}.")
    texts = {"html": ("report.html", page), "junit": ("junit.xml", junit), "summary": ("summary.md", summary)}
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
            file, make = texts[name]
            written.append(folder / file)
            write_atomically(written[-1], make(result))
    return written


def write_matrix(results: Sequence[Mapping[str, Any]], folder: Path) -> list[Path]:
    """Write matrix.html, matrix.md and badges/*.svg of several results; what was written."""
    texts = {folder / "matrix.html": as_page(results), folder / "matrix.md": as_markdown(results)}
    texts |= {folder / "badges" / name: svg for name, svg in badges(results).items()}
    for path, text in texts.items():
        write_atomically(path, text)
    return list(texts)
