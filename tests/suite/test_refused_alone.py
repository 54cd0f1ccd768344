"""A part that is refused by itself excuses what else it is sent with, and nothing more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.recording.intent import LEGAL, Intent, must_refuse
from antiphon.suite.refused_alone import RefusedParts

PLAINEST = {"model": "m", "input": "hi"}


def create(id: str, refusal: str = "", intent: Intent = LEGAL, **parts: Any) -> Exchange:
    body = {"error": {"message": refusal, "param": None}} if refusal else {"id": "resp_1", "object": "response"}
    chunks = (Chunk(0.1, json.dumps(body).encode()),)
    response = Response(400 if refusal else 200, (("content-type", "application/json"),), chunks)
    return Exchange(id, Request("POST", "/responses", body={**PLAINEST, **parts}), response, intent=intent)


ALONE = create("accepted/4", "metadata is not supported", metadata={"a": "b"})
TOGETHER = create("stored/1", "metadata is not supported", metadata={"a": "b"}, store=True)


def test_what_is_sent_with_a_refused_part_is_excused() -> None:
    refused = RefusedParts.of([ALONE, TOGETHER])

    assert refused.excuse(TOGETHER, ["store.taken"]) == (
        "it is sent with metadata, which is refused by itself in accepted/4"
    )


@pytest.mark.parametrize(
    "exchanges",
    [
        [TOGETHER],
        [ALONE, create("other/1", metadata={"a": "c"})],
        [create("refused/1", "metadata is too long", must_refuse("metadata-pairs"), metadata={"a": "b" * 600})],
        [create("accepted/4", "store is not supported", metadata={"a": "b"})],
    ],
    ids=["never alone", "taken elsewhere", "meant to be refused", "not named"],
)
def test_a_part_that_is_not_refused_by_itself_excuses_nothing(exchanges: list[Exchange]) -> None:
    assert RefusedParts.of(exchanges).excuse(TOGETHER, ["store.taken"]) == ""


def test_an_empty_part_that_is_taken_says_nothing_of_it() -> None:
    assert RefusedParts.of([ALONE, create("null/1", metadata=None), create("empty/1", metadata={})]).shown_in


@pytest.mark.parametrize(
    ("exchange", "requirement"),
    [
        (ALONE, "create.text-input"),
        (TOGETHER, "create.accepts.metadata"),
        (create("stored/1", "store is not supported", metadata={"a": "b"}, store=True), "store.taken"),
        (create("stored/1", metadata={"a": "b"}, store=True), "store.taken"),
    ],
    ids=["the part itself", "its own requirement", "another part", "a success"],
)
def test_nothing_else_is_excused(exchange: Exchange, requirement: str) -> None:
    assert RefusedParts.of([ALONE]).excuse(exchange, [requirement]) == ""
