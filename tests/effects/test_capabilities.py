"""What is said of capabilities: kept, partial, ignored, declined or unknown; and what a claim is worth."""

from __future__ import annotations

from typing import Any

import pytest

from antiphon.contract.depth import Depth
from antiphon.contract.load import contract
from antiphon.contract.paths import spec_dir
from antiphon.contract.spec_files import read_yaml
from antiphon.effects import Effects
from antiphon.effects.capability_states import NO_RESPONSE
from antiphon.effects.claims import broken_claims
from antiphon.errors import Exit
from antiphon.judge.operations import operation_of
from antiphon.pytest_plugin.suite_runner import run_suite
from antiphon.recording.exchange import Chunk, Exchange, Request, Response
from antiphon.recording.intent import Purpose
from antiphon.recording.records import ScenarioEnd
from antiphon.report.effect_tables import claim_lines, effect_lines
from antiphon.report.facts import RunFacts
from antiphon.report.result import build, exit_code
from antiphon.report.result_model import Result
from antiphon.report.schema import mistake
from antiphon.run.options import RunOptions
from antiphon.run.session import Session
from antiphon.server.faults import catalogue


def states(session: Session, **claims: bool) -> dict[str, Any]:
    found: dict[str, Any] = session.findings.effects.tables(session.endings, claims)["capabilities"]
    return found


@pytest.fixture(scope="module")
def right() -> Session:
    return run_suite(RunOptions(depth=Depth.THOROUGH))


def test_the_reference_server_has_every_capability(right: Session) -> None:
    found = states(right)

    assert {id: each["state"] for id, each in found.items()} == dict.fromkeys(contract().capabilities, "kept")
    assert all(each["evidence"] for each in found.values())


@pytest.mark.parametrize(
    ("fault", "capability"),
    [
        ("nothing-stored", "store"),
        ("chain-empty", "chaining"),
        ("background-blocks", "background"),
        ("choice-ignored", "tools"),
        ("format-ignored", "structured-output"),
    ],
)
def test_what_is_taken_and_ignored_is_a_finding(fault: str, capability: str) -> None:
    shown = tuple(sorted(catalogue()[fault].breaks))
    found = states(run_suite(RunOptions(depth=Depth.THOROUGH, faults=(fault,), select=shown)))

    assert {id for id, each in found.items() if each["state"] == "ignored"} >= {capability}
    assert found[capability]["evidence"]


def test_a_declined_capability_says_where_and_why() -> None:
    found = after(ending=ScenarioEnd("compacted", "declined", "compact is answered with 404", "compact", "compacted/1"))

    assert found["compact"] == {
        "state": "declined", "claimed": None, "evidence": ["compacted/1"], "note": "compact is answered with 404",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (500, b'{"error":{"message":"no","type":"t","code":null,"param":null}}', "unknown"),
        (400, b"no", "unknown"),
        (404, b'{"detail":"Not Found"}', "declined"),
        (200, b'{"object":"response.compaction"}', "kept"),
    ],
)
def test_an_operation_has_one_state_from_its_reply(status: int, body: bytes, state: str) -> None:
    assert after(said("/responses/compact", status, body))["compact"]["state"] == state


@pytest.mark.parametrize("body", [b"null", b"[]", b"{}", b'{"object":"chat.completion","choices":[]}', b"data: {}\n\n"])
def test_a_create_that_is_answered_with_no_response_does_not_show_the_core(body: bytes) -> None:
    found = after(create("plain", {"input": "hi"}, 200, body))["core"]

    assert (found["state"], found["note"]) == ("unknown", NO_RESPONSE)
    assert found["evidence"]


TOOLS = [{"type": "function", "name": "f"}]
NO_TOOLS = b'{"error":{"message":"no tools here","type":"t","code":null,"param":"tools"}}'
GOOD = b'{"object":"response","id":"resp_1","status":"completed","output":[]}'


@pytest.mark.parametrize(
    ("exchanges", "state"),
    [
        (
            [("plain", {"input": "hi"}, 200, GOOD), ("tools", {"input": "hi", "tools": TOOLS}, 400, NO_TOOLS)],
            "declined",
        ),
        ([("tools", {"input": "hi", "tools": TOOLS}, 400, NO_TOOLS)], "unknown"),
        ([("mixed", {"input": "hi", "tools": TOOLS, "text": {}}, 400, b"no")], "unknown"),
    ],
)
def test_a_parameter_is_declined_where_a_create_without_it_is_answered(
    exchanges: list[tuple[str, Any, int, bytes]], state: str
) -> None:
    found = after(*(create(*each) for each in exchanges))["tools"]

    assert found["state"] == state


