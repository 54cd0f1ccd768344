"""The reference server, with the proxy before it: what official clients say and hear through it is judged."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue

import pytest
from openai import OpenAI

from antiphon import proxy
from antiphon.contract.load import contract
from antiphon.exercise.webhooks.receiver import Receiver, run_receiver
from antiphon.judge.engine import Judge
from antiphon.judge.verdict import Verdict, judgement
from antiphon.recording.exchange import Exchange
from antiphon.server import ServerSettings, background_server

KEY = "sk-antiphon-clients"
SECRET = "whsec_YW50aXBob24gaGVhcnMgaXRzIGNsaWVudHM="
GOOD = (Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.NOT_TESTABLE)


def complaints(exchanges: list[Exchange]) -> list[str]:
    """What the judge holds against some exchanges, relations between them included: breaches of must and of should."""
    book = contract()
    judge = Judge(book)
    for exchange in exchanges:
        assert exchange.failure is None, (exchange.id, exchange.failure)
        judge.feed(exchange)
    entries = judge.finish().entries
    found = {each: judgement(entries.get(each), book.level(each)) for each in book.requirements}
    return [f"{each}: {said.reason} {entries[each].places}" for each, said in found.items() if said.verdict not in GOOD]


@contextmanager
def overheard(url: str, heard: list[Exchange]) -> Iterator[str]:
    """Lend the base URL of a proxy before a server; when it ends, `heard` has all that went through it."""
    stop, ready, kept = threading.Event(), Queue[str](), Queue[Exchange]()
    arguments = (proxy.ProxySettings(url), ready.put, kept.put, stop)
    thread = threading.Thread(target=proxy.run, args=arguments, daemon=True)
    thread.start()
    try:
        yield ready.get(timeout=120)
    finally:
        stop.set()
        thread.join(10)
        while not kept.empty():
            heard.append(kept.get())


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    with run_receiver(SECRET) as receiver:
        yield receiver


@pytest.fixture(scope="session")
def server(receiver: Receiver) -> Iterator[str]:
    settings = ServerSettings(pace=0.0005, api_key=KEY, webhook=receiver.url, webhook_secret=SECRET)
    with background_server(settings) as url:
        yield url


@pytest.fixture
def base_url(server: str) -> Iterator[str]:
    """The base URL for a client; what it hears there must hold in the eyes of the judge."""
    heard: list[Exchange] = []
    with overheard(server, heard) as url:
        yield url
    assert heard
    assert complaints(heard) == []


@pytest.fixture
def client(base_url: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=base_url, api_key=KEY, max_retries=0, timeout=10, webhook_secret=SECRET) as client:
        yield client
