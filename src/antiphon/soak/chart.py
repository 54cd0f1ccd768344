"""Chart of a soak: broken requirements as bars and latencies as lines, by step; coordinates for an SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antiphon.soak.result import BROKEN, HELD
from antiphon.soak.text import milliseconds

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 40, 58, 16, 40
"""Margins, in which the axes are labelled."""
PLOT = HEIGHT - TOP - BOTTOM
LINES = (("first", "p50", "first event, median"), ("first", "p99", "first event, p99"), ("gap", "p99", "gap, p99"))
"""Kind and percentile of each line, and its name."""


@dataclass(frozen=True)
class Bar:
    """What a step showed: the requirements that were broken, of those that were judged."""

    x: float
    width: float
    top: float
    height: float
    broken: int
    judged: int
    users: int

    @property
    def middle(self) -> float:
        """The middle of the bar."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True)
class Line:
    """A latency over the steps."""

    name: str
    points: tuple[tuple[float, float], ...]

    @property
    def path(self) -> str:
        """The points as SVG has them."""
        return " ".join(f"{x},{y}" for x, y in self.points)


@dataclass(frozen=True)
class Tick:
    """A labelled height of an axis."""

    y: float
    label: str


@dataclass(frozen=True)
class Chart:
    """All that the SVG draws."""

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    times: tuple[Tick, ...]
    counts: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - BOTTOM
    left: int = LEFT
    right: int = WIDTH - RIGHT


def chart_of(result: Mapping[str, Any]) -> Chart:
    """The chart of a result."""
    bars = tuple(_bars(result))
    values = [step["seconds_to"][kind][share] for step in result["steps"] for kind, share, _ in LINES]
    low, high = _decades([each for each in values if each])
    lines = tuple(_line(result["steps"], bars, (kind, share), name, (low, high)) for kind, share, name in LINES)
    times = tuple(
        Tick(_height(10.0**power, low, high), f"{milliseconds(10.0**power)} ms") for power in range(low, high + 1)
    )
    most = max((bar.broken for bar in bars), default=0)
    counts = tuple(Tick(round(HEIGHT - BOTTOM - PLOT * share, 1), str(round(most * share))) for share in (0, 1) if most)
    return Chart(bars, tuple(line for line in lines if line.points), times, counts)


def _bars(result: Mapping[str, Any]) -> list[Bar]:
    steps, requirements = result["steps"], result["requirements"]
    broken = [sum(each["states"][place] == BROKEN for each in requirements) for place in range(len(steps))]
    held = [sum(each["states"][place] == HELD for each in requirements) for place in range(len(steps))]
    most, share = max(broken, default=0) or 1, (WIDTH - LEFT - RIGHT) / max(1, len(steps))
    width = min(56.0, share * 0.6)
    made = []
    for place, step in enumerate(steps):
        height = round(PLOT * broken[place] / most, 1)
        x = round(LEFT + share * (place + 0.5) - width / 2, 1)
        top = round(HEIGHT - BOTTOM - height, 1)
        made.append(Bar(x, round(width, 1), top, height, broken[place], broken[place] + held[place], step["users"]))
    return made


def _line(
    steps: Sequence[Mapping[str, Any]], bars: Sequence[Bar], of: tuple[str, str], name: str, scale: tuple[int, int]
) -> Line:
    kind, share = of
    values = [step["seconds_to"][kind][share] for step in steps]
    return Line(
        name, tuple((bar.middle, _height(value, *scale)) for bar, value in zip(bars, values, strict=True) if value)
    )


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten between which all values lie, at least one apart; of 0.1 ms and more."""
    low = math.floor(math.log10(max(min(values, default=0.001), 1e-4)))
    return low, max(low + 1, math.ceil(math.log10(max(max(values, default=0.01), 1e-4))))


def _height(value: float, low: int, high: int) -> float:
    share = (math.log10(max(value, 10.0**low)) - low) / (high - low)
    return round(HEIGHT - BOTTOM - PLOT * share, 1)
