"""Chunks of a chat stream join to the completion that they tell of."""

from typing import Any

import pytest

from antiphon.recording.chat_chunks import joined_completion
from antiphon.server.chat.chunks import chunks

MESSAGE: dict[str, Any] = {"role": "assistant", "content": "Hello, ßo.", "refusal": None, "annotations": []}
CALLS = [
    {"id": "call_1", "type": "function", "function": {"name": "wash", "arguments": '{"room":"hall"}'}},
    {"id": "call_2", "type": "custom", "custom": {"name": "note", "input": "Clean."}},
]
TOKEN = {"token": "Hello", "logprob": -0.1, "bytes": [72], "top_logprobs": []}
COMPLETION: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "some",
    "choices": [
        {"index": 0, "message": MESSAGE, "logprobs": {"content": [TOKEN], "refusal": None}, "finish_reason": "stop"},
        {
            "index": 1,
            "message": {**MESSAGE, "content": None, "tool_calls": CALLS},
            "logprobs": None,
            "finish_reason": "tool_calls",
        },
    ],
    "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
    "service_tier": "default",
    "system_fingerprint": "fp",
}


def test_chunks_join_to_what_they_were_cut_from() -> None:
    joined = joined_completion(chunks(COMPLETION, include_usage=True))
    first, second = joined["choices"]

    assert {name: joined[name] for name in COMPLETION if name != "choices"} == {
        name: value for name, value in COMPLETION.items() if name != "choices"
    }
    assert first["message"]["content"] == MESSAGE["content"]
    assert [each["finish_reason"] for each in (first, second)] == ["stop", "tool_calls"]
    assert first["logprobs"]["content"] == [TOKEN]
    assert [{name: call[name] for name in call if name != "index"} for call in second["message"]["tool_calls"]] == CALLS


@pytest.mark.parametrize(
    "events",
    [
        [],
        [{"choices": None}, {"choices": [1, None]}, {}],
        [{"choices": [{"index": 0, "delta": {"content": "Hi"}}]}, {"error": {"message": "It broke."}}],
    ],
)
def test_no_completion_comes_of_chunks_without_choices_or_with_an_error(events: list[Any]) -> None:
    assert joined_completion(events) == {}


def test_pieces_of_other_types_are_left_out() -> None:
    odd = {"index": "0", "delta": {"content": 5, "tool_calls": [{"index": [], "function": {"name": 1}}, "x"]}}

    assert joined_completion([{"choices": [odd], "id": 1}])["choices"][0]["message"]["content"] is None
