"""Relations of crossed completions: why a choice ends, and what is counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antiphon.effects.create_record import CreateRecord, as_object
from antiphon.judge.registry import Violation
from antiphon.suite import assume
from antiphon.suite.crossing.surfaces import ROOM
from antiphon.suite.crossing.turns import Controls, CrossedTurn

CUT = ("length", "content_filter")
ENDS = ("stop", "length", "tool_calls")


def other_ending(turn: CrossedTurn, controls: Controls) -> Violation | None:
    """The choice that ends with another reason than that of a plain completion with the same feature."""
    wanted = {each.factor: _reason(controls.of(each)) for each in turn.features if each.factor in ("tools", "answer")}
    assume(any(wanted.values()), "no plain completion shows how one with these features ends")
    record = turn.record
    compared = 0
    for choice in record.choices:
        expected = wanted.get("tools" if _calls(choice) else "answer")
        if expected not in ENDS or not _is_told(choice, expected, record):
            continue
        compared += 1
        if choice.get("finish_reason") != expected:
            place = f"/choices/{choice.get('index')}/finish_reason"
            got = str(choice.get("finish_reason"))
            return Violation(place, f"{expected}, as in a plain completion", got, exchange=turn.created.id)
    assume(compared, "no choice shows an end that a plain completion shows too")
    return None


def _reason(control: CreateRecord | None) -> str:
    """The reason with which all choices of a completion end; empty where there is none."""
    reasons = {str(each.get("finish_reason")) for each in control.choices} if control else set()
    return reasons.pop() if len(reasons) == 1 else ""


def _calls(choice: Mapping[str, Any]) -> bool:
    return bool(as_object(choice.get("message")).get("tool_calls"))


def _is_told(choice: Mapping[str, Any], expected: str, record: CreateRecord) -> bool:
    """The choice has to end as expected: it calls, it has as many tokens as it may, or it is far from that.

    Calls that were not forced by name, ends without a reason, and calls that are none have requirements of their own.
    """
    reason, made = choice.get("finish_reason"), record.tokens("output")
    limit = next((record.sent[name] for name in ("max_completion_tokens", "max_tokens") if name in record.sent), ROOM)
    if _calls(choice):
        return isinstance(record.sent.get("tool_choice"), dict) and reason is not None and reason not in CUT
    if made is None or reason in (None, "tool_calls", "content_filter"):
        return False
    return made == limit * len(record.choices) if expected == "length" else made < limit


def missing_count(turn: CrossedTurn, controls: Controls) -> Violation | None:
    """The count that is missing or zero, though a plain completion has it."""
    plain, record = controls.bare, turn.record
    assume(plain, "no plain completion without features was taken")
    assume(record.usage, "it has no usage at all")
    kinds = [kind for kind in ("input", "output") if plain[0].tokens(kind)]
    assume(kinds, "a plain completion counts no tokens either")
    for kind in kinds:
        if not record.tokens(kind):
            got = str(record.tokens(kind))
            return Violation(record.place_of(kind), "a count above zero, as in a plain completion", got,
                             exchange=turn.created.id)  # fmt: skip
    return None
