"""Creates that were sent plain and then in another mode: what the one does the other does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from antiphon.generated.object_record import Deviation, ObjectRecord
from antiphon.recording.exchange import Exchange

ALIKE = "properties.same-in-modes"
OF_MODE = ("stream", "stream_options", "background", "type")
SHOWN = (
    "instructions", "max_output_tokens", "max_tool_calls", "metadata", "parallel_tool_calls", "previous_response_id",
    "temperature", "text", "tool_choice", "tools", "top_p", "truncation",
)  # fmt: skip
"""Settings that a reply repeats."""
ENDED = ("completed", "incomplete")
NEAR = 2
"""Tokens by which the two counts of the same input may differ."""


class ModeDifference(NamedTuple):
    """Something that the plain reply shows and the other one does not."""

    at: str
    expected: str
    got: str


class PlainCreates:
    """Plain creates by what they send, and those of other modes that send the same."""

    def __init__(self) -> None:
        self._by_body: dict[str, Exchange] = {}

    def see(self, exchange: Exchange) -> Iterator[Deviation]:
        """The differences of a create from the plain one before it that sends the same.

        What a conversation holds has grown in between.
        """
        sent = exchange.sent
        if not isinstance(sent, dict) or sent.get("conversation"):
            return
        key = json.dumps({name: value for name, value in sent.items() if name not in OF_MODE}, sort_keys=True)
        if not (sent.get("stream") or sent.get("background") or exchange.is_socket):
            self._by_body[key] = exchange
        elif plain := self._by_body.get(key):
            pair = ObjectRecord()
            pair.note(plain)
            for each in differences(plain, exchange):
                yield pair.off(ALIKE, exchange, f"{each.expected}, as in {plain.id}, sent plain", each.got, each.at)


def differences(plain: Exchange, other: Exchange) -> Iterator[ModeDifference]:
    """What a create does otherwise than the plain one: it is refused, or shows, reads or calls otherwise."""
    was, now = plain.reply, other.reply
    if not plain.is_success or not isinstance(was, dict) or was.get("status") not in ENDED:
        return
    if is_refused(other):
        yield ModeDifference("", "success", str(other.status) if not other.is_socket else "an error event")
    if not isinstance(now, dict) or now.get("status") not in ENDED:
        return
    for name in SHOWN:
        if name in plain.sent and was.get(name) is not None and now.get(name) != was[name]:
            yield ModeDifference(f"/{name}", json.dumps(was[name])[:120], json.dumps(now.get(name))[:120])
    counts = [_count(reply) for reply in (was, now)]
    if all(counts) and abs(counts[0] - counts[1]) > NEAR:
        yield ModeDifference("/usage/input_tokens", str(counts[0]), str(counts[1]))
    if was["status"] == now["status"] == "completed":
        yield from _of_output(plain.sent, was, now)


def is_refused(exchange: Exchange) -> bool:
    """A create was refused as wrong; one that came too often, or that broke the server, was not."""
    if not exchange.is_socket:
        return exchange.is_client_error and exchange.status != 429
    errors = [event for event in exchange.events if event.get("type") == "error"]
    return any(isinstance(each.get("status"), int) and each["status"] in range(400, 429) for each in errors)


def _of_output(sent: dict[str, Any], was: dict[str, Any], now: dict[str, Any]) -> Iterator[ModeDifference]:
    """What the settings decide of the outputs of two responses that completed."""
    calls = [_calls(reply) for reply in (was, now)]
    choice = sent.get("tool_choice")
    if choice == "none" and calls[1] and not calls[0]:
        yield ModeDifference("/output", "no call", ", ".join(calls[1]))
    if choice == "required" and calls[0] and not calls[1]:
        yield ModeDifference("/output", "a call", "none")
    if isinstance(choice, dict) and choice.get("name") in calls[0] and choice.get("name") not in calls[1]:
        yield ModeDifference("/output", f"a call of {choice.get('name')}", ", ".join(calls[1]) or "none")
    texts = [_text(reply) for reply in (was, now)]
    if isinstance(sent.get("text"), dict) and all(texts) and _is_json(texts[0]) and not _is_json(texts[1]):
        yield ModeDifference("/output", "JSON", texts[1][:120])


def _count(reply: dict[str, Any]) -> int:
    usage = reply.get("usage")
    count = usage.get("input_tokens") if isinstance(usage, dict) else None
    return count if isinstance(count, int) and not isinstance(count, bool) else 0


def _items(reply: dict[str, Any]) -> list[dict[str, Any]]:
    output = reply.get("output")
    return [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []


def _calls(reply: dict[str, Any]) -> list[str]:
    return [str(item.get("name")) for item in _items(reply) if item.get("type") == "function_call"]


def _text(reply: dict[str, Any]) -> str:
    contents = [item.get("content") for item in _items(reply) if item.get("type") == "message"]
    parts = [part for content in contents if isinstance(content, list) for part in content if isinstance(part, dict)]
    return "".join(str(part.get("text", "")) for part in parts)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
