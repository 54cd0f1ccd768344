"""Choice of the depth of a run: what its user asks for, else what its target costs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from antiphon.contract.depth import MOST_CALLS, Depth
from antiphon.exercise.budget.bounds import Bounds
from antiphon.exercise.target import Target

MOST_TIME = 120.0
"""Seconds of a run whose depth nobody chose, against a target that costs nothing."""


@dataclass(frozen=True)
class DepthChoice:
    """The depth of a run, its bounds, and a sentence for its user where the depth was not their choice."""

    depth: Depth
    bounds: Bounds
    sentence: str = ""


def choose_depth(requested: Depth | None, target: Target | None, bounds: Bounds) -> DepthChoice:
    """The depth that is asked for; else thorough, within a time, where calls cost nothing, and standard elsewhere."""
    if requested:
        return DepthChoice(requested, bounds)
    if target and not target.is_free:
        most = f"at most {MOST_CALLS[Depth.STANDARD]} calls" if not bounds else "within its bounds"
        sentence = f"Depth standard, {most} (--depth core plays less, thorough all)."
        return DepthChoice(Depth.STANDARD, bounds, sentence)
    bounds = replace(bounds, time=bounds.time or MOST_TIME)
    sentence = f"Calls cost nothing here: depth thorough, {bounds.time:g} s at most (--depth, --max-time)."
    return DepthChoice(Depth.THOROUGH, bounds, sentence)
