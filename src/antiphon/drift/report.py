"""Drift report over the sources that were named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from antiphon.drift import compare, document, sdk
from antiphon.drift.inventory import Inventory
from antiphon.drift.source_map import source_map


@dataclass
class Report:
    """Rows that differ, the sources that were compared, and remarks."""

    rows: list[compare.ComparisonRow] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def report(use_sdk: bool, openapi: Path | None, transcripts: Sequence[Path], edition: str) -> Report:
    """Compare the contract with each of the sources. Raises ConfigError for a document that cannot be read."""
    made, theirs = Report(), dict[str, Inventory]()
    if openapi is not None:
        value = document.read_document(openapi)
        theirs["document"] = document.inventory(value)
        info = value.get("info") or {}
        made.compared.append(f"document {info.get('version', '?')} ({openapi}), recorded {_recorded('document')}")
    if use_sdk:
        version = sdk.installed_version()
        if version is None:
            made.remarks.append("The package openai is not installed; `pip install openai` lets --sdk compare with it.")
        else:
            theirs["sdk"] = sdk.inventory()
            made.compared.append(f"openai {version}, recorded {_recorded('sdk')}")
    if theirs:
        made.rows += compare.rows(theirs)
    if transcripts:
        from antiphon.drift import wire

        found, remarks, count = wire.rows(transcripts, edition)
        made.rows += found
        made.remarks += [f"{each.where}: {each.message}" for each in remarks]
        made.compared.append(f"{count} exchanges of {', '.join(map(str, transcripts))}")
    return made


def _recorded(source: str) -> str:
    return f"at {source_map()['recorded'][source]}"
