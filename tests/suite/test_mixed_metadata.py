"""Replies are mixed where one shows the metadata of another, and not where a server adds its own or drops ours."""

from __future__ import annotations

import json

import pytest
from tests.suite.played_tests import EDITION

from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.recording.records import ScenarioEnd
from antiphon.recording.transcript import Transcript
from antiphon.selftest.suite_tests import collected_tests
from antiphon.suite.items import requirements_of
from antiphon.suite.observation import Observation, observe

OWN = {"conversation_id": "conv_1"}


def reply(place: int, metadata: object) -> Exchange:
    """A create with metadata of its own, and what the reply shows."""
    body = {"id": f"resp_{place}", "object": "response", "output": [], "metadata": metadata}
    response = Response(200, (("content-type", "application/json"),), (Chunk(0.1, json.dumps(body).encode()),))
    request = Request("POST", "/responses", body={"model": "m", "input": "Hi.", "metadata": {"place": str(place)}})
    return Exchange(f"few_at_once/{place}", request, response, scenario="few_at_once")


def seen(*metadata: object) -> Observation:
    steps = tuple(reply(place, each) for place, each in enumerate(metadata))
    (test,) = (each for each in collected_tests(EDITION) if requirements_of(each) == ["concurrency.replies-not-mixed"])
    return observe(test.obj, {"few_at_once": Transcript("few_at_once", steps, ScenarioEnd("few_at_once", "finished"))})


def test_what_a_server_adds_is_no_mix_up() -> None:
    found = seen({"place": "0"} | OWN, {"place": "1"} | OWN)

    assert (found.judged, found.violation) == (True, None)


@pytest.mark.parametrize("metadata", [OWN, {}], ids=["its own", "none"])
def test_what_no_reply_shows_is_not_judged(metadata: dict[str, str]) -> None:
    assert not seen(metadata, metadata).judged


@pytest.mark.parametrize("second", [{"place": "0"}, {}, OWN], ids=["of another", "lost", "lost for its own"])
def test_one_that_is_not_as_the_others_is_mixed(second: dict[str, str]) -> None:
    assert seen({"place": "0"}, second).violation
