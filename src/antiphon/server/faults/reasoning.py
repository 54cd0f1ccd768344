"""Thoughts that cannot be sent back, and summaries of a wrong shape."""

from __future__ import annotations

from antiphon.server.faults.create_asking import answering, items, refusing
from antiphon.server.store import Json


def effort(body: Json) -> object:
    reasoning = body.get("reasoning")
    return reasoning.get("effort") if isinstance(reasoning, dict) else None


def bare_summaries(body: Json) -> Json:
    """Summaries whose parts have the type text."""
    changed = [
        {**item, "summary": [{**part, "type": "text"} for part in item["summary"]]}
        if item["type"] == "reasoning" else item
        for item in body["output"]
    ]  # fmt: skip
    return {**body, "output": changed}


FAULTS = (
    refusing("sealed-refused", "A sealed thought is refused as input.", "reasoning.encrypted-replay",
             lambda body: any(item.get("encrypted_content") for item in items(body, "reasoning")),
             "reasoning.summary-only-replay errors.trigger.encrypted-content-tampered.detail"),
    refusing("empty-summary-refused", "A thought with an empty summary is refused as input.",
             "reasoning.summary-only-replay",
             lambda body: any(item.get("summary") == [] for item in items(body, "reasoning")),
             "errors.trigger.encrypted-content-tampered.detail"),
    refusing("effort-medium-refused", "The effort medium is refused.", "reasoning.effort-values",
             lambda body: effort(body) == "medium", param="reasoning.effort"),
    answering("summary-of-texts", "The parts of a summary have the type text.", "reasoning.summary-parts",
              bare_summaries),
)  # fmt: skip
