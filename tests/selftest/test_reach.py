"""Which scenarios a fault can reach: never fewer than it shows in."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.selftest.reach import Reach
from antiphon.server.behaviour.fault import Events, Fault, OutgoingReply
from antiphon.server.behaviour.policy import ServerPolicy
from antiphon.server.behaviour.policy_trace import REQUEST, trace_policy, watch_policy
from antiphon.server.behaviour.rules import ChatRules, PageRules, WebhookRules
from antiphon.server.errors import ApiError
from antiphon.server.faults import base
from antiphon.server.faults.edits import in_item
from antiphon.server.faults.replies import set_header
from antiphon.server.faults.rewrites import drop
from antiphon.server.json_values import Json

MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "status": "completed"}
REPLY = {"object": "response", "id": "resp_1", "status": "completed", "output": [MESSAGE]}
REFUSAL = {"error": {"message": "No.", "type": "invalid_request_error", "param": "input", "code": "invalid_type"}}
EVENTS = [{"type": "response.created", "sequence_number": 0, "response": REPLY},
          {"type": "response.completed", "sequence_number": 1, "response": REPLY}]  # fmt: skip


def said(scenario: str, body: Any, sent: Any = None, status: int = 200, path: str = "/responses") -> Exchange:
    headers = (("content-type", "application/json"), ("x-request-id", f"req_{scenario}"))
    response = Response(status, headers, (Chunk(0.1, json.dumps(body).encode()),))
    return Exchange(f"{scenario}/1", Request("POST", path, body=sent or {"input": "hi"}), response, scenario)


def streamed(scenario: str) -> Exchange:
    frames = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in EVENTS)
    response = Response(200, (("content-type", "text/event-stream"),), (Chunk(0.1, frames.encode()),))
    return Exchange(f"{scenario}/1", Request("POST", "/responses", body={"stream": True}), response, scenario)


REACH = Reach(
    [
        said("plain", REPLY),
        said("refused", REFUSAL, {"input": 5}, 400),
        said("chat", {"object": "chat.completion"}, path="/chat/completions"),
        streamed("stream"),
    ],
    {"req_plain": {"stores", "unchecked:top_p"}, "req_refused": {"unchecked:input"}, "req_chat": {"chat.deletes"}},
)


def fault(**hooks: Any) -> Fault:
    return base.fault("wrong", "It is wrong.", "a.b", **hooks)


def refuse_numbers(path: str, body: Json) -> Json:
    if isinstance(body.get("input"), int):
        raise ApiError("No.")
    return body


def curious(reply: OutgoingReply) -> OutgoingReply:
    if reply.operation == "create-response" and reply.request and reply.request.headers.get("x-odd"):
        reply.status = 500
    return reply


async def broken(events: Events) -> AsyncIterator[Json]:
    raise ValueError("this fault cannot be asked")
    async for event in events:
        yield event


@pytest.mark.parametrize(
    ("wrong", "reached"),
    [
        (fault(item=in_item("message", lambda item: {**item, "status": "done"})), {"plain", "stream"}),
        (fault(item=in_item("function_call", lambda item: {**item, "status": "done"})), set()),
        (fault(response=lambda response: {**response, "id": "x"}), {"plain", "stream"}),
        (fault(response=lambda response: {**response, "error": response["error"]}), {"plain", "stream"}),
        (fault(events=drop("response.created")), {"stream"}),
        (fault(events=drop("response.queued")), set()),
        (fault(events=broken), {"stream"}),
        (fault(events=drop("response.queued"), together=True), {"stream"}),
        (fault(frames=lambda frames: frames), {"stream"}),
        (fault(completion=lambda completion: completion), {"chat"}),
        (fault(request=refuse_numbers), {"refused"}),
        (fault(reply=set_header("x-request-id", None)), {"plain", "refused", "chat"}),
        (fault(reply=curious), {"plain", "refused", "stream"}),
        (fault(policy={"stores": False}), {"plain", "stream"}),
        (fault(policy={"deletes": False}), {"stream"}),
        (fault(policy={"unchecked": frozenset({"input"})}), {"refused", "stream"}),
        (fault(policy={"chat": ChatRules(deletes=False)}), {"chat", "stream"}),
        (fault(policy={"chat": ChatRules(lists=False)}), {"stream"}),
        (fault(policy={"webhooks": WebhookRules(retries=False)}), set()),
    ],
)
def test_a_fault_reaches_what_it_changes_and_what_it_cannot_be_asked_about(wrong: Fault, reached: set[str]) -> None:
    assert REACH.of(wrong) == reached


def test_a_trace_names_what_is_read_of_switches_within_switches() -> None:
    REQUEST.set("req_1")
    with trace_policy() as reads:
        policy = watch_policy(
            ServerPolicy(unchecked=frozenset({"input"}), chat=ChatRules(pages=PageRules(default_limit=5)))
        )

        assert policy.stores
        assert "input" in policy.unchecked
        assert "top_p" not in policy.unchecked
        assert policy.chat.pages.default_limit == 5
        assert list(policy.chat.unchecked) == []
    REQUEST.set("")

    assert reads == {
        "req_1": {"stores", "unchecked:input", "unchecked:top_p", "chat.pages.default_limit", "chat.unchecked"}
    }


def test_nothing_is_noted_while_no_trace_is_kept() -> None:
    policy = ServerPolicy()

    assert watch_policy(policy) is policy
