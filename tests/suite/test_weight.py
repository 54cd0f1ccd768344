"""What shows that a part of a request was read: the tokens that it costs, or what the answer does with it."""

from __future__ import annotations

import json

import pytest
from tests.suite.played_tests import EDITION

from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.recording.records import ScenarioEnd
from antiphon.recording.transcript import Transcript
from antiphon.selftest.suite_tests import collected_tests
from antiphon.suite.items import requirements_of
from antiphon.suite.observation import observe

CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "paint_the_wall", "arguments": "{}"}
SAID = {"type": "message", "id": "msg_1", "role": "assistant", "content": [{"type": "output_text", "text": "Hi."}]}


def answered(step: int, tokens: int, item: object) -> Exchange:
    """A create that is answered with one item and so many input tokens."""
    body = {"object": "response", "status": "completed", "output": [item], "usage": {"input_tokens": tokens}}
    response = Response(200, (("content-type", "application/json"),), (Chunk(0.1, json.dumps(body).encode()),))
    request = Request("POST", "/responses", body={"model": "m", "input": "Say hi."})
    return Exchange(f"weighed/{step}", request, response, scenario="weighed", started_at=float(step))


@pytest.mark.parametrize(("item", "tokens", "is_read"), [(CALL, 1, True), (SAID, 1, False), (SAID, 9, True)])
def test_a_function_that_is_called_was_read_whatever_it_costs(item: object, tokens: int, is_read: bool) -> None:
    steps = [answered(1, 1, SAID), answered(2, 100, SAID), answered(3, 90, SAID), answered(4, tokens, item)]
    tests = [each for each in collected_tests(EDITION) if requirements_of(each) == ["create.tools-read"]]
    (test,) = (each for each in tests if each.path.name == "test_weight.py")

    seen = observe(
        test.obj,
        {
            "weighed": Transcript("weighed", tuple(steps), ScenarioEnd("weighed", "finished")),
            "name": "create.tools-read",
        },
    )

    assert seen.judged
    assert (seen.violation is None) is is_read
