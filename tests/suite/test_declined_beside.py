"""What a server declined is not judged by a scenario that was played all the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from antiphon.recording.records import ScenarioEnd
from antiphon.suite.declined_beside import declined_beside


def end(capability: str, outcome: str = "declined") -> ScenarioEnd:
    return ScenarioEnd("made", outcome, "it is answered with 404", capability, "made/1")


def test_a_capability_that_was_declined_and_never_shown_is_not_applicable() -> None:
    found = declined_beside(["store"], [end("chat"), end("store")], {"core": "made/2"})

    assert found is not None
    assert not found.judged
    assert found.inapplicable == "no store: it is answered with 404"


@pytest.mark.parametrize(
    ("capabilities", "endings", "kept"),
    [
        (["store"], [end("store")], {"store": "made/2"}),
        (["store"], [end("store", "finished")], {}),
        (["store", "tools"], [end("store")], {}),
        (["core"], [end("core")], {}),
        ([], [end("store")], {}),
    ],
    ids=["shown elsewhere", "not declined", "of another as well", "core", "of none"],
)
def test_all_else_is_judged(
    capabilities: Iterable[str], endings: Iterable[ScenarioEnd], kept: Mapping[str, str]
) -> None:
    assert declined_beside(capabilities, endings, kept) is None
