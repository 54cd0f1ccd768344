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
def test_a_form_of_answer_is_taken(chat_answered_in_kind: Transcript, name: str) -> None:
    """What a completion may be asked for is taken, or refused as unsupported by the model."""
    streams = [each for each in chat_answered_in_kind if each.sent.get("stream")]
    whole = [each for each in chat_answered_in_kind if each not in streams]
    none_of(find_refused_part(parts_of(name, WHOLE), WHOLE, whole))
    none_of(find_refused_part(parts_of(name, STREAMED), STREAMED, streams))


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


TOOL: dict[str, Any] = {
    "type": "function", "function": {"name": "paint_it", "strict": True, "parameters": {
        "type": "object", "properties": {}, "required": [], "additionalProperties": False,
    }},
}  # fmt: skip
PAINTED = {"id": "call_wall", "type": "function", "function": {"name": "paint_it", "arguments": "{}"}}
SETTINGS: dict[str, Any] = {
    "temperature": 1, "top_p": 1, "frequency_penalty": 0, "presence_penalty": 0, "seed": 7, "user": "antiphon",
    "service_tier": "default", "safety_identifier": "antiphon", "prompt_cache_key": "antiphon",
}  # fmt: skip
TURNS = (
    Part(
        "chat.tool-output",
        items=(
            {"role": "user", "content": "Paint the wall."},
            {"role": "assistant", "content": None, "tool_calls": [PAINTED]},
            {"role": "tool", "tool_call_id": "call_wall", "content": "Painted."},
        ),
    ),
    Part(
        "chat.empty-content",
        items=(
            {"role": "user", "content": ""},
            {"role": "assistant", "content": "Hi."},
            {"role": "user", "content": []},
        ),
    ),
)
TOGETHER = (
    *WHOLE, *TURNS, *(Part("chat.accepts.settings", {name: value}, by_model=True) for name, value in SETTINGS.items()),
)  # fmt: skip
REQUIRED = Part("chat.accepts.tools", {"tool_choice": "required"}, tools=(TOOL,), by_model=True)
STREAMED_TOGETHER = (*STREAMED, REQUIRED)


@scenario(needs={"chat"})
async def chat_taken_together(api: Api) -> None:
    """A completion and a stream have every valid part among them; where one is refused, its parts are tried in halves.

    A run that plays few scenarios plays this one in place of those that send them by kinds; a deep one plays them all.
    """
    common = {"messages": QUESTION, "max_completion_tokens": 400}
    await send_completion_parts(api, TOGETHER, **common)
    await send_completion_parts(api, STREAMED_TOGETHER, **common, stream=True)


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", requirements_of(*TOGETHER), ids=str)
def test_a_valid_part_is_taken(chat_taken_together: Transcript, name: str) -> None:
    """A valid part of a completion is taken, or refused as unsupported by the model."""
    whole = [each for each in chat_taken_together if not each.sent.get("stream")]

    none_of(find_refused_part(parts_of(name, TOGETHER), TOGETHER, whole))


@any_outcome
@requirement("{name}")
@pytest.mark.parametrize("name", requirements_of(*STREAMED_TOGETHER), ids=str)
def test_a_valid_part_of_a_stream_is_taken(chat_taken_together: Transcript, name: str) -> None:
    """A valid part of a stream is taken, or refused as unsupported by the model."""
    streams = [each for each in chat_taken_together if each.sent.get("stream")]
    assume(streams, "no stream was asked for")

    none_of(find_refused_part(parts_of(name, STREAMED_TOGETHER), STREAMED_TOGETHER, streams))
