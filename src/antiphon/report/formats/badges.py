"""Badges: an SVG image and a shields.io endpoint for each result and each of its profiles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from antiphon.report.series import Column, columns
from antiphon.report.text import clip, visible
from antiphon.report.words import Result

COLOURS = {True: "#2c7a4b", False: "#c22f2f", None: "#5a6069"}


def badges(results: Sequence[Result]) -> dict[str, str]:
    """Files by name: an .svg and a .json for each target with the two numbers, and for each of its profiles."""
    files: dict[str, str] = {}
    for name, label, said, sound in _badges(columns(results)):
        files[f"{name}.svg"] = badge(label, said, COLOURS[sound])
        shields = {"schemaVersion": 1, "label": label, "message": said, "color": COLOURS[sound], "isError": False}
        files[f"{name}.json"] = json.dumps(shields, ensure_ascii=False, indent=1) + "\n"
    return files


def _badges(columns: Sequence[Column]) -> Iterator[tuple[str, str, str, bool | None]]:
    for column in columns:
        seen, edition = column.result["exercised"], column.result["edition"]
        part = column.point.is_part or not seen["judged"]
        sound = False if column.result["totals"]["fail"] else None if part else True
        marked = ", only a part" if part else ""
        said = f"{seen['held']} of {seen['judged']} held, {seen['requirements']} in all{marked}, {edition}"
        yield column.name, "antiphon", said, sound
        for name, profile in column.result["profiles"].items():
            said = f"{_message(profile, column.point.is_part)}, {edition}"
            yield f"{column.name}-{name}", name, said, column.holds(name)


def _message(profile: Mapping[str, Any], part: bool) -> str:
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
