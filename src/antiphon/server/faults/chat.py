"""Chat completions of a wrong shape, wherever they are shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from antiphon.server.faults.base import Fault, Reply, breaking, one
from antiphon.server.faults.shaping import without
from antiphon.server.store import Json

Change = Callable[[Json], Json]


def shape(name: str, says: str, breaks: str, change: Change, implies: str = "") -> Fault:
    """A fault that changes every completion."""
    return breaking(f"chat-{name}", says, breaks, implies, completion=change)


def put(**values: Any) -> Change:
    return lambda completion: {**completion, **values}


def choices(change: Change) -> Change:
    def edit(completion: Json) -> Json:
        return {**completion, "choices": [change(choice) for choice in completion["choices"]]}

    return edit


def message(change: Change) -> Change:
    return choices(lambda choice: {**choice, "message": change(choice["message"])})


def calls(change: Callable[[list[Json]], list[Json]]) -> Change:
    def edit(shown: Json) -> Json:
        return {**shown, "tool_calls": change(shown["tool_calls"])} if shown.get("tool_calls") else shown

    return message(edit)


def function(change: Change) -> Change:
    return calls(lambda listed: [{**call, "function": change(call["function"])} for call in listed])


def later_arguments_parsed(listed: list[Json]) -> list[Json]:
    first, *rest = listed
    parsed = [{**call["function"], "arguments": json.loads(call["function"]["arguments"])} for call in rest]
    return [first, *({**call, "function": inner} for call, inner in zip(rest, parsed, strict=True))]


def logprobs(change: Change) -> Change:
    def edit(choice: Json) -> Json:
        told = choice["logprobs"]
        if not told or not told["content"]:
            return choice
        return {**choice, "logprobs": {**told, "content": [change(token) for token in told["content"]]}}

    return choices(edit)


def counted(details: str, name: str, whole: str) -> Change:
    def edit(completion: Json) -> Json:
        usage = completion["usage"]
        return {**completion, "usage": {**usage, details: {**usage[details], name: usage[whole] + 1}}}

    return edit


def total(completion: Json) -> Json:
    usage: Mapping[str, Any] = completion["usage"]
    return {**completion, "usage": {**usage, "total_tokens": usage["total_tokens"] + 1}}


def accepted(reply: Reply) -> Reply:
    if reply.operation == "create-chat-completion" and reply.status == 200 and reply.body is not None:
        reply.status = 201
    return reply


FAULTS = (
    Fault(
        name="chat-status-created",
        says="A chat request is answered with 201.",
        breaks=one("chat.text"),
        reply=accepted,
    ),
    shape(
        "object-wrong", "The object of a completion is text_completion.", "chat.object", put(object="text_completion")
    ),
    shape(
        "created-float",
        "created has decimals.",
        "chat.created-integer",
        lambda completion: {**completion, "created": completion["created"] + 0.5},
    ),
    shape(
        "choices-lost",
        "There is one choice however many were asked for.",
        "chat.choices-n",
        lambda completion: {**completion, "choices": completion["choices"][:1]},
    ),
    shape(
        "role-wrong",
        "The message of a choice has the role model.",
        "chat.message-role",
        message(lambda shown: {**shown, "role": "model"}),
    ),
    shape(
        "content-missing",
        "A message without text has no content.",
        "chat.message-content",
        message(lambda shown: shown if shown["content"] is not None else without(shown, "content")),
    ),
    shape(
        "refusal-missing",
        "A message has no refusal.",
        "chat.message-refusal",
        message(lambda shown: without(shown, "refusal")),
    ),
    shape(
        "finish-reason-unknown",
        "A choice that ends by itself says end_turn.",
        "chat.finish-reason",
        choices(
            lambda choice: {**choice, "finish_reason": "end_turn"} if choice["finish_reason"] == "stop" else choice
        ),
        "chat.stop-finish chat.json-schema",
    ),
    shape("usage-total-wrong", "total_tokens is one more than the sum.", "chat.usage-total", total),
    shape(
        "cached-beyond-prompt",
        "cached_tokens are more than prompt_tokens.",
        "chat.usage-details",
        counted("prompt_tokens_details", "cached_tokens", "prompt_tokens"),
    ),
    shape(
        "annotations-null",
        "The annotations of a message are null.",
        "chat.schema",
        message(lambda shown: {**shown, "annotations": None}),
    ),
    shape(
        "call-renamed",
        "A function is called by another name.",
        "chat.forced-call",
        function(lambda inner: {**inner, "name": "_" + inner["name"]}),
        "chat.calls-obey-choice",
    ),
    shape(
        "arguments-parsed",
        "The arguments of a second call are an object.",
        "chat.call-shape",
        calls(later_arguments_parsed),
    ),
    shape(
        "arguments-cut",
        "The arguments of a call lack their last character.",
        "chat.arguments-json",
        function(lambda inner: {**inner, "arguments": inner["arguments"][:-1]}),
    ),
    shape(
        "call-ids-shared",
        "All tool calls of a message have one id.",
        "chat.call-ids-unique",
        calls(lambda listed: [{**call, "id": listed[0]["id"]} for call in listed]),
    ),
    shape(
        "finish-without-calls",
        "A second choice finishes with tool_calls, and calls nothing.",
        "chat.tool-calls-finish",
        choices(lambda choice: {**choice, "finish_reason": "tool_calls"} if choice["index"] else choice),
    ),
    shape(
        "logprobs-without-bytes",
        "The tokens of logprobs have no bytes.",
        "chat.logprobs",
        logprobs(lambda token: without(token, "bytes")),
    ),
    shape(
        "logprobs-too-many",
        "A token has more alternatives than were asked for.",
        "chat.logprobs-count",
        logprobs(lambda token: {**token, "top_logprobs": [*token["top_logprobs"], *token["top_logprobs"][:1]]}),
    ),
)
