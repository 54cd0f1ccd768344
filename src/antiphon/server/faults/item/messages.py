"""Messages whose parts, annotations or roles are wrong."""

from __future__ import annotations

from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import content_as_text, in_assistant, in_each, in_parts, lose, put
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


FAULTS = (
    fault(
        "message-role-model",
        "Messages of the output have the role model.",
        "item.message-role stream.added.message-role",
        item=in_assistant(put(role="model")),
        implies="create.replay-output item.schema.message reasoning.encrypted-replay",
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
        implies="create.replay-output item.schema.message reasoning.encrypted-replay",
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
