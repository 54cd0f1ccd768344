"""What a target refuses for the moment is asked for again, and nothing of it is hidden."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import pytest
from tests.exercise.hostile import Reader, Writer, serving

from antiphon.contract.load import contract
from antiphon.errors import ConfigError
from antiphon.exercise.api import Api
from antiphon.exercise.pace import Pace, parse_rate
from antiphon.exercise.recorder import Recorder
from antiphon.exercise.retry import Retries, retry_allowance
from antiphon.exercise.runner import exercise
from antiphon.exercise.scenario import Scenario
from antiphon.exercise.target import Target
from antiphon.judge.engine import Judge
from antiphon.recording.exchange import RETRIED, Chunk, Exchange, Response
from antiphon.recording.redaction.redactor import Redactor
from antiphon.recording.transcript import by_scenario

GOOD = {"id": "resp_1", "object": "response", "status": "completed", "output": []}


def refused(status: int, *headers: tuple[str, str], body: Any = None) -> Exchange:
    content = json.dumps(body or {"error": {"message": "no", "type": "x", "param": None, "code": None}}).encode()
    return Exchange("a/1", None, Response(status, headers, (Chunk(0, content),)))


@pytest.mark.parametrize(
    ("exchange", "tried", "seconds"),
    [
        (refused(429), 1, 0.5),
        (refused(503), 2, 1.0),
        (refused(429, ("retry-after", "7")), 1, 7.0),
        (refused(429, ("retry-after-ms", "250"), ("retry-after", "7")), 1, 0.25),
        (refused(429, ("retry-after", "Thu, 01 Jan 1970 00:00:30 GMT")), 1, 20.0),
        (refused(429, ("retry-after", "soon")), 1, 0.5),
        (refused(429, ("retry-after", "3600")), 1, None),
        (refused(429, ("x-should-retry", "false")), 1, None),
        (refused(429, body={"error": {"code": "insufficient_quota"}}), 1, None),
        (refused(429, body={"error": {"code": ["odd"]}}), 1, 0.5),
        (refused(501), 1, None),
        (refused(400), 1, None),
        (refused(503), 3, None),
        (Exchange("a/1", None, None), 1, None),
    ],
)
def test_the_policy(exchange: Exchange, tried: int, seconds: float | None) -> None:
    assert Retries(clock=lambda: 10.0).wait(exchange, tried) == seconds


def test_a_target_that_always_fails_is_not_asked_for_ever() -> None:
    retries = Retries(in_all=5)

    assert [retries.wait(refused(500), 1) is not None for _ in range(7)] == [True] * 5 + [False] * 2


@pytest.mark.parametrize("text", ["60", "60/week", "/min", "0/min", "-1/s", "1e3/s"])
def test_a_rate_that_is_none(text: str) -> None:
    with pytest.raises(ConfigError, match="60/min"):
        parse_rate(text)


def test_calls_get_their_turns_at_the_rate_and_rest_when_told_to() -> None:
    async def main() -> list[float]:
        clock, waits = [100.0], []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)
            clock[0] += seconds

        pace = Pace(parse_rate("30/min"), lambda: clock[0], sleep)
        await pace.turn()
        await pace.turn()
        pace.rest(9.0)
        await pace.turn()
        return waits

    assert asyncio.run(main()) == [2.0, 2.0, 7.0]


def played(replies: Iterable[tuple[int, dict[str, str], Any]], **settings: Any) -> list[Exchange]:
    """What one create leaves against a server that answers with `replies`, one after the other."""
    waiting = iter(replies)

    async def serve(reader: Reader, writer: Writer) -> None:
        await reader.read(65536)
        status, headers, body = next(waiting)
        content = json.dumps(body).encode()
        more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{more}Content-Length: {len(content)}\r\n"
        writer.write(head.encode() + b"Connection: close\r\n\r\n" + content)

    async def act(api: Api) -> None:
        await api.create(input="Say hi.", max_output_tokens=16)

    recording = Recorder(lambda record: None, Redactor())

    async def main() -> None:
        async with serving(serve) as address:
            target = Target(f"http://{address}/v1", model="m", clean_up=False, **settings)
            await exercise([Scenario("only", act)], target, contract(), recording)

    asyncio.run(main())
    return [each for each in recording.records if isinstance(each, Exchange)]


ERROR = {"error": {"message": "Later.", "type": "server_error", "param": None, "code": None}}


def test_every_try_is_an_exchange_and_the_last_is_the_step() -> None:
    found = played([(429, {"Retry-After": "0"}, ERROR), (503, {"Retry-After": "0"}, ERROR), (200, {}, GOOD)])

    assert [(each.id, each.status, RETRIED in each.notes) for each in found] == [
        ("only/1.1", 429, True), ("only/1.2", 503, True), ("only/1", 200, False),
    ]  # fmt: skip
    assert [each.id for each in by_scenario(found)["only"]] == ["only/1"]


def test_a_5xx_is_a_finding_though_the_next_try_went_well() -> None:
    judge = Judge(contract())
    for each in played([(500, {"Retry-After": "0"}, ERROR), (200, {}, GOOD)]):
        judge.feed(each)

    entry = judge.finish()["create.never-500"]
    assert (entry.judged, entry.violated, entry.places[0].exchange) == (2, 1, "only/1.1")


def test_no_retries_means_one_call() -> None:
    assert [each.id for each in played([(503, {"Retry-After": "0"}, ERROR)], retries=0)] == ["only/1"]


def test_a_run_makes_few_calls_again_for_what_it_is_said_to_cost() -> None:
    assert [retry_allowance(calls) for calls in (0, 30, 143, 850)] == [3, 3, 5, 35]
