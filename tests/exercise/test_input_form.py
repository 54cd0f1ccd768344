"""A server that refuses a text as input is asked with lists, and what it refused stays in the transcript."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from tests.exercise.hostile import Reader, Writer, _length, serving

from antiphon.contract.load import contract
from antiphon.exercise.api import Api
from antiphon.exercise.input_form import TRIALS
from antiphon.exercise.recorder import Recorder
from antiphon.exercise.runner import exercise
from antiphon.exercise.scenario import Scenario
from antiphon.exercise.target import Target
from antiphon.recording.exchange import RETRIED, Exchange
from antiphon.recording.redaction.redactor import Redactor

ANSWER = {"id": "resp_1", "object": "response", "status": "completed", "output": []}


async def three_creates(api: Api) -> None:
    for _ in range(3):
        await api.create(input="Say hi.", store=False)


async def exact(api: Api) -> None:
    with api.exact_input():
        await api.create(input="Say hi.", store=False)


def played(act: Callable[[Api], Any], takes: Callable[[Any], bool]) -> list[Exchange]:
    """The exchanges of a scenario with a server that answers the input that it takes."""

    async def serve(reader: Reader, writer: Writer) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            sent = json.loads(await reader.readexactly(_length(head)))
            good = takes(sent["input"])
            body = json.dumps(ANSWER if good else {"error": {"message": "input: must be a list"}}).encode()
            status = b"200 OK" if good else b"400 Bad Request"
            writer.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))
            await writer.drain()

    async def main() -> list[Exchange]:
        recorder = Recorder(lambda record: None, Redactor())
        async with serving(serve) as address:
            target = Target(f"http://{address}/v1", clean_up=False)
            await exercise([Scenario("one", act)], target, contract(), recorder)
        return [each for each in recorder.records if isinstance(each, Exchange)]

    return asyncio.run(main())


def is_list(value: Any) -> bool:
    return isinstance(value, list)


def test_a_list_is_sent_once_a_text_was_refused_and_the_list_was_not() -> None:
    exchanges = played(three_creates, is_list)

    assert [(each.id, each.status) for each in exchanges] == [
        ("one/1.text", 400), ("one/1", 200), ("one/2", 200), ("one/3", 200)
    ]  # fmt: skip
    assert [RETRIED in each.notes for each in exchanges] == [True, False, False, False]
    assert [is_list(each.sent["input"]) for each in exchanges] == [False, True, True, True]


def test_a_text_stays_one_where_it_is_taken_or_where_a_list_is_refused_too() -> None:
    assert [each.id for each in played(three_creates, lambda _: True)] == ["one/1", "one/2", "one/3"]
    refused = played(three_creates, lambda _: False)
    assert sum(each.id.endswith(".list") for each in refused) == TRIALS
    assert not any(is_list(each.sent["input"]) for each in refused if RETRIED not in each.notes)


def test_a_request_that_is_about_the_text_is_sent_as_it_is() -> None:
    assert [(each.id, each.status) for each in played(exact, is_list)] == [("one/1", 400)]
