"""Completion of a stream of chat chunks: what its pieces join to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Completion = dict[str, Any]
HEAD = ("id", "created", "model", "service_tier", "system_fingerprint", "usage")
"""What the first chunk that has it says of the whole completion."""
TEXTS = ("content", "refusal")


def joined_completion(events: Iterable[Mapping[str, Any]]) -> Completion:
    """The completion that chunks join to; empty where there is no chunk, or an error. It never raises."""
    joined: Completion = {}
    choices: dict[int, Completion] = {}
    for event in events:
        if isinstance(event.get("error"), dict):
            return {}
        joined |= {name: event[name] for name in HEAD if joined.get(name) is None and event.get(name) is not None}
        for piece in _objects(event.get("choices")):
            index = piece.get("index")
            _add(choices.setdefault(index if isinstance(index, int) else 0, {}), piece)
    if not choices:
        return {}
    listed = [{"index": index, **choices[index]} for index in sorted(choices)]
    return {**joined, "object": "chat.completion", "choices": listed}


def _add(choice: Completion, piece: Mapping[str, Any]) -> None:
    """Add a piece to its choice."""
    delta = piece.get("delta")
    message = choice.setdefault("message", {"role": "assistant", "content": None})
    if isinstance(delta, dict):
        _join(message, delta, TEXTS)
        for call in _objects(delta.get("tool_calls")):
            _add_call(message.setdefault("tool_calls", []), call)
    logprobs = piece.get("logprobs")
    if isinstance(logprobs, dict):
        tokens = choice.setdefault("logprobs", {})
        for name in TEXTS:
            tokens.setdefault(name, []).extend(_objects(logprobs.get(name)))
    if piece.get("finish_reason") is not None:
        choice["finish_reason"] = piece["finish_reason"]


def _add_call(calls: list[Completion], piece: Mapping[str, Any]) -> None:
    """Add a piece to its call: the one of its index, or a new one."""
    index = piece.get("index")
    call = next((each for each in calls if each["index"] == index), None)
    if call is None:
        call = {"index": index}
        calls.append(call)
    call |= {name: piece[name] for name in ("id", "type") if isinstance(piece.get(name), str)}
    for kind, text in (("function", "arguments"), ("custom", "input")):
        if isinstance(piece.get(kind), dict):
            inner = call.setdefault(kind, {})
            _join(inner, piece[kind], (text,))
            if isinstance(piece[kind].get("name"), str):
                inner["name"] = piece[kind]["name"]


def _join(whole: Completion, piece: Mapping[str, Any], names: Iterable[str]) -> None:
    for name in names:
        if isinstance(piece.get(name), str):
            whole[name] = (whole.get(name) or "") + piece[name]


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
