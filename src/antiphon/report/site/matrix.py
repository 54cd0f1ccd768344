"""Several results side by side: a site with a page for each of them, and a table in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from antiphon.report.formats.html import page, render
from antiphon.report.result_model import Result
from antiphon.report.series import Column, causes, columns, keys, rows, values
from antiphon.report.site.client_cell import MEASURED, Measurements, column_cell
from antiphon.report.text import markdown

MARKS = {True: "✓", False: "✗", None: "?"}
MEANING = "✓ holds · ✗ does not · ? not enough was judged to say"
MEASURED_MEANING = f" · {MEASURED}: the client itself was played against this version; without it, predicted from a run"


def site(
    results: Sequence[Result], homes: Mapping[str, str] | None = None, measured: Measurements | None = None
) -> dict[str, str]:
    """The files of the site by their paths: the matrix, and a page for every result that its cells lead to.

    `homes` are addresses of pages on targets, by their titles; `measured` is what real clients did with them.
    """
    files = {"index.html": as_page(results, homes, measured), "matrix.md": as_markdown(results, measured)}
    for column in columns(results):
        files |= {f"results/{point.name}.html": page(point.result) for point in column.points}
    return files


def as_page(
    results: Sequence[Result], homes: Mapping[str, str] | None = None, measured: Measurements | None = None
) -> str:
    """The matrix as one page; its cells lead to the pages of the results."""
    shown = columns(results)
    everything = rows(shown)
    areas = values(shown, "area")
    return render(
        "matrix.html",
        columns=shown,
        homes=homes or {},
        causes=causes(shown),
        profiles=keys(shown, "profiles"),
        clients=[(name, [column_cell(c, name, measured) for c in shown]) for name in keys(shown, "clients")],
        measured=len(measured or {}),
        capabilities=values(shown, "capability"),
        areas=areas,
        requirements=[(area, [each for each in everything if each["area"] == area]) for area in areas],
        trends=[column for column in shown if len(column.points) > 1],
        marks=MARKS,
    )


def as_markdown(results: Sequence[Result], measured: Measurements | None = None) -> str:
    """The matrix as one table, and the changes of each target that has several results."""
    shown = columns(results)
    lines = [["", *(column.title for column in shown)], ["---"] * (len(shown) + 1)]
    lines.append(["version", *(column.result["target"].get("version", "") for column in shown)])
    lines.append(["model", *(column.result["target"].get("model", "") for column in shown)])
    lines.append(["edition", *(column.result["edition"] for column in shown)])
    lines.append(["date", *(column.point.day + _marked(column) for column in shown)])
    exercised = [column.result["exercised"] for column in shown]
    lines.append(["exercised", *(f"{each['judged']} of {each['requirements']}" for each in exercised)])
    lines.append(["held", *(f"{each['held']} of {each['judged']}" for each in exercised)])
    lines.append(["causes", *(str(len(column.causes)) for column in shown)])
    lines += [[f"profile {name}", *(_profile(each, name) for each in shown)] for name in keys(shown, "profiles")]
    for name in keys(shown, "clients"):
        lines.append([f"client {name}", *(column_cell(column, name, measured).text for column in shown)])
    for id, heading in causes(shown).items():
        lines.append([heading, *(_cause(column, id) for column in shown)])
    for name in values(shown, "capability"):
        lines.append([f"capability {name}", *(str(c.share("capability", name)) for c in shown)])
    cells = (" | ".join(each if each == "---" else markdown(each) for each in line) for line in lines)
    table = [line.rstrip() for line in (f"| {line} |" for line in cells)]
    return "\n".join([*table, "", MEANING + MEASURED_MEANING * bool(measured), *_trends(shown)]) + "\n"


def _marked(column: Column) -> str:
    """What a reader must know of a result beside its day."""
    marks = ["a part"] * column.point.is_part + [column.tamper_evidence] * bool(column.tamper_evidence)
    return f" ({', '.join(marks)})" if marks else ""


def _cause(column: Column, id: str) -> str:
    return f"✗ {len(column.causes[id]['requirements'])}" if id in column.causes else ""


def _profile(column: Column, name: str) -> str:
    return MARKS[None] if column.tamper_evidence else f"{MARKS[column.holds(name)]} {column.profile_standing(name)}"


def _trends(columns: Sequence[Column]) -> list[str]:
    lines: list[str] = []
    for column in columns:
        if len(column.points) < 2:
            continue
        lines += ["", f"## {markdown(column.title)}: what changed", ""]
        for point, change in column.steps:
            seen = point.result["exercised"]
            said = f"{point.day}: {seen['held']} of {seen['judged']} held, {seen['requirements']} in all"
            if change:
                said += f"; {len(change.broken)} newly broken, {len(change.fixed)} mended"
            lines.append(f"- {markdown(said)}")
    return lines
