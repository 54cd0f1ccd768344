"""Results in the Common Test Report Format (CTRF): a test per requirement, grouped by area and capability."""

from __future__ import annotations

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from antiphon.report.causes import cause_of
from antiphon.report.result_model import Result, ResultCause, ResultRequirement
from antiphon.report.text import visible
from antiphon.report.words import (
    clients,
    difference,
    milliseconds,
    numbers,
    place,
    repeat_lines,
    replay,
    sources,
    title,
)

SPEC_VERSION = "0.0.0"
STATUS = {
    "pass": "passed", "warn": "passed", "fail": "failed", "error": "other", "not-applicable": "skipped",
    "not-testable": "skipped", "not-asked": "skipped",
}  # fmt: skip


def ctrf(result: Result) -> str:
    """The document; a broken should has passed, and its verdict stands in rawStatus."""
    start = milliseconds(result["started_at"])
    stop = start + int(result["duration"] * 1000)
    causes = cause_of(result)
    tests = [_test(result, each, causes.get(each["id"])) for each in result["requirements"]]
    counts = dict.fromkeys(("passed", "failed", "skipped", "pending", "other"), 0)
    for each in tests:
        counts[each["status"]] += 1
    areas = {each["area"] for each in result["requirements"]}
    summary = {"tests": len(tests), **counts, "suites": len(areas), "start": start, "stop": stop}
    facts = {name: visible(value) for name, value in result["target"].items()}
    document = {
        "reportFormat": "CTRF",
        "specVersion": SPEC_VERSION,
        "reportId": str(uuid5(NAMESPACE_URL, f"antiphon/{visible(title(result))}/{result['started_at']}")),
        "generatedBy": f"antiphon {result['antiphon']}",
        "results": {
            "tool": {"name": "antiphon", "version": result["antiphon"]},
            "summary": summary,
            "tests": tests,
            "environment": {
                "appName": visible(title(result)),
                "extra": facts | {"edition": result["edition"], "numbers": numbers(result)},
            },
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _test(result: Result, requirement: ResultRequirement, cause: ResultCause | None) -> dict[str, Any]:
    verdict = requirement["verdict"]
    test: dict[str, Any] = {
        "name": requirement["says"],
        "testId": requirement["id"],
        "status": STATUS[verdict],
        "rawStatus": verdict,
        "duration": round(requirement.get("seconds", 0) * 1000),
        "suite": [requirement["area"], requirement["capability"]],
        "type": "conformance",
        "tags": [requirement["level"]],
        "labels": {"requirement": requirement["id"], "level": requirement["level"],
                   "capability": requirement["capability"]},
        "extra": {"sources": sources(requirement)},
    }  # fmt: skip
    first = next(iter(requirement["violations"]), None)
    if verdict == "pass":
        return test
    if cause:
        test["labels"]["cause"] = cause["id"]
        test["extra"]["cause"] = visible(cause["title"])
    test["message"] = visible(requirement["reason"] or (difference(first) if first else verdict))
    if first:
        lines = [f"place {place(first)}", *repeat_lines(first)]
        lines += [f"breaks {'; '.join(clients(result, requirement['breaks']))}" if requirement["breaks"] else ""]
        again = replay(result, requirement["id"])
        test["trace"] = "\n".join(visible(line) for line in [*lines, f"replay {again}" if again else ""] if line)
    return test
