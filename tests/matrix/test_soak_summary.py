"""What a soak showed is published in a few numbers, and read back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antiphon.errors import ConfigError
from antiphon.matrix.recipe import Recipe, Subject
from antiphon.matrix.soak_summary import publish_soak, soak_summary, summary_path

SUBJECT = Subject(Recipe("odd", Path("odd"), {"soak": {"users": "1,8", "seconds": 5}}), "1.0")
RESULT = {
    "started_at": "2026-11-30T20:50:01+00:00",
    "steps": [
        {"users": 1, "exchanges": 90, "outcomes": {"answered": 90}},
        {"users": 8, "exchanges": 300, "outcomes": {"answered": 297, "broke": 2, "unanswered": 1}},
    ],
    "requirements": [
        {"id": "concurrency.ids-distinct", "level": "must", "states": ["held", "broken"]},
        {"id": "response.field.usage", "level": "must", "states": ["broken", "broken"]},
        {"id": "headers.request-id", "level": "should", "states": ["held", "broken"]},
    ],
}


@pytest.fixture
def soak(tmp_path: Path) -> Path:
    """The result of a soak."""
    path = tmp_path / "soak.json"
    path.write_text(json.dumps(RESULT), encoding="utf-8")
    return path


def test_what_broke_under_load_is_published_and_read(soak: Path, tmp_path: Path) -> None:
    publish_soak(soak, tmp_path, SUBJECT)
    found = soak_summary(tmp_path, SUBJECT)

    assert found is not None
    assert (found.date, found.users, found.calls, found.failed) == ("2026-11-30", [1, 8], [90, 300], [0, 3])
    assert found.broken == {"concurrency.ids-distinct": 8}
    assert found.text == "1 (8 users)"


def test_nothing_is_published_where_no_soak_is_asked_for(soak: Path, tmp_path: Path) -> None:
    quiet = Subject(Recipe("odd", Path("odd"), {}), "1.0")
    publish_soak(soak, tmp_path, quiet)

    assert soak_summary(tmp_path, quiet) is None


def test_a_summary_of_another_form_is_refused(tmp_path: Path) -> None:
    path = summary_path(tmp_path, SUBJECT)
    path.parent.mkdir()
    path.write_text('{"date": "2026-11-30", "users": []}', encoding="utf-8")

    with pytest.raises(ConfigError, match=r"odd@1\.0\.json"):
        soak_summary(tmp_path, SUBJECT)
