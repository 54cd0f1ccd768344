"""Messages whose parts, annotations or roles are wrong."""

from __future__ import annotations

from collections.abc import Callable

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import Edit, content_as_text, in_assistant, in_each, in_item, in_parts, lose, put
from antiphon.server.json_values import Json


def refusal_as_text(item: Json) -> Json:
    """A refusal is told as the text of the answer."""
    if item["type"] != "message":
        return item
    parts = [
        {"type": "output_text", "annotations": [], "logprobs": [], "text": "", "refusal": part["refusal"]}
        if part["type"] == "refusal"
        else part
        for part in item["content"]
    ]
    return {**item, "content": parts}


def of_gzip_client(change: Edit) -> Callable[[OutgoingReply], OutgoingReply]:
    """Change the plain reply to a create of a client that takes gzip, on whose text nothing else rests."""

    def hook(reply: OutgoingReply) -> OutgoingReply:
        takes = reply.request is not None and "gzip" in reply.request.headers.get("accept-encoding", "")
        if takes and isinstance(reply.body, dict) and reply.body.get("output"):
            reply.body = change(reply.body)
        return reply

    return hook


def think_aloud(body: Json) -> Json:
    """The answer begins with a thought in the tags of the model."""
    return in_each(
        "output", in_parts(lambda part: {**part, "text": f"<think>\nA greeting.\n</think>\n{part['text']}"})
    )(body)


def repeat_thought(body: Json) -> Json:
    """The answer begins with the reasoning that stands before it."""
    thought = "The user wants me to say hello, so that is what I do."
    part = {"type": "summary_text", "text": thought}
    reasoning = {"id": "rs_" + "0" * 48, "type": "reasoning", "summary": [part]}
    usage = {**body["usage"], "output_tokens_details": {"reasoning_tokens": 1}}
    spoken = in_each("output", in_parts(lambda part: {**part, "text": f"{thought} {part['text']}"}))(body)
    return {**spoken, "usage": usage, "output": [reasoning, *spoken["output"]]}


def repeat_answer(body: Json) -> Json:
    """A second message says what the first did, and a little more."""
    *before, first = body["output"]
    second = in_parts(lambda part: {**part, "text": part["text"] + " Bye."})({**first, "id": "msg_" + "0" * 48})
    return {**body, "output": [*before, first, second]}


FAULTS = (
    fault(
        "thinks-aloud",
        "An answer to a client that takes gzip has a thought in tags.",
        "item.text-without-markup",
        reply=of_gzip_client(think_aloud),
    ),
    fault(
        "thought-in-the-answer",
        "An answer to a client that takes gzip begins with the reasoning.",
        "item.text-not-reasoning",
        reply=of_gzip_client(repeat_thought),
    ),
    fault(
        "answer-grows",
        "An answer to a client that takes gzip comes twice, the second time longer.",
        "item.not-repeated",
        reply=of_gzip_client(repeat_answer),
    ),
    fault(
        "prompt-undecodable",
        "The prompt of an image that was made has the character for what could not be decoded.",
        "item.no-replacement-characters",
        item=in_item("image_generation_call", put(revised_prompt="A caf\ufffd at night")),
    ),
    fault(
        "image-without-data",
        "The result of a completed image is empty.",
        "item.image-base64",
        item=in_item(
            "image_generation_call", lambda item: {**item, "result": ""} if item["status"] == "completed" else item
        ),
    ),
    fault(
        "message-role-model",
        "Messages of the output have the role model.",
        "item.message-role stream.added.message-role",
        item=in_assistant(put(role="model")),
        implies="create.replay-rich create.replay-cut "
        "create.replay-output item.schema.message reasoning.encrypted-replay",
    ),
    fault(
        "message-content-text",
        "The content of a message is a string.",
        "item.message-content-list",
        item=in_assistant(content_as_text),
        implies="stream.added.message-empty stream.sum.text-item stream.content-index.is-place "
        "stream.schema.output-item chain.instructions-not-inherited chat.parity.text create.replay-order "
        "create.include-refused-or-kept input-items.content-parts",
    ),
    fault(
        "message-status-missing",
        "Messages of the output have no status.",
        "item.message-status",
        item=in_assistant(lose("status")),
        implies="item.status-on-all limits.last-item-incomplete item.schema.message",
    ),
    fault(
        "annotations-missing",
        "An output text has no annotations.",
        "item.annotations-list",
        item=in_parts(lose("annotations")),
        implies="stream.sum.annotations",
    ),
    fault(
        "logprobs-missing",
        "An output text has no logprobs.",
        "item.logprobs-list",
        item=in_parts(lose("logprobs")),
        implies="create.include-refused-or-kept",
    ),
    fault(
        "phase-unknown",
        "The phase of a message has a value that no source knows.",
        "item.phase",
        item=lambda item: (
            {**item, "phase": "musing"} if item["type"] == "message" and item["role"] == "assistant" else item
        ),
        implies="create.replay-rich create.replay-cut "
        "create.replay-output item.schema.message reasoning.encrypted-replay",
    ),
    fault(
        "refusal-as-text",
        "A refusal stands in a part of text.",
        "item.refusal-part",
        item=refusal_as_text,
        implies="structured.valid-json",
    ),
    fault(
        "annotation-outside",
        "An annotation ends beyond the text.",
        "item.annotation-range",
        item=in_parts(
            in_each("annotations", lambda note: {**note, "end_index": 10_000} if "end_index" in note else note)
        ),
        implies="stream.sum.annotations",
    ),
)
