"""Findings as SARIF 2.1.0, for code scanning: broken requirements, and entries of our files that are out of date."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from antiphon import __version__
from antiphon.report.addresses import documentation, manual_page, requirement_page
from antiphon.report.causes import cause_of
from antiphon.report.result_model import Result, ResultCause, ResultRequirement
from antiphon.report.text import markdown, visible
from antiphon.report.words import clients, difference, place, replay, sources, title

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
    """Every broken requirement: at the recording that shows it, with its cause."""
    causes = cause_of(result)
    broken = [each for each in result["requirements"] if each["verdict"] in LEVEL]
    recording = result["files"][0] if result["files"] else result["transcript"]
    found = [_result(result, each, causes.get(each["id"]), recording, number) for number, each in enumerate(broken)]
    category = f"antiphon/{visible(title(result))}/{result['edition']}/"
    return _document([_rule(result, each) for each in broken], found, category)


def sarif_of(notes: Sequence[Note]) -> str:
    """Notes on files, each at its line."""
    page = manual_page("gating")
    known = {each.rule: _descriptor(each.rule, each.says, each.says, each.level, page) for each in notes}
    rules = list(known)
    found = [
        {
            "ruleId": each.rule,
            "ruleIndex": rules.index(each.rule),
            "level": each.level,
            "message": {"text": _sentence(each.message)},
            "locations": [{"physicalLocation": _physical(each.file, each.line)}],
        }
        for each in notes
    ]
    return _document(known.values(), found, "antiphon/gate/")


def _document(rules: Iterable[Mapping[str, Any]], results: Sequence[Any], category: str) -> str:
    driver: dict[str, Any] = {"name": "Antiphon", "version": __version__, "rules": list(rules)}
    if documentation():
        driver["informationUri"] = documentation()
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": category},
        "results": results,
        "columnKind": "unicodeCodePoints",
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _rule(result: Result, requirement: ResultRequirement) -> dict[str, Any]:
    breaks = "; ".join(clients(result, requirement["breaks"]))
    known = [f"source: {each}" for each in sources(requirement)] + ([f"breaks: {breaks}"] if breaks else [])
    rule = _descriptor(
        requirement["id"], requirement["says"], "; ".join(known) or requirement["says"],
        LEVEL[requirement["verdict"]], requirement_page(requirement["id"]),
    )  # fmt: skip
    rule["help"]["markdown"] = "\n".join(f"- {markdown(each)}" for each in known) or markdown(requirement["says"])
    rule["properties"] = {"tags": [requirement["area"], requirement["capability"], requirement["level"]]}
    return rule


def _descriptor(id: str, says: str, help: str, level: str, page: str) -> dict[str, Any]:
    """A rule with all that code scanning shows of one; its name is its id in one word."""
    rule: dict[str, Any] = {
        "id": id,
        "name": "".join(word.capitalize() for word in re.split(r"\W+", id)),
        "shortDescription": {"text": says},
        "fullDescription": {"text": says},
        "help": {"text": visible(help)},
        "defaultConfiguration": {"level": level},
    }
    return rule | ({"helpUri": page} if page else {})


def _result(
    result: Result, requirement: ResultRequirement, cause: ResultCause | None, recording: str, number: int
) -> dict[str, Any]:
    said = [requirement["says"], *map(difference, requirement["violations"][:1])]
    said += [f"Cause: {cause['title']}"] if cause else []
    again = replay(result, requirement["id"])
    said += [f"Replay it with `{again}`"] if again else []
    key = sha256(f"{title(result)}/{requirement['id']}".encode("utf-8", "backslashreplace")).hexdigest()
    return {
        "ruleId": requirement["id"],
        "ruleIndex": number,
        "level": LEVEL[requirement["verdict"]],
        "message": {"text": " ".join(map(_sentence, said))},
        "locations": list(_locations(requirement, recording)),
        "partialFingerprints": {"antiphonRequirement/v1": key[:32]},
        "properties": {"breaks": requirement["breaks"], **({"cause": cause["id"]} if cause else {})},
    }


def _sentence(text: str) -> str:
    """A text that begins with a capital letter and ends with a full stop."""
    said = visible(text).strip()
    return (said[:1].upper() + said[1:]).rstrip(".") + "."


def _locations(requirement: ResultRequirement, recording: str) -> Iterator[dict[str, Any]]:
    for each in requirement["violations"][:MOST_PLACES]:
        name = visible(place(each)) or requirement["id"]
        location: dict[str, Any] = {"logicalLocations": [{"name": name, "kind": "exchange"}]}
        if file := each.get("file", recording):
            location["physicalLocation"] = _physical(file, each.get("line", 0))
        yield location


def _physical(file: str, line: int) -> dict[str, Any]:
    """A line of a file: the first where it is not known, since code scanning takes no place without one."""
    return {
        "artifactLocation": {"uri": quote(PurePath(file).as_posix(), errors="backslashreplace")},
        "region": {"startLine": line or 1, "endLine": line or 1},
    }
