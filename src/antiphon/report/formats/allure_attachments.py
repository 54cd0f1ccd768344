"""Attachments of a broken requirement in Allure: request, raw reply, events, and the command that repeats it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from allure_commons.model2 import Attachment

from antiphon.report.exchange_excerpts import marked_row
from antiphon.report.panel import pretty
from antiphon.report.reproduction.choice import SHEBANG, command
from antiphon.report.result_model import Result, ResultExchange, ResultRequirement


def attachments(result: Result, requirement: ResultRequirement, prefix: str) -> tuple[list[Attachment], dict[str, str]]:
    """The attachments of a requirement, and the files that they name; none where nothing is broken or known."""
    found: list[Attachment] = []
    files: dict[str, str] = {}
    for name, media_type, text in _parts(result, requirement):
        source = f"{prefix}-{name.replace(' ', '-')}-attachment.{'json' if media_type.endswith('json') else 'txt'}"
        found.append(Attachment(name=name, source=source, type=media_type))
        files[source] = text
    return found, files


def _parts(result: Result, requirement: ResultRequirement) -> Iterator[tuple[str, str, str]]:
    traffic: Mapping[str, ResultExchange] = result.get("traffic", {})
    first = next((each for each in requirement["violations"] if each["exchange"] in traffic), None)
    if first:
        exchange = traffic[first["exchange"]]
        yield (
            "request",
            "text/plain",
            _message(f"{exchange['method']} {exchange['path']}", exchange["sent_headers"], pretty(exchange["sent"])),
        )
        status = exchange["failure"] or f"HTTP {exchange['status']}"
        yield "raw reply", "text/plain", _message(status, exchange["headers"], exchange["body"])
        if exchange["events"]:
            places = [each["at"] for each in requirement["violations"] if each["exchange"] == first["exchange"]]
            yield "events", "text/plain", _events(exchange, set(map(marked_row, places)))
    shown = next((text for each in requirement["violations"] if (text := command(each))), "")
    if shown:
        yield "script" if shown.startswith(SHEBANG) else "curl", "text/plain", shown.rstrip("\n") + "\n"


def _message(head: str, headers: list[list[str]], body: str) -> str:
    return "\n".join([head, *(": ".join(pair) for pair in headers), "", body]) + "\n"


def _events(exchange: ResultExchange, marks: set[tuple[str, int] | None]) -> str:
    lines = [f"{exchange['events_total']} in all, {len(exchange['events'])} here; > marks what is broken"]
    for row in exchange["events"]:
        hit = ("frame", row["frame"]) in marks or ("event", row.get("event")) in marks
        number = f"event {row['event']}" if "event" in row else f"frame {row['frame']}"
        lines.append(f"{'>' if hit else ' '} +{row['at']:.3f} s  {number:<10} {row['name']}  {row['text']}")
    return "\n".join(lines) + "\n"
