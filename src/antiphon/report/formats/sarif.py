"""Findings as SARIF 2.1.0, for code scanning: broken requirements, and entries of our files that are out of date."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from antiphon import __version__
from antiphon.report.text import markdown, visible
from antiphon.report.words import Requirement, Result, clients, difference, place, replay, sources, title

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVEL = {"fail": "error", "warn": "warning"}
MOST_PLACES = 5


@dataclass(frozen=True)
class Note:
    """Something to mend in a file of the tester: a waiver that is stale, a setting that is wrong."""

    rule: str
    """A name that lasts, such as `baseline.stale`."""
    says: str
    message: str
    file: str
    line: int = 0
    """Counted from 1; 0 where it is not known."""
    level: str = "warning"
    """error, warning or note."""


def sarif(result: Result) -> str:
    """Every broken requirement: at the recording that shows it."""
    broken = [each for each in result["requirements"] if each["verdict"] in LEVEL]
    recording = result["files"][0] if result["files"] else result["transcript"]
    found = [_result(result, each, recording, number) for number, each in enumerate(broken)]
    return _document([_rule(result, each) for each in broken], found, {"edition": result["edition"]})


def sarif_of(notes: Sequence[Note]) -> str:
    """Notes on files, each at its line."""
    known = {each.rule: {"id": each.rule, "shortDescription": {"text": each.says}} for each in notes}
    rules = list(known)
    found = [
        {
            "ruleId": each.rule,
            "ruleIndex": rules.index(each.rule),
            "level": each.level,
            "message": {"text": visible(each.message)},
            "locations": [{"physicalLocation": _physical(each.file, each.line)}],
        }
        for each in notes
    ]
    return _document(known.values(), found, {})


def _document(rules: Iterable[Mapping[str, Any]], results: Sequence[Any], properties: Mapping[str, str]) -> str:
    driver = {"name": "Antiphon", "version": __version__, "rules": list(rules)}
    run: dict[str, Any] = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    if properties:
        run["properties"] = dict(properties)
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _rule(result: Result, requirement: Requirement) -> dict[str, Any]:
    broken = clients(result, requirement["breaks"])
    lines = [f"- source: {markdown(each)}" for each in sources(requirement)]
    lines += [f"- breaks: {markdown('; '.join(broken))}"] if broken else []
    return {
        "id": requirement["id"],
        "shortDescription": {"text": requirement["says"]},
        "help": {"text": "; ".join(sources(requirement)), "markdown": "\n".join(lines)},
        "defaultConfiguration": {"level": LEVEL[requirement["verdict"]]},
        "properties": {"tags": [requirement["area"], requirement["capability"], requirement["level"]]},
    }


def _result(result: Result, requirement: Requirement, recording: str, number: int) -> dict[str, Any]:
    first = next(iter(requirement["violations"]), None)
    said = f"{requirement['says']} {difference(first) + '.' if first else ''}".strip()
    again = replay(result, requirement["id"])
    key = sha256(f"{title(result)}/{requirement['id']}".encode("utf-8", "backslashreplace")).hexdigest()
    return {
        "ruleId": requirement["id"],
        "ruleIndex": number,
        "level": LEVEL[requirement["verdict"]],
        "message": {"text": visible(f"{said} Replay: {again}" if again else said)},
        "locations": list(_locations(requirement, recording)),
        "partialFingerprints": {"antiphonRequirement/v1": key[:32]},
    }


def _locations(requirement: Requirement, recording: str) -> Iterator[dict[str, Any]]:
    physical = {"physicalLocation": _physical(recording)} if recording else {}
    for each in requirement["violations"][:MOST_PLACES]:
        name = visible(place(each)) or requirement["id"]
        yield physical | {"logicalLocations": [{"name": name, "kind": "exchange"}]}


def _physical(file: str, line: int = 0) -> dict[str, Any]:
    physical: dict[str, Any] = {
        "artifactLocation": {"uri": quote(PurePath(file).as_posix(), errors="backslashreplace")}
    }
    return physical | ({"region": {"startLine": line}} if line else {})
