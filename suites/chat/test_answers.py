"""Several choices, tokens with their probabilities, answers that fit a schema, and questions without words."""

from typing import Any

import pytest

from antiphon.suite import Api, Transcript, assume, is_unsupported, requirement, scenario
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


@scenario(needs={"chat"})
async def chat_answered_in_kind(api: Api) -> None:
    """One question is asked for two choices, for probabilities, and for JSON of one form, whole and as streams."""
    common = {"model": api.model, "messages": QUESTION, "max_completion_tokens": 400}
    form = {"type": "json_schema", "json_schema": {"name": "colour", "schema": COLOUR, "strict": True}}
    await api.call("chat.create", body={**common, "n": 2})
    await api.call("chat.create", body={**common, "n": 2, "stream": True})
    await api.call("chat.create", body={**common, "logprobs": True, "top_logprobs": 2})
    await api.call("chat.create", body={**common, "response_format": form})
    await api.call("chat.create", body={**common, "stream": True, "stream_options": {"include_obfuscation": False}})


FORMS = {
    "chat.accepts.choices": (0, 1),
    "chat.accepts.logprobs": (2,),
    "chat.accepts.response-format": (3,),
    "chat.accepts.obfuscation-off": (4,),
}
"""Which completions ask for something beyond a plain answer, by the requirement that they are taken."""


@requirement("{name}")
@pytest.mark.parametrize("name", FORMS, ids=str)
def test_a_form_of_answer_is_taken(chat_answered_in_kind: Transcript, chatted: Transcript, name: str) -> None:
    """What a completion may be asked for is taken, or refused as unsupported by the model."""
    asked = [chat_answered_in_kind[place] for place in FORMS[name]]
    assume(not any(map(is_unsupported, asked)), "the model does not have it")

    for completion in asked:
        assume(chatted[1].is_success or not completion.sent.get("stream"), "no stream is taken either")
        assert completion.is_success


@scenario(needs={"chat"})
async def chat_without_words(api: Api) -> None:
    """The content of the last message is an empty text, then an empty list."""
    before = [{"role": "user", "content": "Say hi."}, {"role": "assistant", "content": "Hi."}]
    for content in EMPTY:
        messages = [*before, {"role": "user", "content": content}]
        await api.call("chat.create", body={"model": api.model, "messages": messages, "max_completion_tokens": 200})


@requirement("chat.empty-content")
def test_empty_content_is_taken(chat_without_words: Transcript) -> None:
    """A message with empty content is taken."""
    text, parts = chat_without_words

    assert text.is_success
    assert parts.is_success
