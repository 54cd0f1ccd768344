"""The feed of what changed, made of the results that are published."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from antiphon.matrix.feed import ATOM, feed
from antiphon.matrix.published_result import published_results
from antiphon.matrix.recipe import recipes

ROOT = Path(__file__).parents[2]
NAMES = {"atom": ATOM}


def test_the_feed_has_an_entry_for_each_result_and_says_what_changed() -> None:
    results = published_results(recipes(ROOT / "implementations"), ROOT / "reports")
    root = ET.fromstring(feed(results))
    entries = root.findall("atom:entry", NAMES)
    titles = [each.findtext("atom:title", "", NAMES) for each in entries]
    updated = [each.findtext("atom:updated", "", NAMES) for each in entries]

    assert len(entries) == len(results)
    assert len({each.findtext("atom:id", "", NAMES) for each in entries}) == len(entries)
    assert updated == sorted(updated, reverse=True)
    assert root.findtext("atom:updated", "", NAMES) == updated[0]
    assert [each for each in titles if "since 1.27.3" in each], titles
    assert {each.find("atom:link", NAMES).attrib["href"] for each in entries} == {  # type: ignore[union-attr]
        f"implementations/{each.recipe.name}.html" for each in results
    }
