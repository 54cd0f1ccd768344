"""Counts that are not what the same create would use, or that depend on what they should not."""

from __future__ import annotations

from itertools import count

from antiphon.server.faults.base import Fault, one
from antiphon.server.faults.compact import missing
from antiphon.server.faults.create_asking import COUNT, answering, changing
from antiphon.server.store import Json

TO = "count-input-tokens"
SMALL = 12
_counts = count(1)


def growing(body: Json) -> Json:
    """Each count a little more than the one before."""
    return {**body, "input_tokens": body["input_tokens"] + next(_counts)}


def prefaced(body: Json) -> Json:
    given = body.get("input")
    return {**body, "input": "The user says: " + given} if isinstance(given, str) else body


def truncated(body: Json) -> Json:
    given = body.get("input")
    return {**body, "input": given[:16]} if isinstance(given, str) else body


RESTS = (
    "counts object creates-nothing equals-usage grows-with-input grows-with-tools grows-with-instructions "
    "grows-with-previous repeatable string-is-user-message"
)
TRIGGERS = "unknown-previous input-type personality-length"
ABSENT = (
    "errors.envelope.object",
    "compact.smaller",
    *(f"input-tokens.{name}" for name in RESTS.split()),
    *(f"errors.trigger.input-tokens-{name}{end}" for name in TRIGGERS.split() for end in ("", ".detail")),
)
FAULTS = (
    answering("small-counts-zero", "A small count is told as 0.", "input-tokens.counts input-tokens.equals-usage",
              lambda body: {**body, "input_tokens": 0} if body["input_tokens"] < SMALL else body, to=TO),
    answering("count-object-list", "A count calls itself a list.", "input-tokens.object",
              lambda body: {**body, "object": "list"}, to=TO),
    answering("count-with-id", "A count has the id of a response.", "input-tokens.creates-nothing",
              lambda body: {**body, "id": "resp_" + "0" * 48}, to=TO),
    answering("counts-drift", "The same input counts more each time.",
              "input-tokens.repeatable input-tokens.equals-usage input-tokens.string-is-user-message", growing, to=TO),
    changing("count-prefaced", "A text is counted with a preface.",
             "input-tokens.string-is-user-message input-tokens.equals-usage", prefaced, at=COUNT),
    changing("count-truncated", "Only the beginning of a text is counted.", "input-tokens.grows-with-input", truncated,
             at=COUNT),
    Fault(name="count-absent", says="There is no counting, and the refusal is no JSON.",
          breaks=one("input-tokens.declined-cleanly"), implies=one(*ABSENT), reply=lambda reply: missing(TO, reply)),
    Fault(name="count-by-id-absent", says="The count of a stored response cannot be read under its id.",
          breaks=one("input-tokens.by-response-id-required", "input-tokens.declined-cleanly"), implies=one(*ABSENT),
          needs=one("oaiapi-in11-2026-01-30"),
          reply=lambda reply: missing("count-response", reply)),
)  # fmt: skip
