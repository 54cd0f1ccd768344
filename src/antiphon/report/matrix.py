"""Several results side by side: a page, a table in Markdown, badges."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from antiphon.report.claims import EXERCISED
from antiphon.report.html import render
from antiphon.report.text import clip, markdown, visible
from antiphon.report.view import title

Result = Mapping[str, Any]
MARKS = {True: "✓", False: "✗", None: "?"}
COLOURS = {True: "#2c7a4b", False: "#c22f2f", None: "#5a6069"}


@dataclass(frozen=True)
class Column:
    """One result of the matrix."""

    name: str
    """A file name's worth of the title, unique in the matrix."""
    result: Result

    @property
    def title(self) -> str:
        return clip(title(self.result), 80)

    def holds(self, profile: str) -> bool | None:
        return (self.result["profiles"].get(profile) or {}).get("holds")

    def works(self, client: str) -> bool | None:
        return (self.result["clients"].get(client) or {}).get("works")

    def verdict(self, requirement: str) -> str:
        """The verdict on a requirement; empty where the result's contract lacks it."""
        return next((each["verdict"] for each in self.result["requirements"] if each["id"] == requirement), "")

    def share(self, area: str) -> tuple[int, int]:
        """How many requirements of an area held, of those exercised."""
        seen = [each["verdict"] for each in self.result["requirements"] if each["area"] == area]
        return seen.count("pass"), sum(1 for verdict in seen if verdict in EXERCISED)


def columns(results: Sequence[Result]) -> list[Column]:
    """The results by title and date, each under a name of its own."""
    found: dict[str, Column] = {}
    for result in sorted(results, key=lambda each: (title(each).lower(), each["started_at"])):
        slug = re.sub(r"[^a-z0-9]+", "-", title(result).lower()).strip("-")[:60] or "target"
        name, number = slug, 2
        while name in found:
            name, number = f"{slug}-{number}", number + 1
        found[name] = Column(name, result)
    return list(found.values())


def _keys(columns: Sequence[Column], key: str) -> list[str]:
    """The keys of a part of the results in their first order, without repetition."""
    return list(dict.fromkeys(name for column in columns for name in column.result[key]))


def _areas(columns: Sequence[Column]) -> list[str]:
    return sorted({each["area"] for column in columns for each in column.result["requirements"]})


def as_markdown(results: Sequence[Result]) -> str:
    """The matrix as one table."""
    shown = columns(results)
    rows = [["edition", *(column.result["edition"] for column in shown)]]
    exercised = [column.result["exercised"] for column in shown]
    rows.append(["exercised", *(f"{each['judged']} of {each['requirements']}" for each in exercised)])
    rows.append(["held", *(f"{each['held']} of {each['judged']}" for each in exercised)])
    rows += [[f"profile {name}", *(MARKS[c.holds(name)] for c in shown)] for name in _keys(shown, "profiles")]
    rows += [[f"client {name}", *(MARKS[c.works(name)] for c in shown)] for name in _keys(shown, "clients")]
    rows += [[name, *(_share(c.share(name)) for c in shown)] for name in _areas(shown)]
    head = ["", *(column.title for column in shown)]
    lines = [head, ["---"] * len(head), *rows]
    cells = (" | ".join(each if each == "---" else markdown(each) for each in line) for line in lines)
    return "\n".join(f"| {line} |" for line in cells) + "\n\n✓ holds · ✗ does not · ? not enough was judged to say\n"


def _share(share: tuple[int, int]) -> str:
    held, seen = share
    return f"{held} of {seen}" if seen else "none"


def as_page(results: Sequence[Result]) -> str:
    """The matrix as one page; requirements that some target breaks are listed one by one."""
    shown = columns(results)
    verdicts = [{each["id"]: each for each in column.result["requirements"]} for column in shown]
    broken = sorted({name for each in verdicts for name in each if each[name]["verdict"] in ("fail", "warn")})
    rows = [(name, [each[name]["verdict"] if name in each else "" for each in verdicts]) for name in broken]
    says = {name: each[name]["says"] for each in verdicts for name in each}
    return render(
        "matrix.html",
        columns=shown,
        profiles=_keys(shown, "profiles"),
        clients=_keys(shown, "clients"),
        areas=_areas(shown),
        broken=rows,
        says=says,
        marks=MARKS,
    )


def badges(results: Sequence[Result]) -> dict[str, str]:
    """SVG files by name: one for each result with the two numbers, one for each of its profiles."""
    return dict(_badges(columns(results)))


def _badges(shown: Sequence[Column]) -> Iterator[tuple[str, str]]:
    for column in shown:
        seen = column.result["exercised"]
        part = column.result["filtered"] or not seen["judged"]
        sound = False if column.result["totals"]["fail"] else None if part else True
        said = f"{seen['held']} of {seen['judged']} held, {seen['requirements']} in all{', filtered' if part else ''}"
        yield f"{column.name}.svg", badge("antiphon", said, COLOURS[sound])
        for name in column.result["profiles"]:
            holds = column.holds(name)
            word = {True: "holds", False: "does not hold", None: "unknown"}[holds]
            yield f"{column.name}-{name}.svg", badge(name, word, COLOURS[holds])


def badge(label: str, message: str, colour: str) -> str:
    """Two words side by side as an SVG image that needs no font of its own."""
    texts = [clip(visible(each), 60) for each in (label, message)]
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
