"""A run starts with few calls at once, and adapts to what its target can take."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from antiphon.exercise.lanes import START, URGENCY, Lanes
from antiphon.recording.exchange import Exchange, Failure, Response

ANSWER = Exchange("a/1", None, Response(200))
BUSY = Exchange("a/1", None, Response(429))
LATE = Exchange("a/1", None, None, failure=Failure("timeout-total", "No reply came."))
SILENT = Exchange("a/1", None, Response(200), failure=Failure("timeout-idle", "Nothing came."))
OUR_DELAY = Exchange("a/1", None, None, failure=LATE.failure, elapsed=1.0, lag=0.9)
REFUSED = Exchange("a/1", None, None, failure=Failure("connect", "refused"))


def width_after(exchanges: Sequence[Exchange], limit: int = 64, began_in: Sequence[int] = ()) -> int:
    lanes = Lanes(limit)
    for number, exchange in enumerate(exchanges):
        lanes.adapt(exchange, began_in[number] if began_in else lanes._round)
    return int(lanes.width)


def test_answers_widen_up_to_the_limit() -> None:
    assert width_after([]) == START
    assert width_after([ANSWER] * START) == START + START // 2
    assert width_after([ANSWER] * 200) == 64
    assert width_after([ANSWER] * 100, limit=3) == 3


def test_overload_halves_once_for_the_calls_of_a_round() -> None:
    assert width_after([BUSY]) == START // 2
    assert width_after([LATE]) == START // 2
    assert width_after([BUSY] * 5, began_in=[0] * 5) == START // 2
    assert width_after([BUSY] * 9) == 1
    assert width_after([LATE] * 9) == 2


def test_what_says_nothing_of_the_load_changes_nothing() -> None:
    assert width_after([REFUSED, OUR_DELAY, SILENT, REFUSED]) in (START, START + 1)


def test_after_an_overload_a_lane_more_takes_as_many_answers_as_there_are_lanes() -> None:
    assert width_after([BUSY, *[ANSWER] * (START // 2 + 1)]) == START // 2 + 1
    assert width_after([BUSY, *[ANSWER] * 40]) < START


def test_no_more_calls_than_lanes_and_the_longest_scenario_first() -> None:
    async def main() -> tuple[list[int], int]:
        lanes, order, most = Lanes(1), list[int](), 0

        async def call(calls: int) -> None:
            nonlocal most
            URGENCY.set(calls)
            async with lanes.lane():
                most = max(most, lanes._taken)
                order.append(calls)
                await asyncio.sleep(0)

        await asyncio.gather(*(call(calls) for calls in (1, 2, 9, 5)))
        return order, most

    assert asyncio.run(main()) == ([1, 9, 5, 2], 1)


def test_a_call_that_is_given_up_leaves_its_lane() -> None:
    async def main() -> int:
        lanes = Lanes(1)

        async def call(seconds: float) -> None:
            async with lanes.lane():
                await asyncio.sleep(seconds)

        first, second, third = (asyncio.create_task(call(seconds)) for seconds in (60, 60, 0))
        await asyncio.sleep(0)
        second.cancel()
        first.cancel()
        await asyncio.gather(first, second, third, return_exceptions=True)
        return lanes._taken

    assert asyncio.run(main()) == 0
