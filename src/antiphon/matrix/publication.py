"""What is published of a result: every verdict, count and reason, and a few places of what is broken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from antiphon.report.files import write_atomically
from antiphon.report.seal import with_digest

PLACES = 2
"""Violations of a requirement that are published, of those that the result counts."""
LONGEST = 300
"""Characters of a text in a violation."""


def small(result: Mapping[str, Any]) -> dict[str, Any]:
    """The result without its exchanges and scenarios, which the transcript has, and what spec/ says; sealed anew."""
    requirements = [_small_requirement(each) for each in result["requirements"]]
    rest = {name: value for name, value in result.items() if name != "traffic"}
    return {**with_digest({**rest, "requirements": requirements, "scenarios": [], "transcript": "", "files": []})}


def _small_requirement(requirement: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in requirement.items() if name != "seconds"}
    return {**rest, "evidence": [], "violations": [_short(place) for place in requirement["violations"][:PLACES]]}


def _short(place: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value[:LONGEST] if isinstance(value, str) else value for name, value in place.items()}


def lines(result: Mapping[str, Any]) -> str:
    """JSON with one requirement a line, so that a change of one verdict is a change of one line."""
    rows = ",\n".join(json.dumps(each, ensure_ascii=False) for each in result["requirements"])
    head = json.dumps({**result, "requirements": []}, ensure_ascii=False)
    return head.replace('"requirements": []', f'"requirements": [\n{rows}\n]', 1) + "\n"


def publish(result: Path, place: Path) -> None:
    """Write what is published of a result.json. Raises AntiphonError where it cannot be written."""
    write_atomically(place, lines(small(json.loads(result.read_text(encoding="utf-8")))))
