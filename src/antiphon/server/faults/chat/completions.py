"""Faults of the shape of a chat completion."""

from __future__ import annotations

import json

from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import Edit, end_as_stop, in_each, in_member, lose, put, raise_total, without
from antiphon.server.faults.replies import set_status
from antiphon.server.faults.rewrites import edit
from antiphon.server.json_values import Json


def in_message(by: Edit) -> Edit:
    """Change the message of every choice."""
    return in_each("choices", in_member("message", by))


def in_functions(by: Edit) -> Edit:
    """Change the function of every call."""
    return in_message(in_each("tool_calls", in_member("function", by)))


def parse_later_arguments(listed: list[Json]) -> list[Json]:
    first, *rest = listed
    parsed = [{**call["function"], "arguments": json.loads(call["function"]["arguments"])} for call in rest]
    return [first, *({**call, "function": inner} for call, inner in zip(rest, parsed, strict=True))]


def in_logprobs(by: Edit) -> Edit:
    """Change every token that has log probabilities."""
    return in_each("choices", in_member("logprobs", in_each("content", by)))


def raise_count(details: str, name: str, whole: str) -> Edit:
    def edit(completion: Json) -> Json:
        usage = completion["usage"]
        return {**completion, "usage": {**usage, details: {**usage[details], name: usage[whole] + 1}}}

    return edit


def count_twice(completion: Json) -> Json:
    usage = completion.get("usage")
    if not usage:
        return completion
    asked = usage["prompt_tokens"]
    return {
        **completion,
        "usage": {**usage, "prompt_tokens": 2 * asked, "total_tokens": usage["total_tokens"] + asked},
    }


def other_form(choice: Json) -> Json:
    """A JSON object is answered as one of another form."""
    message = choice["message"]
    is_json = (message.get("content") or "").startswith("{")
    return {**choice, "message": {**message, "content": '{"answer":1}'}} if is_json else choice


FAULTS = (
    fault(
        "chat-calls-as-stop",
        "A choice with calls finishes with stop.",
        "chat.calls-finish",
        completion=in_each("choices", end_as_stop),
        implies="chat.modes.finish-holds",  # of a call that is forced by name
    ),
    fault(
        "chat-status-created",
        "A chat request is answered with 201.",
        "chat.text",
        reply=set_status(201, to="create-chat-completion"),
    ),
    fault(
        "chat-object-wrong",
        "The object of a completion is text_completion.",
        "chat.object",
        completion=put(object="text_completion"),
    ),
    fault(
        "chat-created-float",
        "created has decimals.",
        "chat.created-integer",
        completion=lambda completion: {**completion, "created": completion["created"] + 0.5},
    ),
    fault(
        "chat-choices-lost",
        "There is one choice however many were asked for.",
        "chat.choices-n",
        completion=lambda completion: {**completion, "choices": completion["choices"][:1]},
    ),
    fault(
        "chat-role-wrong",
        "The message of a choice has the role model.",
        "chat.message-role",
        completion=in_message(put(role="model")),
    ),
    fault(
        "chat-content-missing",
        "A message without text has no content.",
        "chat.message-content",
        completion=in_message(lambda shown: shown if shown["content"] is not None else without(shown, "content")),
    ),
    fault(
        "chat-refusal-missing",
        "A message has no refusal.",
        "chat.message-refusal",
        completion=in_message(lose("refusal")),
    ),
    fault(
        "chat-finish-reason-unknown",
        "A choice that ends by itself says end_turn.",
        "chat.finish-reason",
        completion=in_each(
            "choices",
            lambda choice: {**choice, "finish_reason": "end_turn"} if choice["finish_reason"] == "stop" else choice,
        ),
        implies="chat.stop-finish chat.json-schema",
    ),
    fault(
        "chat-usage-total-wrong", "total_tokens is one more than the sum.", "chat.usage-total", completion=raise_total
    ),
    fault(
        "chat-cached-beyond-prompt",
        "cached_tokens are more than prompt_tokens.",
        "chat.usage-details",
        completion=raise_count("prompt_tokens_details", "cached_tokens", "prompt_tokens"),
    ),
    fault(
        "chat-annotations-null",
        "The annotations of a message are null.",
        "chat.schema",
        completion=in_message(put(annotations=None)),
    ),
    fault(
        "chat-call-renamed",
        "A function is called by another name.",
        "chat.forced-call",
        completion=in_functions(lambda inner: {**inner, "name": "_" + inner["name"]}),
        implies="chat.calls-obey-choice chat.parity.tool-call",
    ),
    fault(
        "chat-arguments-parsed",
        "The arguments of a second call are an object.",
        "chat.call-shape",
        completion=in_message(in_member("tool_calls", parse_later_arguments)),
    ),
    fault(
        "chat-arguments-cut",
        "The arguments of a call lack their last character.",
        "chat.arguments-json",
        completion=in_functions(lambda inner: {**inner, "arguments": inner["arguments"][:-1]}),
        implies="chat.parity.tool-call",
    ),
    fault(
        "chat-call-ids-shared",
        "All tool calls of a message have one id.",
        "chat.call-ids-unique",
        completion=in_message(
            in_member("tool_calls", lambda listed: [{**call, "id": listed[0]["id"]} for call in listed])
        ),
    ),
    fault(
        "chat-finish-without-calls",
        "A second choice finishes with tool_calls, and calls nothing.",
        "chat.tool-calls-finish",
        completion=in_each(
            "choices", lambda choice: {**choice, "finish_reason": "tool_calls"} if choice["index"] else choice
        ),
    ),
    fault(
        "chat-logprobs-without-bytes",
        "The tokens of logprobs have no bytes.",
        "chat.logprobs",
        completion=in_logprobs(lose("bytes")),
    ),
    fault(
        "chat-logprobs-too-many",
        "A token has more alternatives than were asked for.",
        "chat.logprobs-count",
        completion=in_logprobs(
            lambda token: {**token, "top_logprobs": [*token["top_logprobs"], *token["top_logprobs"][:1]]}
        ),
    ),
    fault(
        "chat-usage-doubled",
        "A completion counts its input twice.",
        "chat.parity.usage",
        completion=count_twice,
        chunks=edit(by=count_twice),
    ),
    fault(
        "chat-other-answer",
        "A completion answers JSON of another form than its schema.",
        "chat.parity.text chat.json-schema",
        completion=in_each("choices", other_form),
    ),
)
