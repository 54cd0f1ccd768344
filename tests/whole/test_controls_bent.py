"""Servers with one behaviour bent: only what was seen to move, to be valid or to be in time is held against them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.whole.answering import ERROR, Answer, answering, in_json, passing

from antiphon.contract.depth import Depth
from antiphon.exercise.target import Target
from antiphon.judge.verdict import judgement
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.run.options import RunOptions
from antiphon.run.session import Session
from antiphon.server import ServerSettings, background_server
from antiphon.suite.unknown_ids import alter

Bend = Callable[[str, str, str, bytes], Answer]
"""Answers a call, named by the URL of the right server, method, path and body."""


def played(bend: Bend, *select: str, depth: Depth = Depth.THOROUGH) -> Session:
    """A run of these requirements against a bent server."""
    with (
        background_server(ServerSettings()) as upstream,
        answering(lambda method, path, sent: bend(upstream, method, path, sent)) as url,
    ):
        return run_suite(RunOptions(target=Target(url, model="antiphon-1"), select=select, depth=depth))


def verdicts(session: Session) -> dict[str, str]:
    """The verdicts of the selected requirements."""
    entries = session.findings.judge.ledger.entries
    wanted = [each for each in session.contract.requirements.values() if session.wants(each.id)]
    return {each.id: judgement(entries.get(each.id), each.level).verdict.value for each in wanted}


def untestable(session: Session, requirement: str) -> set[str]:
    """Why a requirement could not be judged."""
    return set(session.findings.judge.ledger.entries[requirement].untestable)


def with_objects(answer: Answer, change: Callable[[dict[str, Any]], None]) -> Answer:
    """An answer in whose JSON, or whose events, every object was changed; other answers stay as they are."""

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            change(value)
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(each)

    def changed(text: bytes) -> bytes:
        content = json.loads(text)
        walk(content)
        return json.dumps(content).encode()

    status, headers, body = answer
    kind = headers.get("content-type", "")
    if "event-stream" in kind:
        return status, headers, re.sub(rb"(?<=data: )\{.*", lambda found: changed(found[0]), body)
    return (status, headers, changed(body)) if "json" in kind else answer


RUNNING = ("queued", "in_progress")
COUNTED = (
    "chain.instructions-not-inherited", "chain.fork-separate", "chain.context-included", "chain.grows",
    "create.string-is-user-message", "create.instructions-read", "metadata.not-counted",
    "conversations.context-included", "chat.parity.usage",
)  # fmt: skip


def test_a_usage_that_never_changes_shows_nothing() -> None:
    def set_usage(value: dict[str, Any]) -> None:
        if isinstance(usage := value.get("usage"), dict) and "input_tokens" in usage:
            usage.update(input_tokens=5, output_tokens=1, total_tokens=6)

    session = played(lambda *call: with_objects(passing(*call), set_usage), *COUNTED)
    states = session.findings.effects.tables(session.endings, {})["capabilities"]

    assert verdicts(session) == dict.fromkeys(COUNTED, "not-testable")
    assert states["chaining"]["state"] == "unknown"


def test_an_unknown_id_has_the_form_of_the_servers_own() -> None:
    def bend(upstream: str, method: str, path: str, sent: bytes) -> Answer:
        """Ids of zeros are malformed, and an unknown previous_response_id is taken."""
        if "resp_0000" in path or b"resp_0000" in sent:
            return in_json(400, ERROR)
        body = json.loads(sent) if sent else {}
        before = body.pop("previous_response_id", None) if path.endswith("/responses") else None
        if before and passing(upstream, "GET", f"/v1/responses/{before}", b"")[0] != 200:
            sent = json.dumps(body).encode()
        return passing(upstream, method, path, sent)

    found = verdicts(played(bend, "chain.unknown-refused", "store.unknown-id-get", "cancel.unknown-id"))

    assert found == {"chain.unknown-refused": "fail", "store.unknown-id-get": "pass", "cancel.unknown-id": "pass"}


@pytest.mark.parametrize(
    "id", ["resp_09f901e77f9e5b7235ebccf00c6ba0776ab2", "resp_hello.3f1cd3da631e45", "A7", "1", "msg_", "é_z9"]
)
def test_an_altered_id_keeps_its_form(id: str) -> None:
    other = alter(id)

    assert (other != id) == any(each.isalnum() and each.isascii() for each in id.rpartition("_")[2] or id)
    assert [(each.isdigit(), each.islower(), each in "abcdef") for each in other] == [
        (each.isdigit(), each.islower(), each in "abcdef") for each in id
    ]


def test_a_response_that_ended_before_its_cancel_shows_nothing_of_it() -> None:
    def bend(upstream: str, method: str, path: str, sent: bytes) -> Answer:
        """A background response has ended when it is cancelled, and says so."""
        body = json.loads(sent) if sent else {}
        if path.endswith("/cancel"):
            return in_json(400, ERROR)
        if body.get("background"):
            sent = json.dumps({**body, "input": "Say hi.", "max_output_tokens": 64}).encode()
        answer = passing(upstream, method, path, sent)
        if body.get("background") and answer[0] == 200:
            made = json.loads(answer[2])["id"]
            while json.loads(passing(upstream, "GET", f"/v1/responses/{made}", b"")[2])["status"] in RUNNING:
                pass
        return answer

    session = played(bend, "cancel.running-cancelled")

    assert verdicts(session) == {"cancel.running-cancelled": "not-testable"}
    assert "it had ended before the cancel: it reads as completed" in untestable(session, "cancel.running-cancelled")


def test_a_refusal_counts_only_where_the_valid_request_is_taken() -> None:
    refusal = {"error": {**ERROR["error"], "message": "Missing entity_id in metadata."}}
    wanted = ("errors.trigger.temperature-above", "errors.trigger.top-p-above")

    session = played(lambda *_: in_json(400, refusal), *wanted)
    invalid = [each for row in session.findings.effects.tables((), {})["parameters"] for each in row["invalid"]]

    assert {verdicts(session)[each] for each in wanted} == {"not-testable"}
    assert untestable(session, wanted[0]) == {"the valid request is refused too: 400 Missing entity_id in metadata."}
    assert {each["verdict"] for each in invalid} == {"unknown"}


def test_a_value_that_is_taken_breaks_its_trigger_whatever_the_control_says() -> None:
    reply = {"id": "resp_1", "object": "response", "status": "completed", "output": []}

    def bend(upstream: str, method: str, path: str, sent: bytes) -> Answer:
        return in_json(200, reply) if b"2.1" in sent else in_json(400, ERROR)

    found = verdicts(played(bend, "errors.trigger.temperature-above"))

    assert found["errors.trigger.temperature-above"] == "fail"
