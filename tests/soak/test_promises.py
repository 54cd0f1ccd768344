"""What the exchanges of one journey show of the promises on concurrency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from tests.soak.soak_exchanges import OTHER, WORD, as_json, as_stream, response, whole_stream

from antiphon.recording.exchange import Exchange
from antiphon.soak.promises import JourneyPromises

CREATE = {"input": "x"}
CREATED = {"type": "response.created", "sequence_number": 0, "response": response()}


def chained(tokens: int) -> list[Exchange]:
    """A chain whose second response reads so many tokens, and whose first reads ten."""
    root = as_json("a/1", CREATE, response(usage={"input_tokens": 10}))
    child = response("resp_2", usage={"input_tokens": tokens})
    return [root, whole_stream("a/2", child, previous_response_id="resp_1")]


def read(reply: dict[str, Any], path: str = "/responses/resp_1") -> list[Exchange]:
    """A stream that is then read."""
    return [whole_stream("a/1", response()), as_json("a/2", {}, reply, path)]


def shown(*journeys: Sequence[Exchange]) -> dict[str, bool]:
    """The requirements that journeys show, without their area, and whether each held in all."""
    judge, found = JourneyPromises(), dict[str, bool]()
    for journey in journeys:
        for requirement, violations in judge.judge(journey):
            name = requirement.removeprefix("concurrency.")
            found[name] = found.get(name, True) and not violations
    return found


@pytest.mark.parametrize(
    ("requirement", "good", "bad"),
    [
        ("replies-not-mixed", [as_json("a/1", CREATE, response())],
         [as_json("a/1", CREATE, response() | {"metadata": {"soak": OTHER}})]),
        ("stream-metadata", [whole_stream("a/1", response())],
         [whole_stream("a/1", response() | {"metadata": {"soak": OTHER}})]),
        ("texts-own", [as_json("a/1", CREATE, response())], [as_json("a/1", CREATE, response(word=OTHER))]),
        ("streams-complete", [whole_stream("a/1", response())], [as_stream("a/1", CREATED)]),
        ("streams-separate", [whole_stream("a/1", response())],
         [as_stream("a/1", CREATED, {"type": "response.completed", "response": response("resp_2")})]),
        ("read-your-writes", read(response()), read(response(status="in_progress"))),
        ("stored-not-mixed", read(response()), read(response(word=OTHER))),
        ("inputs-not-mixed", read({"data": [{"content": WORD}]}, "/responses/resp_1/input_items"),
         read({"data": [{"content": OTHER}]}, "/responses/resp_1/input_items")),
    ],
)  # fmt: skip
def test_a_promise_is_held_or_broken(requirement: str, good: list[Exchange], bad: list[Exchange]) -> None:
    assert shown(good)[requirement] is True
    assert all(shown(good).values())
    assert shown(bad)[requirement] is False


@pytest.mark.parametrize(
    ("requirement", "made"),
    [
        ("ids-distinct", lambda name: as_json(name, CREATE, response())),
        ("streams-separate", lambda name: whole_stream(name, response())),
        ("stream-items-own", lambda name: as_stream(name, CREATED, {"type": "response.output_item.added",
                                                                  "item": {"id": "msg_1"}})),
    ],
)  # fmt: skip
def test_an_id_comes_once(requirement: str, made: Any) -> None:
    assert shown([made("a/1")])[requirement]
    assert not shown([made("a/1")], [made("b/1")])[requirement]


def test_a_continuation_reads_what_it_continues_where_the_server_counts_that() -> None:
    assert shown(chained(25))["contexts-own"]
    assert not shown(chained(25), chained(8))["contexts-own"]
    assert "contexts-own" not in shown(chained(10))


@pytest.mark.parametrize("metadata", [{}, {"conversation_id": "conv_1"}], ids=["none", "the server's own"])
def test_what_a_reply_does_not_show_is_not_judged(metadata: dict[str, str]) -> None:
    bare = {"id": "resp_1", "status": "completed", "output": [], "metadata": metadata}

    assert shown([as_json("a/1", CREATE, bare)]).keys() == {"ids-distinct"}
    assert shown([]) == {}
