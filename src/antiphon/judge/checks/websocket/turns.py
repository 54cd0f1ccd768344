"""Every turn over a WebSocket: its messages, the order of its events, its refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from antiphon.contract.load import contract
from antiphon.contract.model import Level
from antiphon.judge.registry import Violation, check
from antiphon.judge.stream_analysis import analysis_of, violations_of
from antiphon.judge.subjects.responses import Turn
from antiphon.judge.values import MISSING, quote_bytes, violation_at
from antiphon.judge.walk_requirements import walk_requirements

DONE = frozenset({b"[DONE]", b"data: [DONE]"})
NOT_SAID = frozenset({"stream.sequence.starts-at-zero"})
"""No source states whether the numbers restart with each turn of a connection."""
BINARY = "binary-message-"
"""Begins the note of a message that came as binary; its number follows."""
MEMBERS = ("type", "code", "message", "param")


def _answered(turn: Turn) -> bool:
    return bool(turn.messages)


@check("websocket.json-text-messages", subject=Turn, applies=_answered)
def json_text_messages(turn: Turn) -> Iterator[Violation]:
    """Every event is one JSON object in one text message."""
    binary = {note.removeprefix(BINARY) for note in turn.exchange.notes if note.startswith(BINARY)}
    for number, message in enumerate(turn.messages):
        if str(number) in binary:
            yield Violation(f"message {number}", "a text message", "a binary message")
        elif message.strip() not in DONE and not _is_object(message):
            yield Violation(f"message {number}", "one JSON object", quote_bytes(message[:80]))


def _is_object(message: bytes) -> bool:
    try:
        return isinstance(json.loads(message), dict)
    except (ValueError, RecursionError):
        return False


@check("websocket.no-done-marker", subject=Turn, applies=_answered)
def no_done_marker(turn: Turn) -> Iterator[Violation]:
    """No done marker is sent."""
    for number, message in enumerate(turn.messages):
        if message.strip() in DONE:
            yield Violation(f"message {number}", "no message but events", quote_bytes(message))


@cache
def _musts(edition: str) -> tuple[str, ...]:
    book = contract(edition)
    return tuple(
        each
        for each in walk_requirements()
        if each not in NOT_SAID and each in book.requirements and book.level(each) is Level.MUST
    )


@check("websocket.same-grammar", subject=Turn, applies=lambda turn: bool(turn.events))
def same_grammar(turn: Turn) -> Iterator[Violation]:
    """The events of a turn obey the order and the sums of a stream."""
    judged = analysis_of(turn).judged
    for requirement in _musts(turn.edition.id):
        if requirement in judged:
            for found in violations_of(turn, requirement):
                yield replace(found, message=f"{requirement}: {found.message}".removesuffix(": "))


@check("websocket.error-shape", subject=Turn, applies=lambda turn: bool(turn.refusals))
def error_shape(turn: Turn) -> Iterator[Violation]:
    """An error message has status and an error object with type, code, message and param."""
    for number, message in turn.refusals:
        status, error = message.get("status"), message.get("error")
        if "sequence_number" in message and "status" not in message:
            continue  # an error event within a response, which is one of its events
        if not isinstance(status, int) or isinstance(status, bool):
            yield violation_at(f"event {number} /status", "an HTTP status", message.get("status", MISSING))
        if not isinstance(error, dict):
            yield violation_at(f"event {number} /error", "an object", message.get("error", MISSING))
        elif missing := [name for name in MEMBERS if name not in error]:
            yield Violation(f"event {number} /error", f"the members {', '.join(MEMBERS)}", f"no {', '.join(missing)}")
