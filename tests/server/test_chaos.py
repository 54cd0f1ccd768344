"""Random failures: the seed decides which request meets which; each kind of failure is what its name says."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import openai
import pytest
from openai import OpenAI
from tests.server.server_wire import MODEL, events

from antiphon.server import ServerSettings, background_server
from antiphon.server.behaviour.chaos import KINDS, Chaos, Mishap
from antiphon.server.behaviour.truncation import ConnectionCut
from antiphon.server.errors import ApiError

BODY = {"model": MODEL, "input": "hi"}
FRAMES = [b'event: a\ndata: {"type":"a","n":%d}\n\n' % number for number in range(8)]


def drawn(rate: float, seed: int, number: int = 2_000) -> list[Mishap | None]:
    chaos = Chaos(rate, seed)
    return [chaos.next() for _ in range(number)]


def test_the_seed_decides_all() -> None:
    assert drawn(0.2, 7) == drawn(0.2, 7)
    assert drawn(0.2, 7) != drawn(0.2, 8)


def test_about_the_share_that_was_asked_for_meets_with_trouble() -> None:
    kinds = Counter(each.kind for each in drawn(0.1, 1) if each)
    assert set(kinds) == set(KINDS)
    assert 150 < sum(count for kind, count in kinds.items() if kind != "burst") + kinds["burst"] / 2.5 < 250
    assert not any(drawn(0.0, 1))
    assert all(drawn(1.0, 1))


def test_errors_come_in_bursts() -> None:
    kinds = "".join("x" if each and each.kind == "burst" else "." for each in drawn(0.05, 3))
    assert "xx" in kinds


def after(kind: str, *, events: bool = True, pieces: list[bytes] = FRAMES) -> tuple[list[bytes], bool]:
    """What becomes of a body, and whether it was cut."""

    async def sent() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    async def collect() -> tuple[list[bytes], bool]:
        got: list[bytes] = []
        try:
            async for piece in Mishap(kind, "5/1").alter(sent(), events=events):
                got.append(piece)
        except ConnectionCut:
            return got, True
        return got, False

    return asyncio.run(collect())


def test_each_kind_does_to_a_stream_what_it_is_called() -> None:
    for kind in ("first-token", "jitter"):
        assert after(kind) == (FRAMES, False)
    split, _ = after("split")
    assert (b"".join(split), len(split)) == (b"".join(FRAMES), 2 * len(FRAMES))
    cut, torn = after("cut")
    assert torn
    assert b"".join(FRAMES).startswith(b"".join(cut))
    assert len(cut[-1]) == len(FRAMES[0]) // 2
    halved, torn = after("half-json")
    assert not torn
    assert sum(piece not in FRAMES for piece in halved) == 1


def test_each_kind_does_to_a_body_what_it_is_called() -> None:
    body = [b'{"id":"resp_1","output":[]}']
    assert after("cut", events=False, pieces=body) == ([body[0][:13]], True)
    assert after("half-json", events=False, pieces=body) == ([body[0][:13]], False)


def test_a_burst_refuses_with_an_envelope() -> None:
    statuses = set()
    for number in range(30):
        with pytest.raises(ApiError) as caught:
            asyncio.run(Mishap("burst", f"1/{number}").before())
        statuses.add(caught.value.status)
        assert (caught.value.status == 503) == ("retry-after" in caught.value.headers)
    assert statuses == {500, 502, 503}


def walk(seed: int) -> list[str]:
    """What comes of thirty requests, one after the other, plain and streamed."""
    outcomes = []
    with (
        background_server(ServerSettings(chaos=0.6, seed=seed, pace=0)) as url,
        httpx.Client(base_url=url, timeout=20) as http,
    ):
        for number in range(30):
            try:
                reply = http.post("/responses", json={**BODY, "stream": number % 2 == 0})
                kind = reply.headers.get("x-antiphon-chaos", "")
                whole = reply.status_code == 200 and (events(reply.text) if number % 2 == 0 else reply.json())
                outcomes.append(f"{kind} {reply.status_code} {bool(whole)}")
            except httpx.RemoteProtocolError:
                outcomes.append("cut")
            except (json.JSONDecodeError, ValueError, AssertionError):
                outcomes.append(f"{kind} torn")
    return outcomes


def test_two_servers_of_one_seed_misbehave_alike() -> None:
    first = walk(11)
    assert first == walk(11)
    assert {"cut", "half-json torn"} & set(first)
    assert " 200 True" in first
    assert any(each.startswith("burst 5") for each in first)


def test_the_official_client_gets_through_by_retrying() -> None:
    """A tenth of the requests fail; two retries are enough for nearly all."""
    with (
        background_server(ServerSettings(chaos=0.1, seed=2, pace=0)) as url,
        OpenAI(base_url=url, api_key="x", max_retries=3) as sdk,
    ):
        said = [
            sdk.responses.create(model=MODEL, input="My name is Bo. What is my name?").output_text for _ in range(20)
        ]
        with pytest.raises(openai.NotFoundError):
            sdk.with_options(max_retries=5).responses.retrieve("resp_none")
    assert said == ["Your name is Bo."] * 20


def test_a_rate_is_a_share() -> None:
    with pytest.raises(ValueError, match=r"a share from 0 to 1, not 1\.5"), background_server(chaos=1.5):
        pass
