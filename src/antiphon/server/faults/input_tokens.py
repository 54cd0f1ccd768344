"""Faults of the token count: it differs from what the same create uses."""

from __future__ import annotations

from itertools import count

from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import put
from antiphon.server.faults.replies import answer_missing, change_body
from antiphon.server.faults.requests import COUNT_PATH, change_request, refuse_when
from antiphon.server.json_values import Json

COUNT = "count-input-tokens"
SMALL = 12
_counts = count(1)


def grow(body: Json) -> Json:
    """Each count a little more than the one before."""
    return {**body, "input_tokens": body["input_tokens"] + next(_counts)}


def preface(body: Json) -> Json:
    given = body.get("input")
    return {**body, "input": "The user says: " + given} if isinstance(given, str) else body


def truncate(body: Json) -> Json:
    given = body.get("input")
    return {**body, "input": given[:16]} if isinstance(given, str) else body


FAULTS = (
    fault(
        "count-truncation-refused",
        "A count with a truncation is refused.",
        "input-tokens.accepts.settings",
        request=refuse_when(lambda body: body.get("truncation") is not None, at=COUNT_PATH),
    ),
    fault(
        "small-counts-zero",
        "A small count is told as 0.",
        "input-tokens.counts input-tokens.equals-usage",
        reply=change_body(lambda body: {**body, "input_tokens": 0} if body["input_tokens"] < SMALL else body, to=COUNT),
    ),
    fault(
        "count-object-list",
        "A count calls itself a list.",
        "input-tokens.object",
        reply=change_body(put(object="list"), to=COUNT),
    ),
    fault(
        "count-with-id",
        "A count has the id of a response.",
        "input-tokens.creates-nothing",
        reply=change_body(put(id="resp_" + "0" * 48), to=COUNT),
    ),
    fault(
        "count-off-by-one",
        "The token count is one more than the create would use.",
        "input-tokens.equals-usage",
        policy={"count_extra": 1},
    ),
    fault(
        "count-truncated",
        "Only the beginning of a text is counted.",
        "input-tokens.grows-with-input",
        request=change_request(truncate, at=COUNT_PATH),
    ),
    fault(
        "count-without-tools",
        "Tools are not counted.",
        "input-tokens.grows-with-tools",
        policy={"count_ignores": frozenset({"tools"})},
        implies="input-tokens.equals-usage",
    ),
    fault(
        "count-without-instructions",
        "Instructions are not counted.",
        "input-tokens.grows-with-instructions",
        policy={"count_ignores": frozenset({"instructions"})},
        implies="input-tokens.equals-usage",
    ),
    fault(
        "count-without-previous",
        "The turns before are not counted.",
        "input-tokens.grows-with-previous",
        policy={"count_ignores": frozenset({"previous_response_id"})},
        implies="input-tokens.equals-usage",
    ),
    fault(
        "counts-drift",
        "The same input counts more each time.",
        "input-tokens.repeatable input-tokens.equals-usage input-tokens.string-is-user-message",
        reply=change_body(grow, to=COUNT),
    ),
    fault(
        "count-prefaced",
        "A text is counted with a preface.",
        "input-tokens.string-is-user-message input-tokens.equals-usage",
        request=change_request(preface, at=COUNT_PATH),
    ),
    fault(
        "count-by-id-absent",
        "The count of a stored response cannot be read under its id.",
        "input-tokens.by-response-id-required input-tokens.declined-cleanly",
        reply=lambda reply: answer_missing("count-response", reply),
        implies="errors.envelope.object compact.smaller input-tokens.counts input-tokens.object "
        "input-tokens.creates-nothing input-tokens.equals-usage input-tokens.grows-with-input "
        "input-tokens.grows-with-tools input-tokens.grows-with-instructions input-tokens.grows-with-previous "
        "input-tokens.repeatable input-tokens.string-is-user-message errors.trigger.input-tokens-unknown-previous "
        "errors.trigger.input-tokens-unknown-previous.detail errors.trigger.input-tokens-input-type "
        "errors.trigger.input-tokens-input-type.detail errors.trigger.input-tokens-personality-length "
        "errors.trigger.input-tokens-personality-length.detail",
        needs="oaiapi-in11-2026-01-30",
    ),
    fault(
        "count-absent",
        "There is no counting, and the refusal is no JSON.",
        "input-tokens.declined-cleanly",
        reply=lambda reply: answer_missing(COUNT, reply),
        implies="errors.envelope.object compact.smaller input-tokens.counts input-tokens.object "
        "input-tokens.creates-nothing input-tokens.equals-usage input-tokens.grows-with-input "
        "input-tokens.grows-with-tools input-tokens.grows-with-instructions input-tokens.grows-with-previous "
        "input-tokens.repeatable input-tokens.string-is-user-message errors.trigger.input-tokens-unknown-previous "
        "errors.trigger.input-tokens-unknown-previous.detail errors.trigger.input-tokens-input-type "
        "errors.trigger.input-tokens-input-type.detail errors.trigger.input-tokens-personality-length "
        "errors.trigger.input-tokens-personality-length.detail",
    ),
)
