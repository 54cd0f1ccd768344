"""What is said of clients: from their own requests, by what each was measured to do."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.gate.command import antiphon

from antiphon.clients.dialogue import Dialogue, DialogueTurn, as_many_as_fit, calls_of, dialogues, most_telling
from antiphon.clients.likeness import likeness
from antiphon.clients.needs import LEAST_LIKENESS, ClientNeeds, Effect, MeasuredCase, all_needs, with_pool
from antiphon.clients.references import ReplyLacksValue, align_items
from antiphon.clients.sightings import FAMILY, ClientSightings, SeenReplies
from antiphon.clients.trait import CUT, REFUSED, Trait, parse_trait, trait_of
from antiphon.clients.verdicts import FeatureState, FeatureVerdict, SeenServer, overall
from antiphon.contract.load import contract
from antiphon.judge.registry import Violation
from antiphon.pytest_plugin.suite_runner import collect
from antiphon.run.options import RunOptions

LOST = "stream.sum.text|text|text shorter|output_text.done"
SPARE = "sse.no-comments||comment|"
NAMED = "item.field.name|name|null|output_item.done"
NEEDS = ClientNeeds(
    "codex", ("text", "stream"),
    [
        MeasuredCase("text-delta-lost", frozenset({"stream"}), frozenset({LOST}), "ValueError: no text"),
        MeasuredCase("comments", frozenset({"stream"}), frozenset({SPARE}), None),
        MeasuredCase("one-way", frozenset({"text"}), frozenset({NAMED}), "TypeError: None"),
        MeasuredCase("other-way", frozenset({"text"}), frozenset({NAMED}), None),
    ],
)  # fmt: skip
EDITION = contract().edition


def expected(*traits: str, feature: str = "stream") -> Effect:
    return NEEDS.of(feature, frozenset(traits)).effect


def test_what_was_measured_is_expected_again_with_what_the_client_said() -> None:
    found = NEEDS.of("stream", frozenset({LOST}))

    assert (found.effect, found.says, found.fault, found.is_measured) == (
        Effect.CHOKES, "ValueError: no text", "text-delta-lost", True,
    )  # fmt: skip
    assert expected(SPARE) is Effect.BEARS
    assert expected() is Effect.BEARS


def test_what_is_like_two_faults_is_expected_and_said_to_be_no_more_than_like_them() -> None:
    like = frozenset({"stream.sum.arguments|arguments|text shorter|function_call_arguments.done"})
    second = MeasuredCase("last-delta-lost", frozenset({"stream"}), frozenset({LOST}), "ValueError: no text")
    near = replace(NEEDS, cases=[*NEEDS.cases, second]).of("stream", like)

    assert (near.effect, near.fault, near.is_measured) == (Effect.CHOKES, "text-delta-lost", False)
    assert NEEDS.of("stream", like).effect is Effect.UNKNOWN


@pytest.mark.parametrize("trait", [NAMED, "usage.total|total_tokens|absent", "metadata.kept|metadata|null"])
def test_what_ended_both_ways_or_is_like_nothing_is_not_known(trait: str) -> None:
    assert expected(trait, feature="text") is Effect.UNKNOWN


def test_what_no_client_chokes_on_is_borne_by_one_that_was_not_played_it() -> None:
    like = "headers.request-id||absent"
    others = [MeasuredCase(f"fault-{number}", frozenset({"text"}), frozenset({like}), None) for number in range(6)]
    pooled = with_pool({"codex": NEEDS, "llm": ClientNeeds("llm", ("text",), others)})["codex"]

    assert pooled.of("stream", frozenset({"headers.version||absent"})).effect is Effect.BEARS
    assert pooled.of("stream", frozenset({"metadata.kept|metadata|null"})).effect is Effect.UNKNOWN


@pytest.mark.parametrize("keys", ["id object", "id object status model"])
def test_an_object_with_other_keys_is_like_none_that_was_measured(keys: str) -> None:
    bare = "stream.lifecycle.whole-response|response|an object with id object status|created"
    needs = ClientNeeds(
        "ai-sdk", ("stream",), [MeasuredCase("bare", frozenset({"stream"}), frozenset({bare}), "Error")]
    )

    assert needs.of("stream", frozenset({bare})).effect is Effect.CHOKES
    assert needs.of("stream", frozenset({bare.replace("id object status", keys)})).effect is Effect.UNKNOWN


@pytest.mark.parametrize("trait", [REFUSED, CUT])
def test_no_client_bears_a_reply_of_another_kind(trait: str) -> None:
    assert expected(trait, SPARE) is Effect.CHOKES


@pytest.mark.parametrize(
    ("expected", "got", "manner"),
    [
        ("a field 'annotations'", "an object with no fields", "absent"), ("a list", "null", "null"),
        ("'Hello'", "'Hel'", "text shorter"), ("'Hel'", "'Hello'", "text longer"), ("7", "8", "number"),
        ("a terminal event", "the end of the stream", "the end of the"), ("an object", "[1]", "list"),
    ],
)  # fmt: skip
def test_a_trait_says_how_and_not_what_a_server_sent(expected: str, got: str, manner: str) -> None:
    trait = trait_of("some.requirement", Violation("event 3 /item/content/0/text", expected, got))

    assert trait.manner == manner
    assert trait.member == ("annotations" if "annotations" in expected else "text")
    assert parse_trait(str(trait)) == trait


@pytest.mark.parametrize(
    ("got", "manner"), [("'hello'", "text"), ("'[1]'", "text list"), ("'7'", "text number"), ("'[DONE]'", "text")]
)
def test_a_frame_is_wrong_by_what_its_text_holds(got: str, manner: str) -> None:
    assert trait_of("sse.data-json-object", Violation("frame 3", "a JSON object", got)).manner == manner


def sole_dialogue(feature: str, client: str = "llama-index") -> Dialogue:
    return next(each for each in dialogues().values() if feature in each.clients.get(client, ()))


def seen(dialogue: Dialogue, *traits: Trait, steps: int | None = None) -> ClientSightings:
    count = len(dialogue.turns) if steps is None else steps
    calls = {f"{dialogue.id}/{step}": SeenReplies(seen=1) for step in range(1, count + 1)}
    for trait in traits:
        calls[f"{dialogue.id}/1"].add_trait(trait, f"{FAMILY}[{dialogue.id}]/1")
    return ClientSightings(calls=calls)


def verdict(sightings: ClientSightings, declined: dict[str, str] | None = None) -> FeatureVerdict:
    return SeenServer(sightings, EDITION, declined or {}).feature(all_needs()["llama-index"], "stream")


def test_a_feature_works_where_its_own_requests_are_answered_with_nothing_wrong() -> None:
    dialogue = sole_dialogue("stream")

    assert verdict(seen(dialogue)).state is FeatureState.WORKS
    assert verdict(ClientSightings()).state is FeatureState.UNKNOWN
    assert verdict(ClientSightings(), {"streaming": "no streaming: 400"}).state is FeatureState.DECLINED


def test_a_refusal_of_its_own_request_fails_it_with_the_exchange() -> None:
    dialogue = sole_dialogue("stream")
    found = verdict(seen(dialogue, Trait(REFUSED)))

    assert (found.state, found.exchange) == (FeatureState.FAILS, f"{FAMILY}[{dialogue.id}]/1")
    assert "refused" in found.why


def test_what_comes_after_the_turns_of_a_feature_does_not_count() -> None:
    shared = next(each for each in dialogues().values() if ("litellm", "text") in each.lengths)
    sightings = seen(shared)
    last = f"{shared.id}/{len(shared.turns)}"
    sightings.calls[last].add_trait(Trait(REFUSED), f"{FAMILY}[{last}")

    assert len(shared.turns_for("litellm", "text")) < len(shared.turns)
    assert SeenServer(sightings, EDITION, {}).feature(all_needs()["litellm"], "text").state is FeatureState.WORKS


def test_what_is_wrong_elsewhere_does_not_count() -> None:
    dialogue = sole_dialogue("stream")
    sightings = seen(dialogue)
    sightings.kinds["cancel"] = SeenReplies(seen=1, traits={LOST: "cancelled/1"})

    assert verdict(sightings).state is FeatureState.WORKS


def test_a_client_works_with_what_a_server_offers() -> None:
    works, declined = FeatureVerdict(FeatureState.WORKS), FeatureVerdict(FeatureState.DECLINED)

    assert overall([works, declined]) is True
    assert overall([works, FeatureVerdict(FeatureState.UNKNOWN)]) is None
    assert overall([declined]) is None
    assert overall([works, FeatureVerdict(FeatureState.FAILS)]) is False


def test_sightings_add_up_in_any_order() -> None:
    one, other = sole_dialogue("stream"), sole_dialogue("structured")
    first, second = seen(one, Trait("a.b", "c", "null")), seen(other, Trait(CUT))
    ways = []
    for parts in ((first, second), (second, first)):
        whole = ClientSightings()
        for part in parts:
            whole.add(part)
        ways.append(whole)

    assert ways[0] == ways[1]
    assert len(ways[0].calls) == len(one.turns) + len(other.turns)


def test_a_dialogue_sends_back_what_the_server_gave() -> None:
    output = {"type": "function_call_output", "call_id": "$0/output/0/call_id"}
    body = {"model": "$model", "input": [output]}
    turn = DialogueTurn("POST", "/responses/{0/id}", {}, {}, body, 200, frozenset())
    replies = [{"id": "resp_1", "output": [{"type": "function_call", "call_id": "call_1"}]}]

    assert turn.path_with(replies) == "/responses/resp_1"
    assert turn.body_with(replies, "m") == {"model": "m", "input": [{**output, "call_id": "call_1"}]}
    with pytest.raises(ReplyLacksValue, match="call 1 has nothing at /output/0/call_id"):
        turn.body_with([{"output": []}], "m")


def test_what_is_sent_back_is_what_this_server_gave_of_the_same_type() -> None:
    items = [
        {"type": "reasoning", "id": "$0/output/0/id"},
        {"role": "assistant", "content": [{"type": "output_text", "text": "$0/output/1/content/0/text"}]},
        {"type": "function_call", "call_id": "$0/output/2/call_id"},
        {"type": "item_reference", "id": "$0/output/3/id"},
        {"role": "user", "content": "Go on."},
    ]
    message = {"type": "message", "content": [{"text": "Hello"}]}
    bare = [{"output": [{"type": "function_call"}, message]}]

    assert align_items(items, bare) == [
        {"role": "assistant", "content": [{"type": "output_text", "text": "$0/output/1/content/0/text"}]},
        {"type": "function_call", "call_id": "$0/output/0/call_id"},
        {"type": "item_reference", "id": "$0/output/0/id"},
        {"role": "user", "content": "Go on."},
    ]
    assert align_items(items, [])[0] == items[2]


def test_a_field_that_an_item_lacks_is_not_sent_back() -> None:
    summary = [{"type": "summary_text", "text": "$0/output/0/summary/0/text"}]
    items = [{"type": "reasoning", "id": "$0/output/0/id", "summary": summary, "content": None}]

    assert align_items(items, [{"output": [{"type": "reasoning", "id": "rs_1", "summary": []}]}]) == [
        {"type": "reasoning", "id": "$0/output/0/id", "summary": [], "content": None}
    ]


def test_every_measured_client_is_known_and_has_dialogues_for_its_features() -> None:
    book = contract()
    for client, needs in all_needs().items():
        assert client in book.clients
        shown = {each for dialogue in dialogues().values() for each in dialogue.clients.get(client, ())}
        assert set(needs.features) <= shown
        assert needs.cases


def test_the_most_telling_dialogues_stay_within_their_calls() -> None:
    chosen = most_telling(tuple(contract().clients), 15)

    assert 10 <= sum(len(each.turns) for each in chosen) <= 15
    assert {"codex", "ai-sdk", "openai-python"} <= {client for each in chosen for client in each.clients}


@pytest.mark.parametrize("client", ["codex", "openai-python"])
def test_a_run_for_a_client_plays_more_of_its_dialogues_where_they_fit(client: str) -> None:
    telling, fitting = most_telling((client,), 25), as_many_as_fit((client,), 25)

    assert fitting[: len(telling)] == telling
    assert calls_of(telling) < calls_of(fitting) <= 25
    assert len(set(map(id, fitting))) == len(fitting)


@pytest.mark.parametrize(("fault", "code"), [("", 0), ("type-missing", 1)])
def test_a_run_for_a_client_says_whether_it_works(tmp_path: Path, fault: str, code: int) -> None:
    faults = ["--fault", fault] if fault else []
    ended = antiphon("run", "--client", "codex", *faults, "--report-dir", "out", folder=tmp_path)
    result = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    played = {each["name"].split("[")[0] for each in result["scenarios"] if each["outcome"] == "finished"}

    assert ended.returncode == code, ended.stdout
    assert result["calls"] <= 25
    assert result["clients"]["codex"]["works"] is (code == 0)
    assert played == {FAMILY}
    assert ("client codex does not work" in ended.stdout) is bool(fault)
    assert f"clients that work: {0 if fault else 1} of 1" in ended.stdout


def test_a_client_that_nobody_knows_is_told(tmp_path: Path) -> None:
    ended = antiphon("run", "--client", "instructer", folder=tmp_path)

    assert ended.returncode == 2
    assert "No client 'instructer'; did you mean instructor?" in ended.stderr


def test_each_client_has_calls_of_its_own() -> None:
    """A second client takes no calls from the first: what each plays alone, both play together."""
    one, other, both = (
        {each.name for each in collect(RunOptions(clients=clients))}
        for clients in (("ai-sdk",), ("openai-python",), ("ai-sdk", "openai-python"))
    )

    assert one
    assert other
    assert both == one | other


def test_clients_are_listed_and_explained_by_what_was_measured(tmp_path: Path) -> None:
    listed = json.loads(antiphon("clients", "--json", folder=tmp_path).stdout)
    said = antiphon("explain", "--client", "codex", folder=tmp_path).stdout

    codex = next(each for each in listed if each["id"] == "codex")
    assert {"text", "stream", "tools", "websocket"} <= set(codex["features"])
    assert codex["calls"] > 5
    assert codex["needs"] > 0
    assert "POST /responses, then POST /responses" in said
    assert "(with the fault " in said
    assert "(where " in said
    assert antiphon("explain", folder=tmp_path).returncode == 2


def test_a_number_that_is_too_great_is_not_like_one_that_is_zero() -> None:
    too_great, zero = (
        "limits.output-within-limit|output_tokens|number",
        "usage.output-positive|output_tokens|number shorter",
    )

    assert likeness(too_great, zero) == 0
    assert likeness("usage.input-positive|output_tokens|number", zero) > 0


def test_items_that_are_wrong_in_another_manner_are_not_alike_for_being_items() -> None:
    not_called = "tools.named-custom|output|message|completed"

    assert likeness(not_called, "tools.calls-obey-choice|output|text|completed") < LEAST_LIKENESS
    assert likeness(not_called, "tools.calls-obey-choice|output|message|completed") > LEAST_LIKENESS
