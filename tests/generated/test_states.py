"""Walks against a model: what a wrong server does is found, and the model itself is right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from antiphon.contract.load import edition
from antiphon.generated.deviations import deviations, worst
from antiphon.generated.options import GenerationOptions
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.run.live import result_of
from antiphon.run.options import RunOptions

EDITION = edition("openai-2026-08")


def said(method: str, path: str, reply: str, status: int = 200, sent: Any = None, query: Any = ()) -> Exchange:
    response = Response(status, (("content-type", "application/json"),), (Chunk(0.0, reply.encode()),))
    return Exchange(f"walked/{path}", Request(method, path, query, body=sent), response)


def created(id: str, *texts: str, **body: Any) -> Exchange:
    items = [{"role": "user", "content": text} for text in texts]
    status = "queued" if body.get("background") else "completed"
    reply = f'{{"id": "{id}", "status": "{status}", "store": true}}'
    return said("POST", "/responses", reply, sent={"input": items, **body})


def answered(id: str, status: int = 200, *, tokens: int = 9, calls: tuple[str, ...] = (), **body: Any) -> Exchange:
    """A create that completed, with its settings shown, and its input counted."""
    output = [{"type": "function_call", "name": name, "call_id": f"call_{name}"} for name in calls]
    shown = {name: value for name, value in body.items() if name not in ("input", "stream")}
    reply = {"id": id, "status": "completed", "output": output, "usage": {"input_tokens": tokens}, **shown}
    if not body.get("stream"):
        return said("POST", "/responses", json.dumps(reply), status, sent=body)
    event = json.dumps({"type": "response.completed", "response": reply}) if status < 400 else "{}"
    kind = "text/event-stream" if status < 400 else "application/json"
    content = f"data: {event}\n\n" if status < 400 else event
    response = Response(status, (("content-type", kind),), (Chunk(0.0, content.encode()),))
    return Exchange("walked/stream", Request("POST", "/responses", (), body=body), response)


def listed(id: str, *texts: str, **query: str) -> Exchange:
    data = ",".join(f'{{"id": "{text}", "content": [{{"text": "{text}"}}]}}' for text in texts)
    return said("GET", f"/responses/{id}/input_items", f'{{"data": [{data}]}}', query=tuple(query.items()))


GONE = said("GET", "/responses/a", "{}", 404)
READ = said("GET", "/responses/a", '{"id": "a", "status": "completed"}')
DELETED = said("DELETE", "/responses/a", '{"deleted": true}')
STEPS = {
    "kept": ([created("a"), READ, DELETED, GONE], []),
    "lost": ([created("a"), GONE], ["properties.existence"]),
    "undeleted": ([created("a"), DELETED, READ], ["properties.existence"]),
    "deleted twice": ([created("a"), DELETED, DELETED], ["properties.existence"]),
    "continued": ([created("a"), DELETED, created("b", previous_response_id="a")], ["properties.existence"]),
    "newest first": ([created("a", "1", "2"), listed("a", "2", "1")], []),
    "oldest first": ([created("a", "1", "2"), listed("a", "1", "2", order="asc")], []),
    "a page": ([created("a", "1", "2", "3"), listed("a", "3", "2", limit="2")], []),
    "reordered": ([created("a", "1", "2"), listed("a", "2", "1", order="asc")], ["properties.order"]),
    "too few": ([created("a", "1", "2"), listed("a", "1", order="asc")], ["properties.order"]),
    "too many": ([created("a", "1"), listed("a", "1", "0")], ["properties.order"]),
    "history before it": ([created("a", "1"), created("b", "2", previous_response_id="a"),
                           listed("b", "1", "2", order="asc")], []),
    "forward": ([created("a", background=True), READ, READ], []),
    "back": ([created("a", background=True), READ,
              said("GET", "/responses/a", '{"id": "a", "status": "in_progress"}')], ["properties.status"]),
    "other end": ([created("a", background=True), READ,
                   said("POST", "/responses/a/cancel", '{"id": "a", "status": "cancelled"}')], ["properties.status"]),
    "alike": ([answered("a", input="1"), answered("b", input="1", stream=True)], []),
    "another text": ([answered("a", input="1"), answered("b", tokens=99, input="2", stream=True)], []),
    "refused as a stream": ([answered("a", input="1"), answered("b", 400, input="1", stream=True)],
                            ["properties.same-in-modes"]),
    "refused plain too": ([answered("a", 400, input="1"), answered("b", 400, input="1", stream=True)], []),
    "read in part": ([answered("a", tokens=40, input="1"), answered("b", tokens=9, input="1", stream=True)],
                     ["properties.same-in-modes"]),
    "not called": ([answered("a", input="1", tool_choice="required", calls=("wash",)),
                    answered("b", input="1", tool_choice="required", stream=True)], ["properties.same-in-modes"]),
    "answered in a conversation": ([answered("a", input="1", conversation="c"),
                                    answered("b", tokens=99, input="1", conversation="c", stream=True)], []),
    "unsupported": ([created("a"), said("GET", "/responses/a", "", 405)], []),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "broken"), STEPS.values(), ids=STEPS)
def test_the_model_knows_what_must_follow(steps: list[Exchange], broken: list[str]) -> None:
    assert [each.requirement for each in deviations(steps, EDITION)] == broken


def test_the_shortest_way_to_a_breach_is_told() -> None:
    steps, _ = STEPS["undeleted"]
    long = [created("b"), *[said("GET", "/responses/b", '{"id": "b", "status": "completed"}')] * 4,
            said("GET", "/responses/b", "{}", 404)]  # fmt: skip
    found = worst([*long, *steps], EDITION, "properties.existence")

    assert found is not None
    assert found.message == "the way there: POST /responses (200); DELETE /responses/a (200); GET /responses/a (200)"


@pytest.mark.parametrize(
    ("fault", "requirement", "level"),
    [
        ("many-items-kept", "properties.existence", "fail"),
        ("page-of-four-swapped", "properties.order", "fail"),
        ("listed-runs-again", "properties.status", "fail"),
        ("long-streams-begin-late", "properties.same-in-modes", "fail"),
    ],
)
def test_what_only_a_walk_can_show_is_found(fault: str, requirement: str, level: str) -> None:
    plan = RunOptions(properties=GenerationOptions(10, 0), select=(requirement,), faults=(fault,))
    result = result_of(run_suite(plan))
    (found,) = [each for each in result["requirements"] if each["id"] == requirement]

    assert found["verdict"] == level
    shortest = min((each["message"] for each in found["violations"]), key=len)
    assert "--properties 10 --seed 0" in shortest
    assert shortest.count(";") <= 4, shortest
