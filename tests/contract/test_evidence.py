"""Evidence can be looked up: pointers lead somewhere, and a must rests on a document or on more than one recording."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from antiphon.contract.load import all_requirements
from antiphon.contract.model import Evidence, Level, Requirement

DOCUMENT = Path(__file__).resolve().parents[3] / "shared" / "facts" / "openai-openapi-2026-08.yaml"
DOCUMENTED = ("schema", "prose", "example")
RECORDING = re.compile(r"recording [0-9a-f]{16}")
COUNTS = re.compile(r"(\d+) of \d+")
FEWEST_LOCATED = 800
"""Requirements with evidence that can be looked up: by pointer, recording, section, link or requirement."""

REQUIREMENTS = all_requirements()


def is_located(evidence: Evidence) -> bool:
    if evidence.kind == "inferred":
        return set(evidence.where.split(", ")) <= REQUIREMENTS.keys()
    return bool(re.match(r"#/|RFC |https://", evidence.where) or RECORDING.fullmatch(evidence.where))


def is_enough_for_a_must(requirement: Requirement, above: frozenset[str] = frozenset()) -> bool:
    """A document, two recordings, or other requirements that have as much."""
    return any(
        each.kind in DOCUMENTED
        or (each.kind == "inferred" and is_located(each) and _all_enough(each, above | {requirement.id}))
        or (each.kind == "recording" and (found := COUNTS.match(each.counts)) and int(found[1]) > 1)
        for each in requirement.evidence
    )


def _all_enough(evidence: Evidence, above: frozenset[str]) -> bool:
    names = evidence.where.split(", ")
    return above.isdisjoint(names) and all(is_enough_for_a_must(REQUIREMENTS[name], above) for name in names)


def test_a_must_rests_on_a_document_or_on_several_recordings() -> None:
    musts = [each for each in REQUIREMENTS.values() if each.level is Level.MUST and not each.excluded]

    assert [each.id for each in musts if not is_enough_for_a_must(each)] == []


def test_the_document_is_cited_by_pointer() -> None:
    cited = [(each.id, one.where) for each in REQUIREMENTS.values() for one in each.evidence if one.source == "openapi"]

    assert [each for each in cited if not each[1].startswith("#/")] == []


def test_counts_name_a_recording() -> None:
    """A relation of several exchanges is shown by no single recording, so some counts name none."""
    counted = [one for each in REQUIREMENTS.values() for one in each.evidence if one.counts]
    named = [one for one in counted if RECORDING.fullmatch(one.where)]

    assert len(named) > 0.9 * len(counted)


def test_most_evidence_can_be_looked_up() -> None:
    assert sum(any(map(is_located, each.evidence)) for each in REQUIREMENTS.values()) >= FEWEST_LOCATED


@cache
def document() -> Any:
    return yaml.load(DOCUMENT.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def leads_somewhere(pointer: str) -> bool:
    value = document()
    for token in pointer.removeprefix("#/").split("/"):
        key = token.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (LookupError, ValueError, TypeError):
            return False
    return True


@pytest.mark.skipif(not DOCUMENT.is_file(), reason="the document is not next to the checkout")
def test_pointers_lead_into_the_document() -> None:
    cited = {one.where for each in REQUIREMENTS.values() for one in each.evidence if one.source == "openapi"}

    assert [pointer for pointer in sorted(cited) if not leads_somewhere(pointer)] == []
