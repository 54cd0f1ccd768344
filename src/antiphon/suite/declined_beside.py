"""Tests of a capability that their own scenario does not need, where the server declined it beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from antiphon.recording.records import ScenarioEnd
from antiphon.suite.observation import Observation

ALWAYS = frozenset({"", "core"})
"""Capabilities that a server cannot decline."""


def declined_beside(
    capabilities: Iterable[str], endings: Iterable[ScenarioEnd], kept: Mapping[str, str]
) -> Observation | None:
    """Not applicable, where each of these capabilities was declined and no exchange shows one; None otherwise.

    What was sent may have been taken all the same: a server without a store ignores a reference to what is stored.
    """
    wanted = set(capabilities)
    declined = {each.capability: each for each in endings if each.outcome == "declined"}
    if not wanted or not wanted.isdisjoint(ALWAYS | kept.keys()) or not wanted <= declined.keys():
        return None
    first = declined[min(wanted)]
    return Observation(inapplicable=f"no {first.capability}: {first.reason}")
