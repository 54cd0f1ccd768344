"""Replies as texts of JSON: what a strict reader refuses, and what no reader can write again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from antiphon.judge.grammar.delta_runs import notable_of
from antiphon.judge.memo import memoize
from antiphon.judge.registry import Violation, check
from antiphon.judge.strict_json import constant_in, has_escapes, has_unique_names, lone_surrogate, repeated_name
from antiphon.judge.subjects.responses import Call, Item, Reply, Turn
from antiphon.judge.values import parse_json
from antiphon.recording.exchange import Exchange, NotJSON


class JsonText(NamedTuple):
    """A text of JSON in a reply, and the value that was read of it."""

    at: str
    text: str
    value: Any


@memoize
def _texts(exchange: Exchange) -> tuple[JsonText, ...]:
    """Every text of JSON in a reply: its body, its events, or its messages."""
    if exchange.is_socket and exchange.response:
        messages = enumerate(chunk.data.decode("utf-8", "replace") for chunk in exchange.response.chunks)
        return tuple(JsonText(f"message {number}", text, parse_json(text)) for number, text in messages)
    if not exchange.is_stream:
        return () if isinstance(exchange.body, NotJSON) else (JsonText("", _decoded(exchange), exchange.body),)
    pairs = zip(exchange.frames.event_texts, exchange.events, strict=True)
    return tuple(JsonText(f"event {number}", *each) for number, each in enumerate(pairs))


def _decoded(exchange: Exchange) -> str:
    return exchange.content.decode("utf-8", "replace")


def _notable_texts(exchange: Exchange) -> Iterator[JsonText]:
    """The texts, but for deltas that differ from one before them in nothing but their text."""
    notable = {number for number, _ in notable_of(exchange)} if exchange.is_stream else None
    for number, each in enumerate(_texts(exchange)):
        if notable is None or number in notable:
            yield each


def _is_read(call: Call) -> bool:
    exchange = call.exchange
    return bool(exchange.content) and (
        exchange.is_stream or exchange.is_socket or not isinstance(exchange.body, NotJSON)
    )


def _is_other(call: Call) -> bool:
    """A body that is not that of a create, for which create.answer-is-json counts; events have a requirement too."""
    is_create = call.operation == "create" and (call.exchange.status or 200) < 400
    return _is_read(call) and not call.exchange.is_stream and not is_create


@check("answers.finite-numbers", subject=Reply, applies=_is_other)
def finite_numbers(reply: Reply) -> Iterator[Violation]:
    """A body of JSON has no NaN and no Infinity."""
    constant = constant_in(_decoded(reply.exchange))
    if constant:
        yield Violation("", "a number, or null", constant)


def _unique_names(call: Call) -> Iterator[Violation]:
    if call.exchange.is_stream and has_unique_names(call.exchange):
        return
    for at, text, value in _notable_texts(call.exchange):
        name = repeated_name(text, value)
        if name is not None:
            yield Violation(at, "each name once in an object", f"{name!r} twice")


@check("answers.unique-names", subject=Reply, applies=_is_read)
def unique_names(reply: Reply) -> Iterator[Violation]:
    """No object in a reply names a member twice."""
    yield from _unique_names(reply)


@check("answers.unique-names", subject=Turn, applies=_is_read)
def unique_names_in_messages(turn: Turn) -> Iterator[Violation]:
    """No object in a message names a member twice."""
    yield from _unique_names(turn)


def _sent_half(call: Call) -> bool:
    """The request holds such a half, so that a reply may repeat it."""
    return lone_surrogate(json.dumps(call.exchange.sent), call.exchange.sent) is not None


def _whole_characters(call: Call) -> Iterator[Violation]:
    content = call.exchange.content
    if not has_escapes(call.exchange) or (b"\\ud" not in content and b"\\uD" not in content) or _sent_half(call):
        return
    for at, text, value in _texts(call.exchange):
        half = lone_surrogate(text, value)
        if half is not None:
            yield Violation(at, "whole characters", half, "half of a pair of surrogates")


@check("answers.whole-characters", subject=Reply, applies=_is_read)
def whole_characters(reply: Reply) -> Iterator[Violation]:
    """No string in a reply holds half of a pair of surrogates."""
    yield from _whole_characters(reply)


@check("answers.whole-characters", subject=Turn, applies=_is_read)
def whole_characters_in_messages(turn: Turn) -> Iterator[Violation]:
    """No string in a message holds half of a pair of surrogates."""
    yield from _whole_characters(turn)


@check(
    "answers.whole-characters",
    subject=Item,
    sorts=("function_call", "mcp_call"),
    applies=lambda item: item.source != "added" and isinstance(item.body.get("arguments"), str),
)
def whole_characters_in_arguments(item: Item) -> Iterator[Violation]:
    """No string in the arguments of a call holds half of a pair of surrogates."""
    text = item.body["arguments"]
    half = lone_surrogate(text, parse_json(text)) if "\\u" in text else None
    if half is not None and not _sent_half(item):
        yield Violation(item.at("/arguments"), "whole characters", half, "half of a pair of surrogates")
