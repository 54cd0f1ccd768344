"""Page of a night: what changed, who changed it, since when; as Markdown, HTML and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from antiphon.errors import Exit
from antiphon.nightly.history import NightRecord, first_seen, trend, unchanged_since
from antiphon.nightly.moves import KINDS, Move, exit_of
from antiphon.report.files import write_atomically
from antiphon.report.formats.html import render
from antiphon.report.result_model import Result
from antiphon.report.text import clip, markdown, visible
from antiphon.report.words import numbers, plural, profile_lines, title, with_verdict

MOST_ROWS = 100
"""Rows of one table."""
TREND = 14
"""Nights of the trend that the page shows."""


@dataclass(frozen=True)
class Page:
    """Content of a night's page. `nights` are those of the series, this one last."""

    result: Result
    nights: Sequence[NightRecord]
    moves: Sequence[Move]
    rows: Sequence[dict[str, str]]
    """Differences of the document and the SDK: source, what, since."""
    notes: Sequence[str]
    second: Result | None = None
    """The result of the run that was made to confirm the moves."""
    obstacle: str = ""
    """Why the night says nothing of its target; then there are no moves."""

    @property
    def exit(self) -> Exit:
        """The code to end with."""
        return Exit.UNREACHABLE if self.obstacle else exit_of(self.moves)

    @property
    def last(self) -> NightRecord | None:
        """The night that this one is compared with."""
        return next((night for night in reversed(self.nights[:-1]) if not night.obstacle), None)

    @property
    def calls(self) -> int:
        """The calls of the whole night, those of the run that confirms among them."""
        return self.result["calls"] + (self.second["calls"] if self.second else 0)

    @property
    def confirmation(self) -> str:
        """What a second run made of the moves; empty where there was none."""
        if self.second is None:
            return ""
        asked = [move for move in self.moves if move.kind in ("broke", "mended", "unknown")]
        confirmed = sum(1 for move in asked if move.alerts)
        calls = plural(self.second["calls"], "call")
        return f"A second run of {calls} confirmed {confirmed} of {plural(len(asked), 'move')}."

    @property
    def headline(self) -> str:
        """Target and verdict in a line."""
        return f"{title(self.result)}: {self.verdict}"

    @property
    def verdict(self) -> str:
        """What changed, in a line."""
        if self.obstacle:
            return "nothing can be said of this night"
        if self.last is None:
            return "the first night, with nothing to compare it with"
        alerts = sum(1 for each in self.moves if each.alerts)
        rest = len(self.moves) - alerts
        said = f"{plural(alerts, 'thing')} moved" if alerts else "nothing moved"
        return said + (f"; {rest} not confirmed by a second run" if rest else "")

    def groups(self) -> list[tuple[str, list[Move]]]:
        """The moves under their headings, those that a second run refuted last."""
        found = [(KINDS[kind], [each for each in self.moves if each.kind == kind and each.alerts]) for kind in KINDS]
        found.append(("Not confirmed by a second run", [each for each in self.moves if not each.alerts]))
        return [(heading, each) for heading, each in found if each]

    def broken_requirements(self) -> list[dict[str, str]]:
        """Every requirement that is broken, with the time since when it is."""
        if self.obstacle:
            return []
        listed = [*with_verdict(self.result, "fail"), *with_verdict(self.result, "warn")]
        return [
            {
                "id": each["id"],
                "says": each["says"],
                "verdict": each["verdict"],
                "since": unchanged_since(self.nights, each["id"]),
            }
            for each in listed
        ]

    def unknown(self) -> list[dict[str, str]]:
        """Names in replies beyond the contract, each with the time of the first night that had it."""
        keys = [] if self.obstacle else [(row["what"], row["kind"], row["name"]) for row in self.result["drift"]]
        return [{"what": " ".join(key), "since": first_seen(self.nights, key)} for key in keys]

    @property
    def profiles(self) -> list[str]:
        """A sentence on each profile."""
        return [] if self.obstacle else profile_lines(self.result)

    def trend(self) -> list[dict[str, Any]]:
        """The last nights, for the chart."""
        return list(trend(self.nights))[-TREND:]

    def facts(self) -> list[str]:
        """The night in a few lines."""
        result = self.result
        tokens = result["tokens"] + (self.second["tokens"] if self.second else 0)
        seconds = result["duration"] + (self.second["duration"] if self.second else 0)
        work = f"{plural(self.calls, 'call')}, {plural(tokens, 'token')}, {seconds:.1f} s"
        if self.obstacle:
            return [
                self.obstacle,
                "That is no drift: nothing is compared, and the next night follows the last whole one.",
            ]
        last = [f"Held against {self.last.at}, Antiphon {self.last.antiphon}."] if self.last else []
        about = (
            f"{result['started_at']}, edition {result['edition']}, Antiphon {result['antiphon']}: {numbers(result)}."
        )
        return [about, f"{work}.", *last, *filter(None, [self.confirmation]), *self.notes]


