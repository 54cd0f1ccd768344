"""The measurement of clients: replay in this process, traits of what a case gets, and needs out of what was played."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tools.clients.blame import Played, suspects
from tools.clients.confusion import confusion, twins_of
from tools.clients.derive import measured_before, needs_of, read_played, requirements_of, tells_of_client
from tools.clients.dialogues import added_to, dialogue, shared
from tools.clients.examples import Examples
from tools.clients.harness import looked_at, pattern_of_others
from tools.clients.recording import Call
from tools.clients.replay import fresh_app, replay
from tools.measure_clients import plan_of

from antiphon.clients.dialogue import MEASURED
from antiphon.clients.mutation import is_mutation
from antiphon.clients.needs import Effect, MeasuredCase, all_needs, read_needs
from antiphon.contract.paths import spec_dir
from antiphon.server.faults import catalogue

HEADERS = (("content-type", "application/json"), ("authorization", "Bearer sk-test"))
TOOL = {"type": "function", "name": "look_up", "parameters": {"type": "object", "properties": {}}}
CASE = "openai-py: tools: a round trip"


def call(method: str, path: str, body: object, received: object = None) -> Call:
    sent = json.dumps(body).encode() if body is not None else b""
    return Call(
        CASE, 0.0, "http", method, f"/v1{path}", "", HEADERS, sent, 200, "application/json", json.dumps(received), ()
    )


@pytest.fixture(scope="module")
def round_trip() -> Sequence[Call]:
    """Two calls as they are recorded: the second sends back the call of the first."""
    first = {"model": "antiphon-1", "input": "Look up.", "tools": [TOOL], "tool_choice": "required"}
    (made,) = asyncio.run(replay(fresh_app(), [call("POST", "/responses", first)], ""))
    reply = json.loads(b"".join(made.chunks))
    output = {"type": "function_call_output", "call_id": reply["output"][0]["call_id"], "output": "sunny"}
    second = {"model": "antiphon-1", "previous_response_id": reply["id"], "input": [output], "tools": [TOOL]}
    return [
        call("POST", "/responses", first, reply),
        call("POST", "/responses", second, {"id": "resp_2", "output": []}),
    ]


def test_a_dialogue_refers_to_what_the_server_gave(round_trip: Sequence[Call]) -> None:
    first, second = dialogue(round_trip)

    assert first["body"]["model"] == "$model"
    assert first["makes"] == ["function_call"]
    assert second["body"]["previous_response_id"] == "$0/id"
    assert second["body"]["input"][0]["call_id"] == "$0/output/0/call_id"


def test_two_sessions_that_send_the_same_are_one_dialogue() -> None:
    sent = [{"model": "antiphon-1", "input": "Say hi.", "prompt_cache_key": key} for key in ("ses_1", "ses_2")]

    one, other = (dialogue([call("POST", "/responses", each, {"id": "resp_1", "output": []})]) for each in sent)

    assert one == other


def test_a_case_of_another_surface_is_told_by_its_features() -> None:
    features = {"llm: chat: text": ("text",), "llm: talk": ("chat", "stream"), "llm: errors: a wrong key": ("errors",)}
    pattern = re.compile(pattern_of_others(features))

    assert looked_at(features) == {"llm: chat: text"}
    assert [name for name in features if not pattern.search(name)] == ["llm: chat: text"]


def test_dialogues_of_some_clients_leave_those_of_others() -> None:
    def one(id: str, path: str, **clients: list[str]) -> dict[str, object]:
        return {"id": id, "clients": clients, "needs": [], "turns": [{"method": "POST", "path": path}]}

    before = [one("a", "/a", llm=["text"], codex=["text"]), one("b", "/b", llm=["stream"])]
    found = added_to(before, [one("c", "/a", llm=["tools"]), one("d", "/d", llm=["stream"])])

    assert [(each["id"], each["clients"]) for each in found] == [
        ("a", {"codex": ["text"], "llm": ["tools"]}), ("d", {"llm": ["stream"]}),
    ]  # fmt: skip


def test_what_is_the_beginning_of_another_dialogue_is_part_of_the_shortest() -> None:
    def one(id: str, turns: str, **clients: list[str]) -> dict[str, object]:
        sent = [{"method": "POST", "path": f"/{each}"} for each in turns]
        return {"id": id, "clients": clients, "needs": [], "turns": sent}

    made = [one("a", "ab", llm=["text"]), one("b", "abc", codex=["text"]), one("c", "abcd", codex=["stream"])]
    begun, other = shared([one("d", "x", llm=["tools"]), one("e", "abe", dspy=["text"]), *made])[:2]

    assert (begun["id"], begun["clients"]) == ("c", {"codex": ["stream", "text"]})
    assert begun["lengths"] == {"codex": {"text": 3}}
    assert (other["id"], other["clients"]) == ("e", {"dspy": ["text"], "llm": ["text"]})
    assert other["lengths"] == {"llm": {"text": 2}}


@pytest.mark.parametrize(
    ("fault", "traits"),
    [("", None), ("usage-missing", {"response.field.usage|usage|null"}), ("socket-done-marker", None)],
)
def test_a_case_that_gets_what_the_right_server_gives_is_not_reached(
    round_trip: Sequence[Call], fault: str, traits: set[str] | None
) -> None:
    async def found() -> dict[str, list[str]]:
        examples = Examples({CASE: round_trip})
        await examples.learn()
        return await examples.of(fault)

    seen = asyncio.run(found())

    assert (set(seen[CASE]) if CASE in seen else None) == traits


def test_what_a_start_reads_is_what_was_measured() -> None:
    needs, requirements = (
        json.loads((spec_dir() / MEASURED / name).read_text(encoding="utf-8"))
        for name in ("needs.json", "requirements.json")
    )

    assert requirements == requirements_of(needs)


def test_no_socket_was_measured_with_a_fault_that_changes_nothing_there() -> None:
    measured = {case.fault for needs in all_needs().values() for case in needs.cases if "websocket" in case.features}

    assert not {name for name in measured if not is_mutation(name) and not catalogue()[name].reaches_sockets}


def test_needs_come_of_what_was_played(tmp_path: Path) -> None:
    rows = [
        ("usage-missing", "ok"), ("text-delta-lost", "FAIL [EXC] ValueError: no text"), ("crlf", "FAIL [WIRE] ours"),
        ("comments", "FAIL [EXC] TimeoutError: no end within 25s"),
    ]  # fmt: skip
    (tmp_path / "played.tsv").write_text("".join(f"{fault}\topenai-py\tcase\t{said}\t0.1\n" for fault, said in rows))
    (tmp_path / "features.tsv").write_text("openai-py\tcase\tstream\n")
    examples = [{"fault": fault, "cases": {"openai-py: case": [f"{fault}|a|null"]}} for fault, _ in rows]
    (tmp_path / "examples.jsonl").write_text("".join(json.dumps(each) + "\n" for each in examples))

    played = read_played([tmp_path / "played.tsv"], [tmp_path / "examples.jsonl"], {"openai-py: case": ("stream",)})
    needs = read_needs(json.loads(json.dumps(needs_of(played))))["openai-python"]

    assert {each.fault for each in played} == {"usage-missing", "text-delta-lost"}
    assert needs.of("stream", frozenset({"text-delta-lost|a|null"})).effect is Effect.CHOKES
    assert needs.of("stream", frozenset({"usage-missing|a|null"})).effect is Effect.BEARS


@pytest.mark.parametrize(
    ("said", "trait", "tells"),
    [
        ("ok", "headers.request-id||absent", True), ("FAIL [ASSERT] no id", "headers.request-id||absent", False),
        ("FAIL [EXC] KeyError: x", "headers.request-id||absent", True), ("FAIL [ASSERT] no text", "a.b|c|absent", True),
        ("FAIL [WIRE] ours", "a.b|c|absent", False), ("skip none", "a.b|c|absent", False),
        ("FAIL [EXC] TimeoutError: no end within 25s", "a.b|c|absent", False),
        ("FAIL [EXC] TimeoutError: no end within 60s", "a.b|c|absent", True),
    ],
)  # fmt: skip
def test_a_header_that_a_client_would_only_hand_on_is_no_failing_of_it(said: str, trait: str, tells: bool) -> None:
    assert tells_of_client(said, frozenset({trait})) is tells


def test_one_that_choked_is_blamed_on_what_it_does_not_bear_elsewhere() -> None:
    def one(fault: str, traits: set[str], says: str = "") -> Played:
        return Played(fault, "codex", "case", ("text",), frozenset(traits), bool(says), says)

    played = [one("a", {"x|m|null"}), one("b", {"x|m|null", "y|m|null"}, "no"), one("c", {"!cut", "y|n|null"}, "no")]
    needs = read_needs(json.loads(json.dumps(needs_of(played))))["codex"]
    before = measured_before(json.loads(json.dumps(needs_of(played))))

    assert [sorted(each.suspects) for each in needs.cases] == [[], ["y|m|null"], ["!cut"]]
    assert [(each.traits, each.says) for each in before] == [(each.traits, each.says) for each in played]


def test_what_a_client_is_known_to_choke_on_is_what_it_choked_on() -> None:
    def one(fault: str, *traits: str, chokes: bool = True) -> Played:
        return Played(fault, "codex", "case", ("text",), frozenset(traits), chokes, "no")

    alone, among = one("a", "x|m|null|done"), one("~body=empty", "x|m|null|added", "y|m|null", "z|m|null")
    kind = one("~frames=ended", "!lacks message", "y|m|null")

    assert suspects([alone, among]) == {alone: {"x|m|null|done"}, among: {"x|m|null|added"}}
    assert suspects([kind])[kind] == {"!lacks message"}


def test_what_is_one_of_many_says_nothing_of_each() -> None:
    traits = frozenset({"x|m|null", "y|m|null", "z|m|null"})
    case = MeasuredCase("a", frozenset({"text"}), traits, "no", traits)

    assert case.telling_traits == frozenset()
    assert replace(case, suspects=frozenset({"x|m|null", "x|m|null|done"})).telling_traits
    assert replace(case, says=None).telling_traits == traits


def test_the_table_counts_what_was_left_out_and_a_case_sees() -> None:
    def one(fault: str, client: str, trait: str, chokes: bool) -> Played:
        return Played(fault, client, "case", ("text",), frozenset({trait}), chokes, "no" if chokes else "")

    played = [one("a", "codex", "x|m|null", True), one("b", "codex", "x|m|null", True), one("c", "llm", "y", False)]

    assert confusion(played, frozenset({"b"})) == {(False, False): 1}


def test_the_table_is_made_without_the_mutations_that_show_the_same_too() -> None:
    def one(fault: str, client: str, *traits: str) -> Played:
        return Played(fault, client, "case", ("text",), frozenset(traits), True, "no")

    twin, other = one("~message/role=text", "llm", "x.y|m|null"), one("~message/role=null", "codex", "q.r|n|number")
    played = [one("a", "codex", "x.y|m|null"), twin, replace(twin, client="codex"), other]

    assert twins_of(played, {"a"}) == {"a": {"~message/role=text"}}
    assert [confusion(played, frozenset({"a"}), grid) for grid in ("kept", "without-twins", "none")] == [
        {(False, False): 1}, {(None, False): 1}, {},
    ]  # fmt: skip


def test_a_plan_has_two_faults_at_most_for_the_same_requirements() -> None:
    alike = [name for name, fault in catalogue().items() if fault.breaks == catalogue()["usage-total-wrong"].breaks]
    traits = {"llm: a (b)": ["usage.total|total_tokens|number"], "llm: nothing wrong": []}
    examples = [{"fault": name, "cases": traits} for name in [*alike, "crlf"]]
    rows = plan_of(examples, None).splitlines()

    assert len(rows) == min(len(alike), 2) + 1
    assert rows[0].endswith("\ta\\ \\(b\\)")
    assert plan_of(examples, 1, ["crlf"]).startswith("crlf\t")
