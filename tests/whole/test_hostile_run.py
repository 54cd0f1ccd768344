"""A server that misbehaves in every known way, one after the other, neither hangs nor kills a run."""

from __future__ import annotations

import asyncio
import itertools
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.exercise.hostile import ROUTES, Reader, Writer, serving

from antiphon.exercise.limits import Limits
from antiphon.exercise.target import Target
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.run.live import finish
from antiphon.run.options import RunOptions

LIMITS = Limits(connect=1, idle=0.1, total=1, body=256 * 1024, events=500, concurrency=32)
HEAVY = {"/one-gigabyte", "/gzip-bomb", "/one-byte-chunks"}


def odd_bodies(seed: int) -> Iterator[bytes]:
    """Bodies of JSON that are near to what is expected, and wrong."""
    dice = random.Random(seed)
    values: list[Any] = [None, 5, -1, "", "x", [], {}, True, 1e308, "resp_1", [None], {"a": []}, "\u202e", "x" * 5000]
    keys = ["id", "object", "status", "output", "usage", "error", "model", "metadata", "tools", "data", "type", "text"]
    while True:
        body = {key: dice.choice(values) for key in dice.sample(keys, dice.randrange(len(keys)))}
        body.setdefault("id", "resp_1")
        yield repr(body).replace("'", '"').replace("None", "null").replace("True", "true").encode()


@contextmanager
def misbehaving(seed: int) -> Iterator[str]:
    """The base URL of a server that answers each connection in another wrong way."""
    routes = itertools.cycle([handle for path, handle in ROUTES.items() if path not in HEAVY])
    bodies = odd_bodies(seed)
    turn = itertools.count()

    async def handle(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if next(turn) % 2:
            await next(routes)(reader, writer)
            return
        body = next(bodies)
        kind = b"text/event-stream" if body.endswith(b'""}') else b"application/json"
        head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % (kind, len(body)) + body)
        await writer.drain()

    ready: list[str] = []
    up, stop = threading.Event(), threading.Event()

    async def serve() -> None:
        async with serving(handle) as address:
            ready.append(address)
            up.set()
            while not stop.is_set():
                await asyncio.sleep(0.02)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert up.wait(10)
    try:
        yield f"http://{ready[0]}/v1"
    finally:
        stop.set()
        thread.join(10)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_hostile_server_ends_no_run(seed: int, tmp_path: Path) -> None:
    with misbehaving(seed) as base_url:
        session = run_suite(RunOptions(target=Target(base_url, limits=LIMITS), folder=tmp_path))
    code = finish(session, tmp_path)

    assert {each.scenario: each.reason for each in session.endings if each.outcome == "error"} == {}
    assert {each.outcome for each in session.endings} <= {"finished", "broken", "declined", "skipped"}
    assert not {name: entry.errors for name, entry in session.findings.ledger.entries.items() if entry.errors}
    assert code == 1
    assert (tmp_path / "report.html").stat().st_size > 10_000
    kinds = {each.failure.kind for each in session.exchanges.values() if each.failure}
    assert {"protocol", "timeout-idle", "too-large"} <= kinds
