"""Whatever a server does, its exchange ends in time, with what arrived and the reason."""

from __future__ import annotations

import asyncio
import random
import time
import tracemalloc
from dataclasses import replace

import pytest
from tests.exercise.hostile import EVENT, ROUTES, STREAM_HEAD, Reader, Writer, chunk, hostile, serving

from antiphon.exercise.http.transport import Transport
from antiphon.exercise.limits import MIB, Limits
from antiphon.recording.exchange import Exchange, Request

LIMITS = Limits(connect=2, idle=0.3, total=5, body=MIB, events=2000)

ENDINGS = {
    "never-answers": "timeout-total",
    "silence-after-headers": "timeout-idle",
    "silence-in-stream": "timeout-idle",
    "drip-of-headers": "timeout-total",
    "drip-of-body": "timeout-total",
    "drip-of-chunk-sizes": "timeout-idle",
    "endless-stream": "too-many-events",
    "endless-comment": "too-large",
    "endless-informational": "timeout-total",
    "one-gigabyte": "too-large",
    "gzip-bomb": "too-large",
    "gzip-that-is-none": "decoding",
    "gzip-cut": "decoding",
    "unknown-coding": "decoding",
    "chunk-size-not-hex": "protocol",
    "chunk-longer-than-said": "protocol",
    "body-shorter-than-said": "protocol",
    "two-lengths": "protocol",
    "stream-cut": "protocol",
    "reset-in-body": "protocol",
    "reset-at-once": "protocol",
    "closed-at-once": "protocol",
    "not-http": "protocol",
    "header-without-colon": "protocol",
    "header-bomb": "protocol",
    "switching-protocols": "protocol",
}
"""The kind of failure of each route that does not come to its end."""

HARMLESS = {
    "fine": 200,
    "models": 404,
    "fine-stream": 200,
    "informational-first": 200,
    "one-byte-chunks": 200,
    "gzip-unasked": 200,
    "deflate-without-header": 200,
    "invalid-utf8": 200,
    "closed-after-the-reply": 200,
    "redirect-loop": 307,
    "redirect-to-nonsense": 302,
    "cookies": 204,
}
"""The status of each route that is only odd."""


async def ask(*routes: str, limits: Limits = LIMITS) -> list[Exchange]:
    async with hostile() as url, Transport(url, limits=limits) as transport:
        return await asyncio.gather(
            *(transport.send(Request("POST", f"/{name}", body={"input": name}), id=name) for name in routes)
        )


def test_every_route_has_its_ending() -> None:
    assert {path.removeprefix("/") for path in ROUTES} == ENDINGS.keys() | HARMLESS.keys()


@pytest.mark.parametrize("route", ENDINGS)
def test_a_misbehaviour_ends_with_its_reason_and_in_time(route: str) -> None:
    limits = replace(LIMITS, total=0.6) if ENDINGS[route] == "timeout-total" else LIMITS
    began = time.monotonic()
    [exchange] = asyncio.run(ask(route, limits=limits))

    assert exchange.failure is not None
    assert exchange.failure.kind == ENDINGS[route]
    assert exchange.failure.message.endswith(".")
    assert exchange.response is None or not exchange.response.complete
    assert len(exchange.content) <= MIB
    assert exchange.elapsed < 3
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("route", HARMLESS)
def test_an_oddity_is_a_reply(route: str) -> None:
    [exchange] = asyncio.run(ask(route, limits=Limits(total=20)))

    assert exchange.failure is None
    assert exchange.response is not None
    assert exchange.response.complete
    assert exchange.status == HARMLESS[route]


@pytest.mark.parametrize("route", ["silence-in-stream", "stream-cut", "reset-in-body", "chunk-size-not-hex"])
def test_what_arrived_before_the_end_is_kept(route: str) -> None:
    [exchange] = asyncio.run(ask(route))

    assert exchange.content == EVENT
    assert [frame.event for frame in exchange.frames] == ["tick"]


@pytest.mark.parametrize("route", ["gzip-unasked", "deflate-without-header"])
def test_a_coding_that_was_not_asked_for_is_undone(route: str) -> None:
    [exchange] = asyncio.run(ask(route))

    assert exchange.body == {"ok": True}


@pytest.mark.parametrize("route", ["one-gigabyte", "gzip-bomb", "endless-comment"])
def test_memory_is_bounded_by_the_limit_of_the_body(route: str) -> None:
    async def measure() -> int:
        async with hostile() as url, Transport(url, limits=Limits(body=4 * MIB, total=10)) as transport:
            tracemalloc.start()
            try:
                exchange = await transport.send(Request("GET", f"/{route}"), id="big")
                assert exchange.failure is not None
                assert exchange.failure.kind == "too-large"
                assert len(exchange.content) == 4 * MIB
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    assert asyncio.run(measure()) < 32 * MIB


def test_a_hostile_reply_does_not_disturb_the_others() -> None:
    limits = Limits(connect=2, idle=1, total=2, body=MIB, events=2000, concurrency=16)
    calm = ["fine", "fine-stream", "fine"]
    hostile_ones = ["endless-stream", "one-gigabyte", "header-bomb", "reset-in-body", "never-answers", "stream-cut"]
    exchanges = asyncio.run(ask(*hostile_ones, *calm, limits=limits))

    first, stream, last = exchanges[len(hostile_ones) :]
    assert first.body == last.body == {"ok": True}
    assert len(stream.events) == 3
    assert all(exchange.failure is None for exchange in (first, stream, last))


def test_one_byte_chunks_do_not_become_a_record_each() -> None:
    [exchange] = asyncio.run(ask("one-byte-chunks", limits=Limits(total=20)))

    assert exchange.response is not None
    assert len(exchange.content) == 100_000
    assert len(exchange.response.chunks) < 50_000
    assert [chunk.at for chunk in exchange.response.chunks] == sorted(chunk.at for chunk in exchange.response.chunks)


def test_random_damage_to_a_reply_never_raises() -> None:
    whole = STREAM_HEAD + chunk(EVENT) * 3
    dice = random.Random(20261121)

    async def serve(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        data = bytearray(whole + chunk(b""))
        for _number in range(dice.randrange(1, 6)):
            start = dice.randrange(len(data))
            data[start : start + dice.randrange(8)] = dice.randbytes(dice.randrange(8))
        writer.write(data)

    async def main() -> list[Exchange]:
        async with serving(serve) as address, Transport(f"http://{address}", limits=LIMITS) as transport:
            return await asyncio.gather(*(transport.send(Request("GET", "/"), id=str(n)) for n in range(300)))

    exchanges = asyncio.run(main())

    assert {exchange.failure.kind for exchange in exchanges if exchange.failure} == {"protocol"}
    assert all(exchange.failure or exchange.response for exchange in exchanges)