def test_a_combination_that_fails_says_nothing_of_its_parameters() -> None:
    found = after(create("mixed", {"input": "hi", "tools": TOOLS, "stream": True, "text": {}}, 500, b"no"))

    assert {found[id]["note"] for id in ("tools", "streaming", "chaining")} == {"nothing showed it"}


def test_streamed_responses_that_are_not_stored_are_a_partial_store() -> None:
    found = after(
        create("plain", {"input": "hi"}, 200, GOOD), read("resp_1", 200, GOOD),
        create("streamed", {"input": "hi", "stream": True}, 200, GOOD.replace(b"resp_1", b"resp_2")),
        read("resp_2", 404, b'{"error":{"message":"not found"}}'),
    )["store"]  # fmt: skip

    assert found["state"] == "partial"
    assert found["note"].startswith("kept plain; not streamed: retrieve is answered with 404")


def test_a_constant_count_shows_no_ignored_chain() -> None:
    usage = b',"usage":{"input_tokens":5,"output_tokens":1,"total_tokens":6}}'
    first = create("one", {"input": "hi"}, 200, GOOD[:-1] + usage)
    second = create("two", {"input": "hi", "previous_response_id": "resp_1"}, 200, GOOD[:-1] + usage)

    assert after(first, second)["chaining"]["state"] == "unknown"


def create(name: str, body: Any, status: int, reply: bytes) -> Exchange:
    response = Response(status, (("content-type", "application/json"),), (Chunk(0.1, reply),))
    return Exchange(f"{name}/1", Request("POST", "/responses", body={"model": "m", **body}), response, scenario=name)


def read(id: str, status: int, reply: bytes) -> Exchange:
    response = Response(status, (("content-type", "application/json"),), (Chunk(0.1, reply),))
    return Exchange(f"read/{id}", Request("GET", f"/responses/{id}"), response, scenario="read")


def test_a_claim_that_is_not_kept_fails(right: Session) -> None:
    ending = ScenarioEnd("polled", "declined", "background is refused with 400", "background", "polled/1")
    made = result(after(ending=ending, claims={"background": True, "store": True}))

    assert made["capabilities"]["background"]["claimed"] is True
    assert exit_code(made) is Exit.BROKEN
    assert list(claim_lines(made)) == [
        "claimed and not kept: background is declined (background is refused with 400, polled/1)"
    ]
    assert broken_claims(after(ending=ending, claims={"background": False})) == []


def test_what_nothing_showed_breaks_no_claim() -> None:
    assert broken_claims(after(claims={"webhooks": True})) == []


OPERATIONS = ("create", "input_tokens", "compact", "chat.create")


def test_every_parameter_is_sent_or_says_why_it_is_not(right: Session) -> None:
    listed = read_yaml(spec_dir() / "parameters.yaml")["operations"]
    rows = {(name, each["name"]): each for name in OPERATIONS for each in listed[name]["parameters"]}
    sent = {
        (operation_of(exchange, right.contract.edition), name)
        for exchange in right.exchanges.values()
        if isinstance(exchange.sent, dict) and exchange.is_success and exchange.intent
        if exchange.intent.purpose in (Purpose.LEGAL, Purpose.OPTIONAL)
        for name, value in exchange.sent.items()
        if value is not None
    }

    assert {place for place, each in rows.items() if "unsent" not in each} - sent == set()
    assert {place for place, each in rows.items() if "unsent" in each} & sent == set()


def test_the_tables_are_part_of_a_valid_result(right: Session) -> None:
    made = result(**right.findings.effects.tables(right.endings, {}))

    assert mistake(made) == ""
    assert len(made["parameters"]) > 60
    assert any(line.startswith("parameters of responses: ") for line in effect_lines(made))


def after(*exchanges: Exchange, ending: ScenarioEnd | None = None, claims: Any = None) -> dict[str, Any]:
    """The capabilities after these exchanges."""
    truth = Effects(contract())
    for exchange in exchanges:
        truth.see(exchange)
    found: dict[str, Any] = truth.tables([ending] if ending else [], claims or {})["capabilities"]
    return found


def said(path: str, status: int, body: bytes) -> Exchange:
    response = Response(status, (("content-type", "application/json"),), (Chunk(0.1, body),))
    return Exchange("made/1", Request("POST", path, body={"model": "m"}), response, scenario="made")


def result(capabilities: Any, parameters: Any = ()) -> Result:
    """A result of a run in which nothing was judged."""
    facts = RunFacts(
        source="run", target={}, started_at="2026-11-21T00:00:00+00:00", duration=0.0, parameters=parameters,
        capabilities=capabilities,
    )  # fmt: skip
    from antiphon.judge.ledger import Ledger

    return build(contract(), Ledger(), facts, {})
