"""Several choices, tokens with their probabilities, answers that fit a schema, and questions without words."""

from typing import Any

import pytest

from antiphon.suite import (
    Api,
    Part,
    Transcript,
    any_outcome,
    assume,
    find_refused_part,
    none_of,
    parts_of,
    requirement,
    requirements_of,
    scenario,
    send_completion_parts,
)
from antiphon.suite.controls import completions

chatted = completions.chatted

COLOUR = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["red"]}},
    "required": ["colour"],
    "additionalProperties": False,
}
EMPTY: tuple[Any, ...] = ("", [])
QUESTION = [{"role": "user", "content": "Name a colour."}]
FORM = {"type": "json_schema", "json_schema": {"name": "colour", "schema": COLOUR, "strict": True}}


WHOLE = (
    Part("chat.accepts.choices", {"n": 2}, by_model=True),
    Part("chat.accepts.logprobs", {"logprobs": True, "top_logprobs": 2}, by_model=True),
    Part("chat.accepts.response-format", {"response_format": FORM}, by_model=True),
)
STREAMED = (
    Part("chat.accepts.choices", {"n": 2}, by_model=True),
    Part("chat.accepts.obfuscation-off", {"stream_options": {"include_obfuscation": False}}, by_model=True),
)
"""What a completion may be asked for beyond a plain answer, whole and as a stream."""


@scenario(needs={"chat"})
async def chat_answered_in_kind(api: Api) -> None:
    """One question is asked for two choices, for probabilities, and for JSON of one form, whole and as a stream."""
    common = {"messages": QUESTION, "max_completion_tokens": 400}
    await send_completion_parts(api, WHOLE, **common)
    await send_completion_parts(api, STREAMED, **common, stream=True)


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", requirements_of(*WHOLE, *STREAMED), ids=str)
def test_a_form_of_answer_is_taken(chat_answered_in_kind: Transcript, chatted: Transcript, name: str) -> None:
    """What a completion may be asked for is taken, or refused as unsupported by the model."""
    streams = [each for each in chat_answered_in_kind if each.sent.get("stream")]
    whole = [each for each in chat_answered_in_kind if each not in streams]
    if chatted[1].is_success or not parts_of(name, WHOLE):
        assume(chatted[1].is_success, "no stream is taken either")
        none_of(find_refused_part(parts_of(name, STREAMED), STREAMED, streams))
    none_of(find_refused_part(parts_of(name, WHOLE), WHOLE, whole))


@scenario(needs={"chat"})
async def chat_without_words(api: Api) -> None:
    """The last messages hold an empty text and an empty list; where that is refused, each is sent alone."""
    before = [{"role": "user", "content": "Say hi."}, {"role": "assistant", "content": "Hi."}]
    last = [{"role": "user", "content": content} for content in EMPTY]
    body = {"model": api.model, "max_completion_tokens": 200}
    both = await api.call("chat.create", body={**body, "messages": [*before, *last]})
    for message in () if both.ok else last:
        await api.call("chat.create", body={**body, "messages": [*before, message]})


@any_outcome
@requirement("chat.empty-content")
def test_empty_content_is_taken(chat_without_words: Transcript) -> None:
    """A message with empty content is taken."""
    both, *alone = chat_without_words

    for completion in alone or (both,):
        assert completion.is_success
