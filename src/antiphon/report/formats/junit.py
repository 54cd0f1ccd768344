"""JUnit XML: a suite per area, a case per requirement, with the cause of what is broken.

The time of a case is that of the calls which judge it once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from antiphon.report.causes import cause_of
from antiphon.report.result_model import Result, ResultCause, ResultRequirement
from antiphon.report.text import visible
from antiphon.report.words import areas, clients, numbers, place, repeat_lines, replay, sources, target_of, title

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SKIPPED_VERDICTS = ("not-applicable", "not-testable", "not-asked")


def junit(result: Result) -> str:
    """The document; warnings pass and are told in `system-out`."""
    root = ET.Element("testsuites", _attributes(title(result), result["totals"]))
    root.set("time", f"{result['duration']:.3f}")
    causes = cause_of(result)
    for area in areas(result):
        suite = ET.SubElement(root, "testsuite", _attributes(f"antiphon.{area.name}", area.counts))
        suite.set("timestamp", _legal(result["started_at"]))
        properties = ET.SubElement(suite, "properties")
        facts = {"edition": result["edition"], "antiphon": result["antiphon"], "numbers": numbers(result)}
        for name, value in (facts | target_of(result)).items():
            ET.SubElement(properties, "property", name=name, value=_legal(value))
        own = [each for each in result["requirements"] if each["area"] == area.name]
        suite.set("time", f"{sum(each.get('seconds', 0) for each in own):.4f}")
        suite.extend(_case(result, each, causes.get(each["id"])) for each in own)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _attributes(name: str, counts: Mapping[str, int]) -> dict[str, str]:
    return {
        "name": _legal(name),
        "tests": str(sum(counts.values())),
        "failures": str(counts["fail"]),
        "errors": str(counts["error"]),
        "skipped": str(sum(counts.get(each, 0) for each in SKIPPED_VERDICTS)),
    }


def _case(result: Result, requirement: ResultRequirement, cause: ResultCause | None) -> ET.Element:
    time = f"{requirement.get('seconds', 0):.4f}"
    case = ET.Element("testcase", classname=f"antiphon.{requirement['area']}", name=requirement["id"], time=time)
    properties = ET.SubElement(case, "properties")
    for name in ("id", "level", "capability"):
        ET.SubElement(properties, "property", name=name, value=requirement[name])
    for source in sources(requirement):
        ET.SubElement(properties, "property", name="evidence", value=_legal(source))
    if cause:
        ET.SubElement(properties, "property", name="cause", value=_legal(f"{cause['id']}: {cause['title']}"))
    match requirement["verdict"]:
        case "fail":
            failed = ET.SubElement(case, "failure", type=requirement["level"], message=_message(requirement))
            failed.text = _legal(_story(result, requirement, cause), "\n")
        case "error":
            ET.SubElement(case, "error", type="antiphon", message=_legal(requirement["reason"]))
        case "not-applicable" | "not-testable" | "not-asked" as verdict:
            ET.SubElement(case, "skipped", message=_legal(f"{verdict}: {requirement['reason']}"))
        case "warn":
            ET.SubElement(case, "system-out").text = _legal("warning\n" + _story(result, requirement, cause), "\n")
    return case


def _message(requirement: ResultRequirement) -> str:
    return _legal(f"{requirement['says']} (broken in {requirement['violated']} of {requirement['judged']})")


def _story(result: Result, requirement: ResultRequirement, cause: ResultCause | None) -> str:
    lines = [requirement["says"], *([f"cause {visible(cause['title'])}"] if cause else [])]
    lines += [f"level {requirement['level']}"]
    lines += [f"source {source}" for source in sources(requirement)]
    for each in requirement["violations"]:
        lines += ["", f"place {place(each)}", f"expected {visible(each['expected'])}", f"got {visible(each['got'])}"]
        lines += [visible(each["message"])] if each["message"] else []
        lines += repeat_lines(each)
    broken = clients(result, requirement["breaks"])
    lines += ["", "breaks " + "; ".join(broken)] if broken else [""]
    again = replay(result, requirement["id"])
    return "\n".join(lines + ([f"replay {again}"] if again else []))


def _legal(text: str, kept: str = "") -> str:
    """Text that XML 1.0 can hold, in which nothing is invisible but the line ends of our own."""
    said = kept.join(map(visible, text.split(kept))) if kept else visible(text)
    return _ILLEGAL.sub("\ufffd", said)
