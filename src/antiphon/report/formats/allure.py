"""Results for Allure: a file per requirement, under names that stay the same from run to run.

The epic is the area, the feature the behaviour (a requirement's id without its last part), the story the capability.
What is broken stands in a suite and a category for its cause, numbered with the gravest first; all else in the suite
of its area.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from allure_commons.model2 import (
    Label,
    Link,
    Parameter,
    Status,
    StatusDetails,
    TestResult,
    TestResultContainer,
    TestStepResult,
)
from attr import asdict

from antiphon.report.causes import causes_of
from antiphon.report.formats.allure_attachments import attachments
from antiphon.report.result_model import Result, ResultRequirement, ResultViolation
from antiphon.report.text import block, markdown, visible
from antiphon.report.words import (
    clients,
    difference,
    milliseconds,
    numbers,
    place,
    repeat_lines,
    replay,
    sources,
    target_of,
    title,
)

STATUS = {
    "pass": Status.PASSED,
    "warn": Status.PASSED,
    "fail": Status.FAILED,
    "error": Status.BROKEN,
    "not-applicable": Status.SKIPPED,
    "not-testable": Status.SKIPPED,
}
PAGE = "../report.html"
"""Page with the full text of a requirement, relative to a report that was generated next to it."""
SEVERITY = {"must": "critical", "should": "normal", "may": "minor"}
CATEGORIES = [
    {"name": "Mistakes of Antiphon", "matchedStatuses": ["broken"]},
    {"name": "Capability absent", "matchedStatuses": ["skipped"], "messageRegex": "(?s)not-applicable.*"},
    {"name": "Could not be shown", "matchedStatuses": ["skipped"], "messageRegex": "(?s)not-testable.*"},
]


def allure(result: Result) -> dict[str, str]:
    """The files of a results folder by name; what was not asked is no case of it."""
    key = visible(f"antiphon/{result['edition']}/{title(result)}/{result['target'].get('model', '')}")
    start = milliseconds(result["started_at"])
    causes = _causes(result)
    cases: list[TestResult] = []
    files: dict[str, str] = {}
    for requirement in result["requirements"]:
        if requirement["verdict"] == "not-asked":
            continue
        case = _case(result, requirement, key, start, causes.get(requirement["id"], ""))
        attached, texts = attachments(result, requirement, case.uuid)
        case.attachments.extend(attached)
        cases.append(case)
        files |= texts
    container = TestResultContainer(
        uuid=str(uuid5(NAMESPACE_URL, key)), name=visible(title(result)), description=numbers(result),
        children=[case.uuid for case in cases], start=start, stop=start + int(result["duration"] * 1000),
    )  # fmt: skip
    items: list[TestResult | TestResultContainer] = [*cases, container]
    files |= {each.file_pattern.format(prefix=each.uuid): _json(each) for each in items}
    categories = [*map(_category, dict.fromkeys(causes.values())), *CATEGORIES]
    files["categories.json"] = json.dumps(categories, indent=1)
    facts = {"edition": result["edition"], "antiphon": result["antiphon"]} | target_of(result)
    files["environment.properties"] = "".join(f"{name}={_property(value)}\n" for name, value in facts.items())
    return files


def _causes(result: Result) -> dict[str, str]:
    """The numbered cause of each broken requirement."""
    numbered = enumerate((each for each in causes_of(result) if each["requirements"]), 1)
    return {id: f"{number:02}. {visible(cause['title'])}" for number, cause in numbered for id in cause["requirements"]}


def _category(cause: str) -> dict[str, Any]:
    """The category of a cause: Allure puts there what begins with its number, a broken should too."""
    number = cause.partition(".")[0]
    return {"name": cause, "matchedStatuses": ["failed", "passed"], "messageRegex": rf"\w+, cause {number}\..*"}


def _case(result: Result, requirement: ResultRequirement, key: str, start: int, cause: str) -> TestResult:
    verdict = requirement["verdict"]
    stop = start + round(requirement.get("seconds", 0) * 1000)
    history = str(uuid5(NAMESPACE_URL, f"{key}/{requirement['id']}"))
    labels = {
        "epic": requirement["area"], "feature": requirement["id"].rpartition(".")[0] or requirement["area"],
        "story": requirement["capability"], "severity": SEVERITY[requirement["level"]], "tag": verdict,
        "framework": "antiphon", "language": "http", "suite": cause or requirement["area"],
        "parentSuite": f"{visible(title(result))}, {result['edition']}",
    }  # fmt: skip
    page = f"{PAGE}#{requirement['id']}"
    return TestResult(
        uuid=history,
        historyId=history,
        testCaseId=str(uuid5(NAMESPACE_URL, f"antiphon/{requirement['id']}")),
        name=requirement["says"],
        fullName=requirement["id"],
        status=STATUS[verdict],
        statusDetails=_details(result, requirement, cause),
        stage="finished",
        description=_description(result, requirement),
        labels=[Label(name, value) for name, value in labels.items()],
        links=[Link(type="link", url=page, name=f"requirement {requirement['id']}")],
        steps=[_step(each, STATUS[verdict], start, stop) for each in requirement["violations"]],
        start=start,
        stop=stop,
    )


def _details(result: Result, requirement: ResultRequirement, cause: str) -> StatusDetails | None:
    if requirement["verdict"] == "pass":
        return None
    said = requirement["reason"]
    trace = []
    for first in requirement["violations"][:1]:
        said = said or f"{difference(first)} at {place(first)}"
        trace += repeat_lines(first, "repeat: ")
    again = replay(result, requirement["id"])
    trace += [f"replay: {again}"] if again else []
    told = f"{requirement['verdict']}{', cause ' + cause if cause else ''}: {said}"
    return StatusDetails(message=visible(told), trace="\n".join(map(visible, trace)))


def _description(result: Result, requirement: ResultRequirement) -> str:
    lines = [markdown(requirement["says"]), ""]
    lines += [f"- source: {markdown(source)}" for source in sources(requirement)]
    broken = clients(result, requirement["breaks"])
    lines += [f"- breaks: {markdown('; '.join(broken))}"] if broken else []
    commands = list(dict.fromkeys(line for each in requirement["violations"] for line in repeat_lines(each, "")))
    return "\n".join([*lines, "", *([block(commands)] if commands else [])])


def _step(violation: ResultViolation, status: str, start: int, stop: int) -> TestStepResult:
    values = {name: visible(violation[name]) for name in ("expected", "got", "message") if violation[name]}
    return TestStepResult(
        name=visible(place(violation)), status=status, stage="finished", start=start, stop=stop,
        parameters=[Parameter(name, value) for name, value in values.items()],
    )  # fmt: skip


def _json(item: TestResult | TestResultContainer) -> str:
    return json.dumps(asdict(item, filter=lambda _, value: value is False or bool(value)), ensure_ascii=False, indent=1)


def _property(value: str) -> str:
    return visible(value).replace("\\", "\\\\")
