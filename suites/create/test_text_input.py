"""The smallest creates: a text, the same text as a message, and the tokens that both cost."""

from typing import Any

from antiphon.suite import (
    Api,
    Transcript,
    any_outcome,
    assume,
    is_completed,
    is_unsupported,
    requirement,
    scenario,
)
from antiphon.suite.controls import token_counts
from antiphon.suite.controls.token_counts import assume_count_moves, count_input

TEXT = "Say hi."
MINUTES = 10 * 60
SETTINGS: dict[str, Any] = {"truncation": "disabled", "text": {"format": {"type": "text"}}}
weighed = token_counts.weighed


@scenario()
async def text_and_message(api: Api) -> None:
    """A text is sent with nothing beside it, and again as one user message."""
    with api.exact_input():
        await api.create(input=TEXT)
    message = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": TEXT}]}
    await api.create(input=[message])


@scenario(needs={"input-tokens"})
async def text_counted(api: Api) -> None:
    """The tokens of the same text are counted with settings that cost none, and without where that is refused."""
    stored = ""
    if api.routes_by_response("input_tokens"):
        stored = (await api.create(input=TEXT, store=True)).id
    if not stored:
        counted = await api.input_tokens(input=TEXT, **SETTINGS)
        if counted.ok:
            return
    await api.input_tokens(stored, input=TEXT)


@requirement("create.text-input")
def test_a_text_is_answered(text_and_message: Transcript) -> None:
    """A model and a text as input are answered with 200 and a response object."""
    text, _ = text_and_message

    assert text.is_success
    assert isinstance(text.body, dict)


@requirement("create.item-input")
def test_a_list_of_messages_is_answered(text_and_message: Transcript) -> None:
    """A list of messages as input is answered with 200."""
    _, message = text_and_message

    assert message.is_success


@requirement("create.completes")
def test_a_create_completes(text_and_message: Transcript) -> None:
    """A valid create ends completed or incomplete."""
    answered = [each for each in text_and_message if each.is_success and isinstance(each.body, dict)]
    assume(answered, "no create was answered")
    ended = {str(each.body.get("status")) for each in answered}

    assert ended & {"completed", "incomplete"}, f"every create ended {', '.join(sorted(ended))}"


@requirement("create.output")
def test_an_answer_holds_something(text_and_message: Transcript) -> None:
    """A completed response to a text has an item in its output."""
    answered = [each for each in text_and_message if is_completed(each)]
    outputs = [each.body.get("output") for each in answered if isinstance(each.body, dict)]
    assume(any(isinstance(output, list) for output in outputs), "no completed response has an output")

    assert [output for output in outputs if output]


@requirement("create.string-is-user-message")
def test_a_text_costs_what_a_message_costs(text_and_message: Transcript, weighed: Transcript) -> None:
    """A string as input counts the tokens of one user message with one text part."""
    text, message = text_and_message
    assume_count_moves(weighed[0], weighed[1])

    assert count_input(text) == count_input(message)


@requirement("create.id-unique")
def test_ids_differ(text_and_message: Transcript) -> None:
    """Every create gets an id of its own."""
    text, message = text_and_message
    assume(text.is_success and message.is_success, "a create was refused")
    assume(text.body.get("id") and message.body.get("id"), "a reply has no id")

    assert text.body["id"] != message.body["id"]


@requirement("response.created-at.near-now")
def test_created_now(text_and_message: Transcript) -> None:
    """created_at lies within minutes of the time of the request."""
    text, _ = text_and_message
    assume(text.is_success and text.started_at, "there is no reply, or the time of the request was not recorded")
    created_at = text.body.get("created_at")
    assume(isinstance(created_at, int | float), "created_at is no number")

    assert abs(created_at - text.started_at) <= MINUTES


@requirement("input-tokens.counts")
def test_a_text_is_counted(text_counted: Transcript) -> None:
    """A model and an input are answered with a count above zero."""
    *_, counted = text_counted

    assert counted.is_success
    assert counted.body["input_tokens"] > 0


@any_outcome
@requirement("input-tokens.by-response-id-required")
def test_a_stored_response_is_counted_under_its_id(text_counted: Transcript) -> None:
    """The count of a stored response is read at the route under its id; that it is not is no want of counting."""
    created, counted = text_counted[0], text_counted[1]
    assume(created.is_success and not counted.sent, "no stored response was counted")

    assert counted.is_success
    assert counted.body["input_tokens"] > 0


@any_outcome
@requirement("input-tokens.accepts.settings")
def test_settings_of_a_count_are_taken(text_counted: Transcript) -> None:
    """Settings of a count are taken, or refused as unsupported by the model."""
    first, *others = [each for each in text_counted if each.request and "input_tokens" in each.request.path]
    assume(first.sent.get("truncation"), "it was counted without")
    assume(first.is_success or (others and others[-1].is_success), "a count without them is refused too")
    assume(not is_unsupported(first), "the model does not take them")

    assert first.is_success


@requirement("input-tokens.equals-usage")
def test_the_count_is_what_a_create_uses(
    text_counted: Transcript, text_and_message: Transcript, weighed: Transcript
) -> None:
    """The count is the input_tokens of the same create."""
    *_, counted = text_counted
    text, _ = text_and_message
    assume(counted.is_success and isinstance(counted.body, dict), "nothing was counted")
    assume_count_moves(weighed[0], weighed[1])

    assert counted.body.get("input_tokens") == count_input(text)


@requirement("input-tokens.creates-nothing")
def test_counting_makes_no_response(text_counted: Transcript) -> None:
    """Counting creates no response."""
    *_, counted = text_counted
    assume(counted.is_success and isinstance(counted.body, dict), "nothing was counted")

    assert counted.body.get("id") is None
