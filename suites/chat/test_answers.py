"""Several choices, tokens with their probabilities, answers that fit a schema, and questions without words."""

from typing import Any

from antiphon.suite import Api, Transcript, requirement, scenario

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
