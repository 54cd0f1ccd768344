"""Faults of reasoning: items that cannot be sent back, efforts that are refused, summaries of a wrong shape."""

from __future__ import annotations

from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import in_each, in_item, put
from antiphon.server.faults.replies import change_body
from antiphon.server.faults.requests import input_items, refuse_when
from antiphon.server.json_values import Json


def effort_of(body: Json) -> object:
    reasoning = body.get("reasoning")
    return reasoning.get("effort") if isinstance(reasoning, dict) else None


FAULTS = (
    fault(
        "seal-ignored",
        "Encrypted content that was asked for is not given.",
        "reasoning.encrypted-on-request",
        policy={"seals_on_request": False},
        implies="create.include-refused-or-kept reasoning.encrypted-replay",
    ),
    fault(
        "sealed-refused",
        "A sealed thought is refused as input.",
        "reasoning.encrypted-replay",
        request=refuse_when(lambda body: any(item.get("encrypted_content") for item in input_items(body, "reasoning"))),
        implies="reasoning.summary-only-replay errors.trigger.encrypted-content-tampered.detail",
    ),
    fault(
        "effort-medium-refused",
        "The effort medium is refused.",
        "reasoning.effort-values",
        request=refuse_when(lambda body: effort_of(body) == "medium", param="reasoning.effort"),
    ),
    fault(
        "summary-of-texts",
        "The parts of a summary have the type text.",
        "reasoning.summary-parts",
        reply=change_body(in_each("output", in_item("reasoning", in_each("summary", put(type="text"))))),
    ),
    fault(
        "empty-summary-refused",
        "A thought with an empty summary is refused as input.",
        "reasoning.summary-only-replay",
        request=refuse_when(lambda body: any(item.get("summary") == [] for item in input_items(body, "reasoning"))),
        implies="create.replay-rich errors.trigger.encrypted-content-tampered.detail",
    ),
)