def write_page(page: Page, folder: Path) -> list[Path]:
    """Write nightly.md, nightly.html and nightly.json; what was written."""
    html = render("nightly.html", page=page, profiles=page.profiles, most=MOST_ROWS)
    value = json.dumps(as_json(page), ensure_ascii=False, indent=1) + "\n"
    texts = {"nightly.md": as_markdown(page), "nightly.html": html, "nightly.json": value}
    for name, text in texts.items():
        write_atomically(folder / name, text)
    return [folder / name for name in texts]


def as_markdown(page: Page) -> str:
    """The page for an issue, a job summary or a chat."""
    lines = [f"# {markdown(page.headline)}", "", *(f"- {markdown(each)}" for each in page.facts())]
    lines += [f"- profile {markdown(each)}" for each in page.profiles]
    for heading, moved in page.groups():
        cells = [(each.what, clip(each.says, 200), _from_to(each), each.who, each.since) for each in moved]
        lines += _table(f"{heading}: {len(moved)}", ("what", "says", "verdict", "changed by", "as before until"), cells)
    broken = [
        (each["id"], clip(each["says"], 200), each["verdict"], each["since"]) for each in page.broken_requirements()
    ]
    lines += _table(f"Broken: {len(broken)}", ("requirement", "says", "verdict", "since"), broken)
    other = [("the live API", each["what"], each["since"]) for each in page.unknown()]
    other += [(each["source"], each["what"], each["since"]) for each in page.rows]
    lines += _table(f"Different from the contract: {len(other)}", ("who", "what", "since"), other)
    keys = ("at", "judged", "held", "fail", "warn", "calls", "obstacle")
    rows = [tuple(str(row[key]) for key in keys) for row in page.trend()]
    return "\n".join(lines + _table("Trend", ("night", *keys[1:]), rows)) + "\n"


def _from_to(move: Move) -> str:
    return f"{move.before} → {move.after}" if move.before else move.after


def _table(heading: str, names: Sequence[str], rows: Sequence[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    shown = [f"| {' | '.join(map(markdown, row))} |" for row in rows[:MOST_ROWS]]
    more = [f"…and {len(rows) - MOST_ROWS} more.", ""] if len(rows) > MOST_ROWS else []
    return ["", f"## {heading}", "", f"| {' | '.join(names)} |", "|" + "---|" * len(names), *shown, "", *more]


def as_json(page: Page) -> dict[str, Any]:
    """The page for a program."""
    return {
        "headline": page.headline,
        "exit": int(page.exit),
        "first": page.last is None,
        "obstacle": page.obstacle,
        "moved": [{key: getattr(each, key) for key in (*Move.__slots__, "alerts")} for each in page.moves],
        "broken": page.broken_requirements(),
        "unknown": page.unknown(),
        "sources": list(page.rows),
        "calls": page.calls,
        "confirmation": page.confirmation,
        "notes": list(page.notes),
        "trend": page.trend(),
    }


def as_text(page: Page) -> list[str]:
    """The page for a terminal."""
    lines = [page.headline, *page.facts()]
    for heading, moved in page.groups():
        lines += ["", f"{heading}: {len(moved)}"]
        for each in moved[:MOST_ROWS]:
            until = f", as before until {each.since}" if each.since else ""
            lines += [f"  {each.what}  {_from_to(each)}  ({each.who} moved{until})", f"    {each.says}"]
    still = [each for each in page.broken_requirements() if each["id"] not in {move.what for move in page.moves}]
    if still:
        lines += ["", f"Still broken: {len(still)}"]
        lines += [f"  {each['id']}  {each['verdict']} since {each['since']}" for each in still[:MOST_ROWS]]
    return [visible(each) for each in lines]
