"""Badges: an SVG image and a shields.io endpoint for each result and each of its profiles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from html import escape

from antiphon.report.result_model import Result, ResultProfile
from antiphon.report.series import Column, columns
from antiphon.report.text import clip, visible
from antiphon.report.trust import doubt

COLOURS = {True: "#2c7a4b", False: "#c22f2f", None: "#5a6069"}


def badges(results: Sequence[Result], today: date | None = None) -> dict[str, str]:
    """Files by name: an .svg and a .json for each target with the two numbers, and for each of its profiles.

    Each names the day of its run. What is edited, stale or only a part of a run is never green.
    """
    files: dict[str, str] = {}
    for name, label, said, sound in _badges(columns(results), today or datetime.now(UTC).date()):
        files[f"{name}.svg"] = badge(label, said, COLOURS[sound])
        shields = {"schemaVersion": 1, "label": label, "message": said, "color": COLOURS[sound], "isError": False}
        files[f"{name}.json"] = json.dumps(shields, ensure_ascii=False, indent=1) + "\n"
    return files


def _badges(columns: Sequence[Column], today: date) -> Iterator[tuple[str, str, str, bool | None]]:
    for column in columns:
        doubts = "; ".join(filter(None, [doubt(column.result, today), _newer_failure(column)]))
        seen, named = column.result["exercised"], f"{column.result['edition']}, {column.point.day}"
        part = column.point.is_part or not seen["judged"] or "unanswered" in column.result["exchanges"]
        sound = False if column.result["totals"]["fail"] else None if part or column.result["totals"]["error"] else True
        marked = ", only a part" if column.point.is_part else ""
        said = f"{seen['held']} of {seen['judged']} held, {seen['requirements']} in all{marked}, {named}"
        yield column.name, "antiphon", *_with_doubt(column, said, sound, doubts)
        for name, profile in column.result["profiles"].items():
            said = f"{_message(profile, column.point.is_part)}, {named}"
            yield f"{column.name}-{name}", name, *_with_doubt(column, said, column.holds(name), doubts)


def _newer_failure(column: Column) -> str:
    """That a newer part of a run found something broken which the newest whole result does not have."""
    later = column.points[column.points.index(column.point) + 1 :]
    broken = [point for point in later if point.result["totals"]["fail"]]
    return f"broken in a part of {broken[-1].day}" if broken else ""


def _with_doubt(column: Column, said: str, sound: bool | None, doubts: str) -> tuple[str, bool | None]:
    """What a badge says and how: of an edited result nothing but that, and of no doubtful one that it holds."""
    if column.tamper_evidence:
        return doubts, None
    return (f"{doubts}; {said}", None if sound else sound) if doubts else (said, sound)


def _message(profile: ResultProfile, part: bool) -> str:
    """`42/42`; of a profile that is not judged whole, how much of it was."""
    judged, decisive = profile["judged"], profile["requirements"]
    held = f"{judged - len(profile['broken'])}/{judged}"
    if part:
        return f"only a part judged, {len(profile['broken'])} broken"
    if profile["missing"]:
        return f"{held}, lacks {', '.join(profile['missing'][:3])}{' …' if len(profile['missing']) > 3 else ''}"
    if profile["holds"] is None:
        return f"unknown, {judged} of {decisive} judged"
    return held if judged == decisive else f"{held} of {decisive}"


def badge(label: str, message: str, colour: str) -> str:
    """Two words side by side as an SVG image that needs no font of its own."""
    texts = [clip(visible(each), 70) for each in (label, message)]
    left, right = (round(len(each) * 6.6 + 12) for each in texts)
    first, second = (escape(each) for each in texts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{first}: {second}"><title>{first}: {second}</title>'
        f'<rect width="{left + right}" height="20" rx="3" fill="#3b3f45"/>'
        f'<path d="M{left} 0h{right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H{left}z" fill="{colour}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{left / 2:g}" y="14" textLength="{left - 12}">{first}</text>'
        f'<text x="{left + right / 2:g}" y="14" textLength="{right - 12}">{second}</text></g></svg>\n'
    )
