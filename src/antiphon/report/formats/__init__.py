"""Registry of report formats: the name of each, its file, what it is for, and the function that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pkgutil import resolve_name

from antiphon.errors import ConfigError
from antiphon.report.result_model import Result


@dataclass(frozen=True)
class ReportFormat:
    """A form in which a result is written."""

    name: str
    """As `--format` takes it."""
    file: str
    """Name of the file, or of the folder, that it makes."""
    says: str
    """For whom it is."""
    maker: str
    """Function of a result, as MODULE:FUNCTION; the module is imported when it is called, so that options are quick."""
    is_default: bool = False
    """Written where no format is named."""
    is_replaced: bool = False
    """Scripts of an earlier run are removed from its folder: what is mended has none."""

    def make(self, result: Result) -> str | Mapping[str, str]:
        """The text of the file, or the texts of the files of the folder."""
        made: str | Mapping[str, str] = resolve_name(self.maker)(result)
        return made


FORMATS: Mapping[str, ReportFormat] = {
    each.name: each
    for each in (
        ReportFormat(
            "json", "result.json", "The result itself, for every command that reads one and for programs of your own.",
            "antiphon.report.files:json_text", is_default=True,
        ),
        ReportFormat(
            "html", "report.html", "A page for people: one file, no network.",
            "antiphon.report.formats.html:page", is_default=True,
        ),
        ReportFormat(
            "junit", "junit.xml", "The test tab of a CI system.",
            "antiphon.report.formats.junit:junit", is_default=True,
        ),
        ReportFormat(
            "summary", "summary.md", "A step summary, an issue or a comment.",
            "antiphon.report.formats.github:step_summary", is_default=True,
        ),
        ReportFormat(
            "allure", "allure-results", "A folder for Allure, with requests and replies attached.",
            "antiphon.report.formats.allure:allure", is_default=True,
        ),
        ReportFormat(
            "scripts", "repeat", "A folder with a shell script for each broken requirement, which shows it again.",
            "antiphon.report.formats.scripts:scripts", is_default=True, is_replaced=True,
        ),
        ReportFormat(
            "ctrf", "ctrf.json", "Readers of the Common Test Report Format.",
            "antiphon.report.formats.ctrf:ctrf",
        ),
        ReportFormat(
            "sarif", "findings.sarif", "Code scanning: an alert for each broken requirement.",
            "antiphon.report.formats.sarif:sarif",
        ),
    )
}  # fmt: skip
"""In the order in which they are written."""
DEFAULT = tuple(each.name for each in FORMATS.values() if each.is_default)


def formats_by_name(names: Iterable[str]) -> list[ReportFormat]:
    """The formats of these names, in the order of FORMATS. Raises ConfigError for an unknown one."""
    wanted = set(names)
    unknown = sorted(wanted - FORMATS.keys())
    if unknown:
        raise ConfigError(f"No report format {unknown[0]!r}; known are {', '.join(FORMATS)}.")
    return [each for name, each in FORMATS.items() if name in wanted]
