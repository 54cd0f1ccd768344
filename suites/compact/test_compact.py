"""A context is compacted, and what comes out is the beginning of the next."""

from typing import Any

from antiphon.suite import (
    Answer,
    Api,
    Exchange,
    Transcript,
    any_outcome,
    assume,
    is_unsupported,
    must_refuse,
    requirement,
    scenario,
)
from antiphon.suite.controls import stored_turns
from antiphon.suite.controls.token_counts import assume_count_moves, count_input

stored_read, stored_continued = stored_turns.stored_read, stored_turns.stored_continued

TURNS: list[Any] = [
    {"type": "message", "role": "user", "content": "My wall is blue."},
    {"type": "message", "role": "assistant", "content": "Blue it is, " * 60},
    {"type": "message", "role": "user", "content": "My door is green."},
]
"""Each is one form of an item of the input and no other; output_text with neither id nor status is none."""
THRESHOLD = 1000
SETTINGS: dict[str, Any] = {"prompt_cache_key": "antiphon", "prompt_cache_options": {"mode": "implicit"}}
NEXT = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "What is blue?"}]}


async def stored(api: Api) -> str:
    """The id of a stored response to the turns."""
    return (await api.create(input=TURNS, store=True, max_output_tokens=64)).id


async def shrunk(api: Api, **settings: Any) -> Answer:
    """A compaction of the turns."""
    if api.routes_by_response("compact"):
        return await api.compact(await stored(api))
    return await api.compact(input=TURNS, **settings)


@scenario(needs={"compact"})
async def compacted(api: Api) -> None:
    """Turns are compacted with settings, and without where that is refused; the output is continued."""
    answer = await shrunk(api, **SETTINGS)
    if not answer.ok:
        answer = await shrunk(api)
    await api.create(input=[*answer.output, NEXT], max_output_tokens=64)


@requirement("compact.succeeds")
def test_a_compaction_succeeds(compacted: Transcript) -> None:
    """A model and an input are answered with 200."""
    *_, compaction = [each for each in compacted if is_compaction(each)]

    assert compaction.is_success
    assert compaction.status == 200


def is_compaction(exchange: Exchange) -> bool:
    return exchange.request is not None and exchange.request.path.endswith("/compact")


@any_outcome
@requirement("compact.accepts.settings")
def test_settings_of_a_compaction_are_taken(compacted: Transcript) -> None:
    """Settings of a compaction are taken, or refused as unsupported by the model."""
    first, *others = [each for each in compacted if is_compaction(each)]
    assume(first.sent.get("prompt_cache_options"), "it was compacted without")
    assume(first.is_success or (others and others[-1].is_success), "a compaction without them is refused too")
    assume(not is_unsupported(first), "the model does not take them")

    assert first.is_success


@requirement("compact.output-is-input")
def test_the_output_is_input(compacted: Transcript) -> None:
    """The output of a compaction is taken as input of the next create."""
    *_, compaction, continued = compacted
    assume(compaction.is_success and compaction.body.get("output"), "nothing was compacted")

    assert continued.is_success


@scenario(needs={"compact", "store"})
async def compaction_read(api: Api) -> None:
    """The id of a compaction is read like that of a response."""
    answer = await shrunk(api)
    with api.intending(must_refuse("compaction")):
        await api.retrieve(answer.id)


@requirement("compact.id-not-readable")
def test_a_compaction_is_no_response(compaction_read: Transcript, stored_read: Transcript) -> None:
    """The id of a compaction cannot be read as a response."""
    *_, read = compaction_read
    assume(stored_read[1].is_success or read.is_success, "no response can be read either")

    assert read.is_client_error


@scenario(needs={"compact", "chaining"})
async def compaction_continued(api: Api) -> None:
    """The id of a compaction is continued like that of a response."""
    answer = await shrunk(api)
    with api.intending(must_refuse("compaction")):
        await api.create(input=[NEXT], previous_response_id=answer.id, max_output_tokens=64)


@requirement("compact.id-not-chainable")
def test_a_compaction_is_not_continued(compaction_continued: Transcript, stored_continued: Transcript) -> None:
    """The id of a compaction cannot be continued."""
    *_, continued = compaction_continued
    assume(stored_continued[1].is_success or continued.is_success, "no response can be continued either")

    assert continued.is_client_error


@scenario(needs={"compact", "chaining"})
async def compacted_from_previous(api: Api) -> None:
    """A stored response is compacted by its id."""
    await api.compact(await stored(api))


@requirement("compact.from-previous")
def test_a_stored_response_is_compacted(compacted_from_previous: Transcript) -> None:
    """A compaction may start from previous_response_id."""
    *_, compaction = compacted_from_previous
    error = compaction.body.get("error") if compaction.is_client_error else None
    lost = isinstance(error, dict) and error.get("code") == "previous_response_not_found"
    assume(not lost, "the response is not found")

    assert compaction.is_success


@scenario(needs={"compact", "input-tokens"})
async def compaction_counted(api: Api) -> None:
    """The tokens of one turn and of all are counted, and those of their compaction."""
    answer = await shrunk(api)
    if not api.routes_by_response("input_tokens"):
        await api.input_tokens(input=TURNS[:1])
        await api.input_tokens(input=TURNS)
        await api.input_tokens(input=answer.output)


@requirement("compact.smaller")
def test_a_compaction_is_smaller(compaction_counted: Transcript) -> None:
    """A compacted conversation counts fewer tokens than the whole."""
    assume(len(compaction_counted) > 3, "tokens are counted under the id of a response alone")
    *_, turn, whole, rest = compaction_counted
    assume_count_moves(turn, whole)

    assert count_input(rest) < count_input(whole)


@scenario(needs={"compact"})
async def compaction_without_model(api: Api) -> None:
    """A compaction names no model."""
    route = api.route("compact")
    with api.intending(must_refuse("missing-model")):
        await api.send(route.method, route.path.format(response_id="resp_0"), body={"input": TURNS})


@requirement("compact.model-required")
def test_a_model_is_required(compaction_without_model: Transcript) -> None:
    """A compaction without a model is refused with 400 or 422."""
    (refusal,) = compaction_without_model

    assert refusal.status in (400, 422)


@scenario(needs={"streaming"})
async def compacted_within(api: Api) -> None:
    """A stream is longer than the threshold from which its context is compacted."""
    turn = {"type": "message", "role": "user", "content": "The wall is blue. " * 200}
    management = [{"type": "compaction", "compact_threshold": THRESHOLD}]
    await api.stream(input=[turn, turn], context_management=management, max_output_tokens=1024, store=False)


@requirement("compact.in-create")
def test_a_create_compacts(compacted_within: Transcript) -> None:
    """A create whose input is longer than its compact_threshold shows a compaction item."""
    (created,) = compacted_within
    assume(created.is_success, "context_management is refused")
    assume(count_input(created) > THRESHOLD, "by its own count the input is not longer than the threshold")

    assert "compaction" in {item.get("type") for item in created.reply["output"]}


@requirement("compact.context-management-taken")
def test_context_management_is_taken(compacted_within: Transcript, compacted: Transcript) -> None:
    """A create with context_management is taken by a server that compacts."""
    (created,) = compacted_within
    assume(any(is_compaction(each) and each.is_success for each in compacted), "the server does not compact")

    assert created.is_success
