"""Exchange of a broken requirement on a page: request, reply, and the events in their order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from antiphon.report.exchange_excerpts import marked_row
from antiphon.report.result_model import Result, ResultExchange, ResultRequirement, ResultViolation
from antiphon.report.text import clip

ENDS = ("the end of the stream", "the end of the body")
"""What a check writes where it waited for more."""
ROOM = 450_000
"""Characters of exchanges that a page shows; what is beyond stands in the result."""

Panel = dict[str, Any]
Marks = Mapping[tuple[str, int], ResultViolation]


class Panels:
    """Panels of one page: an exchange is complete the first time, and afterwards only around the broken places."""

    def __init__(self, result: Result) -> None:
        self._traffic: Mapping[str, ResultExchange] = result.get("traffic", {})
        self._homes: dict[str, str] = {}
        self._room = ROOM

    def panel(self, requirement: ResultRequirement) -> Panel | None:
        """The exchange of the first place that is known, with the places that this requirement breaks marked."""
        first = next((each for each in requirement["violations"] if each["exchange"] in self._traffic), None)
        if first is None:
            return None
        name = first["exchange"]
        marks = {
            mark: each
            for each in reversed(requirement["violations"])
            if each["exchange"] == name and (mark := marked_row(each["at"]))
        }
        exchange = self._traffic[name]
        whole = name not in self._homes
        rows = list(_rows(exchange, marks, whole))
        size = sum(len(row["text"]) for row in rows) + (len(exchange["sent"]) + len(exchange["body"]) if whole else 0)
        if size > self._room:
            return {"id": name, "home": self._homes.get(name, ""), "rows": [], "whole": False}
        self._room -= size
        home = self._homes.setdefault(name, requirement["id"])
        return {"id": name, "home": "" if whole else home, "rows": rows, "whole": whole} | (
            _whole(exchange) if whole else {}
        )


def _whole(exchange: ResultExchange) -> Panel:
    return {
        "asked": f"{exchange['method']} {exchange['path']}".strip(),
        "sent": pretty(exchange["sent"]),
        "sent_headers": _lines(exchange["sent_headers"]),
        "status": exchange["status"],
        "headers": _lines(exchange["headers"]),
        "body": "" if exchange["events"] else pretty(exchange["body"]),
        "size": exchange["size"],
        "complete": exchange["complete"],
        "elapsed": exchange["elapsed"],
        "failure": exchange["failure"],
        "intent": exchange.get("intent", ""),
        "outcome": exchange.get("outcome", ""),
        "events_total": exchange["events_total"],
    }


def _lines(headers: Sequence[Sequence[str]]) -> list[str]:
    return [": ".join(pair) for pair in headers]


def pretty(text: str) -> str:
    """JSON on several lines; any other text as it is."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return json.dumps(value, ensure_ascii=False, indent=2) if isinstance(value, dict | list) else text


def _rows(exchange: ResultExchange, marks: Marks, whole: bool) -> Iterator[Panel]:
    """The rows of a timeline; where the exchange is not shown whole, those about the marks alone."""
    rows = exchange["events"]
    hits = {
        index: violation
        for index, row in enumerate(rows)
        for (kind, number), violation in marks.items()
        if row.get(kind) == number
    }
    before = -1
    for index, row in enumerate(rows):
        if not whole and not any(abs(index - hit) <= 1 for hit in hits):
            continue
        left_out = row["frame"] - before - 1
        before = row["frame"]
        number = f"event {row['event']}" if "event" in row else f"frame {row['frame']}"
        text = row["text"] if index in hits else clip(row["text"], 400)
        gap = missing_beside(hits[index]) if index in hits else ""
        marked = {"mark": index in hits and not gap, "missing": hits[index]["expected"] if gap else "", "gap": gap}
        yield row | marked | {"number": number, "text": text, "left_out": left_out if whole else 0}
    if whole and rows and exchange["events_total"] > before + 1:
        yield {"number": "", "text": "", "mark": False, "gap": "", "left_out": exchange["events_total"] - before - 1}


def missing_beside(violation: ResultViolation) -> str:
    """Where something is missing beside an event: `after` it, `before` it, or nowhere: the event itself is wrong."""
    expected, got = violation["expected"], violation["got"]
    if got in ENDS or (expected.startswith("data: ") and got != expected):
        return "after"
    is_other_event = got.startswith("response.") and expected.startswith("response.")
    return "before" if expected.endswith(" before") or is_other_event else ""
