"""Feed of what changed, as Atom: an entry for each published result, the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from antiphon.matrix.published_result import PublishedResult
from antiphon.report.compare import compare
from antiphon.report.text import visible
from antiphon.report.words import numbers

ATOM = "http://www.w3.org/2005/Atom"
MOST_IDS = 40
"""Requirements that an entry names of each kind."""


def feed(results: Sequence[PublishedResult]) -> str:
    """The feed of results, which stand by name and in the order of versions."""
    root = ET.Element("feed", xmlns=ATOM)
    _text(root, "title", "Antiphon: what changed in real implementations")
    _text(root, "id", "urn:antiphon:matrix")
    _text(root, "updated", max(each.result["started_at"] for each in results))
    ET.SubElement(ET.SubElement(root, "author"), "name").text = "Antiphon"
    ET.SubElement(root, "link", href="index.html")
    pairs = list(zip([None, *results], results, strict=False))
    for before, now in sorted(pairs, key=lambda pair: pair[1].result["started_at"], reverse=True):
        _entry(root, before if before and before.recipe.name == now.recipe.name else None, now)
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _entry(root: ET.Element, before: PublishedResult | None, now: PublishedResult) -> None:
    lines = list(_lines(before, now))
    entry = ET.SubElement(root, "entry")
    _text(entry, "title", f"{now.name}: {lines[0]}")
    _text(entry, "id", f"urn:antiphon:matrix:{now.name}:{now.result['started_at']}")
    _text(entry, "updated", now.result["started_at"])
    ET.SubElement(entry, "link", href=f"implementations/{now.recipe.name}.html")
    _text(entry, "content", ". ".join([numbers(now.result), *lines[1:]]) + ".")


def _lines(before: PublishedResult | None, now: PublishedResult) -> Iterator[str]:
    """What changed since the version before, in a line; then the requirements."""
    if before is None:
        yield f"{now.result['totals']['fail']} musts broken, no version before it"
        return
    found = compare(before.result, now.result)
    yield f"{len(found.broken)} newly broken and {len(found.fixed)} mended since {before.subject.version}"
    for word, rows in (("Newly broken", found.broken), ("Mended", found.fixed)):
        if rows:
            yield f"{word}: {', '.join(each.id for each in rows[:MOST_IDS])}"


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = visible(text)
