"""Drift report over the sources that were named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from antiphon.drift import compare, document, sdk
from antiphon.drift.inventory import Inventory
from antiphon.drift.recorded_shapes import record_shapes, recorded_version


@dataclass
class Report:
    """Rows that differ, the sources that were compared, and remarks."""

    rows: list[compare.ComparisonRow] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def report(
    use_sdk: bool, openapi: Path | None, transcripts: Sequence[Path], edition: str, *, record: bool = False
) -> Report:
    """Compare the contract with each of the sources. Raises ConfigError for a document that cannot be read.

    With `record` the shapes of their fields, and their versions, are then those that later comparisons start from.
    """
    made, theirs, versions = Report(), dict[str, Inventory](), dict[str, str]()
    if openapi is not None:
        value = document.read_document(openapi)
        theirs["document"] = document.inventory(value)
        versions["document"] = str((value.get("info") or {}).get("version", "?"))
    if use_sdk:
        version = sdk.installed_version()
        if version is None:
            made.remarks.append("The package openai is not installed; `pip install openai` lets --sdk compare with it.")
        else:
            theirs["sdk"], versions["sdk"] = sdk.inventory(), version
    if record:
        record_shapes(theirs, versions)
    made.compared += [_compared(source, version, openapi) for source, version in versions.items()]
    if theirs:
        made.rows += compare.rows(theirs)
    if transcripts:
        from antiphon.drift import wire

        found, remarks, count = wire.rows(transcripts, edition)
        made.rows += found
        made.remarks += [f"{each.where}: {each.message}" for each in remarks]
        made.compared.append(f"{count} exchanges of {', '.join(map(str, transcripts))}")
    return made


def _compared(source: str, version: str, path: Path | None) -> str:
    """A source and its version, and whether that is the one that the contract was read from."""
    name = f"openai {version}" if source == "sdk" else f"document {version} ({path})"
    recorded = recorded_version(source)
    if version == recorded:
        return f"{name}, which the contract was read from"
    return f"{name}; the contract was read from {recorded}, and what moved did so in between"
