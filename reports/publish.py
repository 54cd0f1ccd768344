"""Makes a result small enough to keep: `python reports/publish.py antiphon-report/result.json NAME`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from antiphon.report.files import write_atomically

PLACES = 2
"""Violations of a requirement that are kept, of those that the result counts."""
LONGEST = 300
"""Characters of a text in a violation."""


def small(result: dict[str, Any]) -> dict[str, Any]:
    """The result without its exchanges and scenarios, which the transcript has, and without what spec/ says anyway."""
    requirements = [
        {**each, "evidence": [], "violations": [_short(place) for place in each["violations"][:PLACES]]}
        for each in result["requirements"]
    ]
    kept = {name: value for name, value in result.items() if name != "traffic"}
    return {**kept, "requirements": requirements, "scenarios": [], "transcript": "", "files": []}


def _short(place: dict[str, Any]) -> dict[str, Any]:
    return {name: value[:LONGEST] if isinstance(value, str) else value for name, value in place.items()}


def lines(result: dict[str, Any]) -> str:
    """JSON with one requirement a line, so that a change of one verdict is a change of one line."""
    rows = ",\n".join(json.dumps(each, ensure_ascii=False) for each in result["requirements"])
    head = json.dumps({**result, "requirements": []}, ensure_ascii=False)
    return head.replace('"requirements": []', f'"requirements": [\n{rows}\n]', 1) + "\n"


def main() -> None:
    """Publish one result under a name."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("result", type=Path)
    arguments.add_argument("name")
    given = arguments.parse_args()
    made = small(json.loads(given.result.read_text(encoding="utf-8")))
    place = Path(__file__).parent / "results" / f"{given.name}.json"
    write_atomically(place, lines(made))
    print(f"{place.name}: {place.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
