"""The pace of a stream is kept over the whole of it: what is due is sent together, and never too early."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from antiphon.server.behaviour import pace


class Clock:
    """A time that goes on only while somebody sleeps, or is held up."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    # Only what this module sees: a server that another test left running in this process sleeps as ever.
    monkeypatch.setattr(pace, "asyncio", SimpleNamespace(get_running_loop=lambda: clock, sleep=clock.sleep))
    return clock


def beat(beats: pace.Beat, times: int) -> None:
    async def wait() -> None:
        for _ in range(times):
            await beats.wait()

    with asyncio.Runner() as runner:
        runner.run(wait())


def test_a_server_in_time_waits_for_every_beat(clock: Clock) -> None:
    beat(pace.Beat(0.01), 3)
    assert clock.slept == [0.01, 0.01, 0.01]


def test_a_server_that_is_behind_catches_up_and_goes_on(clock: Clock) -> None:
    beats = pace.Beat(0.01)
    beat(beats, 1)
    clock.now += 0.035
    beat(beats, 5)
    assert clock.slept == [0.01, 0.005, 0.01]


def test_no_pace_waits_for_nothing(clock: Clock) -> None:
    beat(pace.Beat(0), 5)
    assert clock.slept == []
