"""The site of real implementations: the matrix, a page for each implementation, a feed, and every cell as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from antiphon.matrix.feed import feed
from antiphon.matrix.overview import overview
from antiphon.matrix.published_result import PublishedResult, measurements, published_results
from antiphon.matrix.recipe import Recipe
from antiphon.report import words
from antiphon.report.causes import cause_of, causes_of
from antiphon.report.compare import compare
from antiphon.report.files import write_atomically
from antiphon.report.formats.html import render
from antiphon.report.series import Column, columns
from antiphon.report.site.client_cell import ClientCell
from antiphon.report.site.matrix import as_markdown
from antiphon.report.write import write_matrix

FOLDER, CELLS = "implementations", "cells"


def write_pages(known: Mapping[str, Recipe], reports: Path, out: Path) -> list[Path]:
    """Write README.md and matrix.md of the reports, and the site; what was written. Raises AntiphonError."""
    results = published_results(known, reports)
    plain = [each.result for each in results]
    texts = {reports / "README.md": overview(results), reports / "matrix.md": as_markdown(plain, measurements(results))}
    for path, text in texts.items():
        write_atomically(path, text)
    return [*texts, *write_site(known, reports, out)]


def write_site(known: Mapping[str, Recipe], reports: Path, out: Path) -> list[Path]:
    """Write the site alone; what was written. Raises AntiphonError."""
    results = published_results(known, reports)
    texts = {out / name: text for name, text in pages(results).items()}
    for path, text in texts.items():
        write_atomically(path, text)
    names = dict.fromkeys(each.recipe.name for each in results)
    homes = {name: f"{FOLDER}/{name}.html" for name in names}
    return [*texts, *write_matrix([each.result for each in results], out, homes, measurements(results))]


def pages(results: Sequence[PublishedResult]) -> dict[str, str]:
    """A page for each implementation, its cells, and the feed of what changed, by their paths."""
    series = {column.title: column for column in columns([each.result for each in results])}
    files = {"feed.xml": feed(results)}
    for name, group in groupby(results, key=lambda each: each.recipe.name):
        members = list(group)
        files[f"{FOLDER}/{name}.html"] = _page(members, series[name])
        for each in members:
            files[f"{CELLS}/{each.name}.json"] = json.dumps(cells(each), ensure_ascii=False, indent=1) + "\n"
    return files


def cells(published: PublishedResult) -> dict[str, Any]:
    """Every cell of a result, by the ids of clients and of requirements.

    A client has what was predicted and measured; a requirement verdict, counts, reason, cause, review and first place.
    """
    homes = cause_of(published.result)
    found = {}
    for each in published.result["requirements"]:
        cell: dict[str, Any] = {key: each[key] for key in ("level", "verdict", "judged", "violated", "reason")}
        if each["id"] in homes:
            cell |= {"cause": homes[each["id"]]["id"], "review": published.review.word(each["id"])}
        found[each["id"]] = cell | ({"first": each["violations"][0]} if each["violations"] else {})
    soak = {"soak": asdict(published.soak)} if published.soak else {}
    head = {key: published.result[key] for key in ("antiphon", "edition", "target", "started_at", "totals")}
    clients = {each.client: each.as_json() for each in published.client_cells}
    return head | soak | {"clients": clients, "cells": found}


def _page(members: Sequence[PublishedResult], column: Column) -> str:
    """The page of an implementation, its newest version first."""
    recipe, newest = members[-1].recipe, members[-1]
    points = {point.result["target"]["version"]: point.name for point in column.points}
    fates = dict(zip((True, False, None), words.clients_by_fate(newest.result), strict=True))
    return render(
        "implementation.html",
        recipe=recipe.values,
        name=recipe.name,
        badge=column.name,
        start_script=recipe.script.read_text(encoding="utf-8"),
        limits=recipe.values.get("known_limits", []),
        versions=[_version(each, points) for each in reversed(members)],
        newest=newest,
        causes=[_cause(newest, cause) for cause in causes_of(newest.result)],
        fates=fates,
        soaks=[(each.subject.version, each.soak) for each in reversed(members) if each.soak],
        measured=[(each.subject.version, _measured(each)) for each in reversed(members) if each.measured],
        changes=compare(members[-2].result, newest.result) if len(members) > 1 else None,
        before=members[-2].subject.version if len(members) > 1 else "",
    )


def _measured(published: PublishedResult) -> list[ClientCell]:
    """The clients that were measured with it."""
    return [each for each in published.client_cells if each.measured]


def _version(each: PublishedResult, points: Mapping[str, str]) -> dict[str, Any]:
    return {
        "version": each.subject.version,
        "package": each.recipe.package(each.subject.version).replace("`", ""),
        "day": each.result["started_at"][:10],
        "numbers": words.numbers(each.result),
        "totals": each.result["totals"],
        "page": f"../results/{points[each.subject.version]}.html",
        "cells": f"../{CELLS}/{each.name}.json",
        "profiles": {name: words.profile_standing(each.result, name) for name in each.result["profiles"]},
    }


def _cause(published: PublishedResult, cause: Mapping[str, Any]) -> dict[str, Any]:
    """A cause with what the reader found of its musts."""
    musts = {each["id"] for each in published.result["requirements"] if each["verdict"] == "fail"}
    rows = [(id, published.review.word(id), id in musts) for id in cause["requirements"]]
    first = cause.get("first")
    shown = (
        {"place": words.place(first), "expected": first["expected"], "got": first["got"], "curl": first["curl"]}
        if first
        else None
    )
    return {**cause, "rows": rows, "shown": shown, "titles": words.clients(published.result, cause["clients"])}
