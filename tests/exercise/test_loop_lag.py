"""How late our own loop is, and that an exchange says so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from tests.exercise.hostile import Reader, Writer, serving

from antiphon.exercise.http.attempt import Attempt, ConnectionFailed, ReplyStream
from antiphon.exercise.http.transport import Transport
from antiphon.exercise.limits import Limits
from antiphon.exercise.loop_lag import INTERVAL, LEAST, LoopLag
from antiphon.recording.exchange import Exchange, Failure, Request
from antiphon.recording.records import dump, parse

STOPPED = 4 * INTERVAL
EARLIER = 1000.0


def test_the_longest_lag_since_a_time_is_told() -> None:
    lag = LoopLag()
    for at, late in ((1.0, 0.5), (2.0, 0.1), (3.0, 0.3), (4.0, 0.2), (5.0, LEAST / 2)):
        lag.add(at, late)

    assert [lag.since(at) for at in (0.0, 1.0, 1.1, 2.5, 3.5, 4.5, 6.0)] == [0.5, 0.5, 0.3, 0.3, 0.2, 0.0, 0.0]


def test_a_lag_that_lasts_is_included() -> None:
    async def main() -> float:
        lag = LoopLag()
        lag.start()
        start = asyncio.get_running_loop().time()
        time.sleep(STOPPED)
        try:
            return lag.since(start)
        finally:
            lag.stop()

    assert asyncio.run(main()) >= STOPPED - INTERVAL - LEAST


def test_an_exchange_tells_the_lag_of_its_loop() -> None:
    async def serve(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        time.sleep(STOPPED)  # both ends run in one loop, which stands still
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async def main() -> Exchange:
        async with serving(serve) as address, Transport(f"http://{address}") as transport:
            return await transport.send(Request("GET", "/"), id="one")

    exchange = asyncio.run(main())
    again = parse(dump(exchange), "line 1")

    assert exchange.failure is None
    assert exchange.lag > 0
    assert isinstance(again, Exchange)
    assert abs(again.lag - exchange.lag) < 1e-6


def test_the_end_is_on_the_clock_of_the_chunks() -> None:
    """It begins when the request goes out: what the connection takes to open is not the server's to answer for."""
    before = time.time()

    async def body() -> AsyncGenerator[bytes, None]:
        yield b"{}"

    @asynccontextmanager
    async def opened() -> AsyncIterator[ReplyStream]:
        yield ReplyStream(200, (), body(), asyncio.get_running_loop().time() - EARLIER)

    async def main() -> Attempt:
        attempt = Attempt(Limits(total=2 * EARLIER), 2 * EARLIER, LoopLag())
        await attempt.run(opened())
        return attempt

    attempt = asyncio.run(main())
    response = attempt.response()

    assert response is not None
    assert response.complete
    assert response.chunks[-1].at <= attempt.elapsed
    assert attempt.started_at < before


def test_time_in_which_the_loop_stands_still_counts_for_no_limit() -> None:
    """Both ends run in one loop: it stands still for longer than the limit, and then the reply is there."""

    async def serve(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(INTERVAL / 4)
        time.sleep(2 * STOPPED)
        await asyncio.sleep(INTERVAL / 4)
        writer.write(b"{}")

    async def main() -> Exchange:
        limits = Limits(idle=STOPPED, total=STOPPED)
        async with serving(serve) as address, Transport(f"http://{address}", limits=limits) as transport:
            return await transport.send(Request("GET", "/"), id="one")

    assert asyncio.run(main()).failure is None


def test_a_connection_that_many_lags_kept_from_opening_is_our_delay() -> None:
    @asynccontextmanager
    async def opened() -> AsyncIterator[ReplyStream]:
        for _ in range(3):
            time.sleep(STOPPED)
            await asyncio.sleep(INTERVAL / 2)
        raise ConnectionFailed(Failure("timeout-connect", "No connection."))
        yield  # what makes it a generator

    async def main() -> Exchange:
        lag = LoopLag()
        lag.start()
        attempt = Attempt(Limits(), 60, lag)
        await attempt.run(opened())
        lag.stop()
        return Exchange(
            "one", Request("GET", "/"), None, failure=attempt.failure, elapsed=attempt.elapsed, lag=attempt.lag
        )

    assert asyncio.run(main()).is_our_delay


def test_lags_add_up() -> None:
    lag = LoopLag()
    for at, late in ((1.0, 0.5), (2.0, 0.1), (3.0, LEAST / 2)):
        lag.add(at, late)

    assert lag.total == 0.6
