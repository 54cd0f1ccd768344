"""What a run may spend, told before it is spent."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from antiphon.errors import ConfigError
from antiphon.exercise.budget.bounds import Bounds, Budget, Ticket
from antiphon.exercise.budget.costs import RunCosts
from antiphon.exercise.budget.prices import Prices, prices
from antiphon.exercise.budget.tokens import Tokens, count_tokens, estimate_tokens, stores_response
from antiphon.recording.exchange import Chunk, Exchange, Failure, Request, Response


def asked(**body: Any) -> Request:
    return Request("POST", "/responses", body={"model": "m", "input": "Say hi.", **body})


def answered(request: Request, total: int, id: str = "resp_1", status: str = "completed") -> Exchange:
    usage = "null" if not total else f'{{"input_tokens": {total - 1}, "output_tokens": 1, "total_tokens": {total}}}'
    body = f'{{"id": "{id}", "object": "response", "status": "{status}", "usage": {usage}}}'.encode()
    head = (("content-type", "application/json"),)
    return Exchange("a/1", request, Response(200, head, (Chunk(0, body),)))


def test_a_bound_is_a_number_above_nothing() -> None:
    for wrong in ({"calls": 0}, {"tokens": -1}, {"cost": float("nan")}, {"calls": True}):
        with pytest.raises(ConfigError, match="above 0"):
            Bounds(**wrong)


def test_an_answer_counts_with_all_that_its_request_allows() -> None:
    assert estimate_tokens(asked(max_output_tokens=64)).output == 64
    assert estimate_tokens(asked()).output > 64
    assert estimate_tokens(asked(), before=1000).input > 1000
    assert estimate_tokens(Request("GET", "/responses/resp_1")) == Tokens()
    picture = {"input": [{"image_url": "data:image/png;base64," + "A" * 90_000}]}
    assert estimate_tokens(asked(**picture)).input < 1000
    chat = Request("POST", "/chat/completions", body={"messages": [], "max_completion_tokens": 10, "n": 3})
    assert estimate_tokens(chat).output == 30


def test_what_is_stored_has_to_be_deleted() -> None:
    assert stores_response(asked())
    assert not stores_response(asked(store=False))
    assert not stores_response(Request("POST", "/chat/completions", body={}))
    assert stores_response(Request("POST", "/conversations", body={}))


def test_the_call_that_would_pass_the_bound_is_not_sent() -> None:
    async def main() -> tuple[object, object, int]:
        budget = Budget(Bounds(calls=1))
        first = await budget.take(asked())
        assert isinstance(first, Ticket)
        budget.settle(first, answered(asked(), 5))
        return first, await budget.take(asked()), budget.calls

    _, second, calls = asyncio.run(main())
    assert second == Failure("budget", "Not sent: --max-calls 1 would be passed.")
    assert calls == 1


def test_calls_are_kept_back_to_clean_up_with() -> None:
    async def main() -> list[bool]:
        budget = Budget(Bounds(calls=2), to_delete=lambda: 0)
        fits = [isinstance(await budget.take(asked()), Ticket)]
        fits.append(isinstance(await budget.take(asked(store=False), patient=False), Ticket))
        return fits

    assert asyncio.run(main()) == [True, False]


def test_a_call_waits_for_what_those_under_way_leave() -> None:
    async def main() -> tuple[Tokens, bool]:
        request = asked(max_output_tokens=500)
        budget = Budget(Bounds(tokens=800))
        first = await budget.take(request)
        assert isinstance(first, Ticket)
        second = asyncio.create_task(budget.take(request))
        await asyncio.sleep(0)
        assert not second.done()
        budget.settle(first, answered(request, 20))
        return budget.tokens, isinstance(await second, Ticket)

    assert asyncio.run(main()) == (Tokens(19, 1), True)


def test_cost_is_of_the_model_and_of_the_dearest_where_it_is_unknown() -> None:
    known = prices({"cheap": {"input": 1.0, "output": 2.0}, "dear": {"input": 10.0, "output": 20.0}})

    assert known.of(Tokens(1_000_000, 500_000), "cheap") == 2.0
    assert known.of(Tokens(1_000_000, 0), "never seen") == 10.0
    assert Prices().of(Tokens(5, 5), "cheap") == 0.0
    with pytest.raises(ConfigError, match="output"):
        prices({"m": {"input": 1.0}})


def test_a_response_of_the_background_tells_its_tokens_when_it_is_read_and_counts_once() -> None:
    spending = RunCosts(prices({"m": {"input": 1.0, "output": 1.0}}), area=lambda exchange: "x")
    read = Request("GET", "/responses/resp_1")
    spending.add(answered(asked(background=True), 0, status="queued"))
    for _ in range(2):
        spending.add(answered(read, 30))

    assert spending.all.tokens.total == 30
    assert spending.all.calls == 3
    assert round(spending.all.cost, 6) == 0.00003


def test_usage_that_is_no_number_counts_for_nothing() -> None:
    body = b'{"id": 5, "usage": {"input_tokens": "many", "output_tokens": true}}'
    exchange = Exchange("a/1", asked(), Response(200, (), (Chunk(0, body),)))

    assert count_tokens(exchange) == Tokens()
    RunCosts().add(exchange)


def test_a_busy_machine_holds_back_more_time_for_its_judgement() -> None:
    budget = Budget(Bounds(time=60.0), ends_at=time.monotonic() + 60.0)
    quiet, busy, full = (budget.playing_seconds(1000, share) for share in (0.0, 0.7, 1.0))

    assert quiet == pytest.approx(60.0 - 0.3 * 60.0, abs=1.0)
    assert full < busy < quiet
    assert full == pytest.approx(60.0 - 0.6 * 60.0, abs=1.0)
