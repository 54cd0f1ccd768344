"""The official SDK and the judge agree: it takes what we call legal, and where it raises, we found something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from antiphon.contract.load import contract
from antiphon.judge.engine import Judge
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import read
from antiphon.server.faults import catalogue

pytest.importorskip("openai")
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

from tests.proofs.sdk import Reader, streams_under  # noqa: E402 - it imports the SDK

DATA = Path(__file__).resolve().parents[1] / "data"
SAMPLE = DATA / "traffic" / "sample.jsonl.gz"
EXCEPTIONS: list[dict[str, Any]] = yaml.safe_load((DATA / "sdk.yaml").read_text())["exceptions"]
STREAM_FAULTS = [
    name for name, fault in catalogue().items() if not fault.needs and (fault.events or fault.numbered or fault.frames)
]


@pytest.fixture(scope="module")
def sdk() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.close()


def found_in(exchange: Exchange) -> set[str]:
    """The requirements that an exchange breaks."""
    return set(Judge(contract()).feed(exchange))


def is_excepted(objection: str, exchange: Exchange) -> bool:
    """The SDK may raise this over a stream that is right."""
    types = {event.get("type") for event in exchange.events}
    return any(objection.startswith(each["raises"] + ":") and each["event"] in types for each in EXCEPTIONS)


def test_it_takes_the_streams_of_the_right_server(sdk: Reader) -> None:
    exchanges = streams_under()
    types = {event["type"] for exchange in exchanges for event in exchange.events}

    assert len(types) > 30
    for exchange in exchanges:
        assert found_in(exchange) == set(), exchange.id
        objection = sdk.objection(exchange)
        assert not objection or is_excepted(objection, exchange), (exchange.id, objection)


def test_it_takes_recorded_streams(sdk: Reader) -> None:
    streams = [each for each in read(SAMPLE) if isinstance(each, Exchange) and each.is_stream]
    streams = [each for each in streams if each.events[0].get("type")]  # those of Chat Completions have no types

    assert len(streams) >= 4
    for exchange in streams:
        assert sdk.objection(exchange) == "", exchange.id


@pytest.mark.long
def test_where_it_raises_we_found_something(sdk: Reader) -> None:
    raised = set()
    for name in STREAM_FAULTS:
        for exchange in streams_under(name):
            objection = sdk.objection(exchange)
            if objection and not is_excepted(objection, exchange):
                raised.add(name)
                assert found_in(exchange), (name, exchange.id, objection)

    assert len(raised) > 10
    assert len(raised) < len(STREAM_FAULTS) / 2, "a judge that asks the SDK alone would miss most faults"


def test_every_exception_has_its_reason() -> None:
    assert all(len(each["reason"]) > 20 for each in EXCEPTIONS)
