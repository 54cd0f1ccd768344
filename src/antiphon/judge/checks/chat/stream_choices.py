"""Choices of a chat stream, and their tool calls, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from antiphon.judge.checks.chat.calls import CUT, names_a_tool
from antiphon.judge.checks.chat.completion import requested_choices
from antiphon.judge.checks.chat.stream import S, at, came_to_its_end, chunks, speaks
from antiphon.judge.registry import Violation, check
from antiphon.judge.subjects.chat import ChatStream
from antiphon.judge.values import MISSING, a_dict, is_integer, is_text, objects, parse_json, violation_at


@dataclass
class CallPieces:
    """A tool call as its chunks give it."""

    number: int
    first: Mapping[str, Any]
    arguments: str = ""
    whole: bool = True


@dataclass
class Choice:
    """A choice as the chunks give it."""

    first: tuple[int, Mapping[str, Any]] | None = None
    ends: list[tuple[int, Any]] = field(default_factory=list)
    after_end: list[int] = field(default_factory=list)
    calls: dict[int, CallPieces] = field(default_factory=dict)
    odd: list[tuple[int, Any]] = field(default_factory=list)
    """Pieces of calls whose index is not an integer."""

    def add_delta(self, number: int, choice: Mapping[str, Any]) -> None:
        """Take the part of a chunk that belongs to this choice."""
        delta = a_dict(choice.get("delta"))
        if self.first is None:
            self.first = (number, delta)
        elif self.ends and (any(delta.get(name) for name in delta) or choice.get("finish_reason") is not None):
            self.after_end.append(number)
        if choice.get("finish_reason") is not None:
            self.ends.append((number, choice["finish_reason"]))
        for piece in objects(delta.get("tool_calls")):
            self._hear_call(number, piece)

    def _hear_call(self, number: int, piece: Mapping[str, Any]) -> None:
        index = piece.get("index")
        if not is_integer(index):
            self.odd.append((number, piece.get("index", MISSING)))
            return
        call = self.calls.setdefault(index, CallPieces(number, piece))
        arguments = a_dict(piece.get("function")).get("arguments")
        if isinstance(arguments, str):
            call.arguments += arguments
        elif piece.get("type") == "custom" or "custom" in piece:
            call.whole = False

    @property
    def is_cut(self) -> bool:
        """The choice did not end, or was cut by a limit."""
        return not self.ends or any(reason in CUT for _, reason in self.ends)


def choices(stream: ChatStream) -> dict[int, Choice]:
    """The choices of a stream by index."""
    if "choices" not in stream.memo:
        found: dict[int, Choice] = {}
        for number, chunk in chunks(stream):
            for choice in objects(chunk.get("choices")):
                if is_integer(choice.get("index")):
                    found.setdefault(choice["index"], Choice()).add_delta(number, choice)
        stream.memo["choices"] = found
    made: dict[int, Choice] = stream.memo["choices"]
    return made


def _has_calls(stream: ChatStream) -> bool:
    return any(choice.calls or choice.odd for choice in choices(stream).values())


@check(S + "first-role", subject=ChatStream, applies=lambda stream: bool(choices(stream)))
def first_role(stream: ChatStream) -> Iterator[Violation]:
    """The first chunk of a choice has the role assistant."""
    for choice in choices(stream).values():
        if choice.first and choice.first[1].get("role") != "assistant":
            number, delta = choice.first
            yield violation_at(at(number, "/choices/0/delta/role"), "'assistant'", delta.get("role", MISSING))


@check(
    S + "finish-once",
    subject=ChatStream,
    applies=lambda stream: any(choice.ends for choice in choices(stream).values()),
)
def finish_once(stream: ChatStream) -> Iterator[Violation]:
    """Every choice ends with one finish_reason, and nothing of it follows."""
    for index, choice in choices(stream).items():
        if choice.after_end:
            number = choice.after_end[0]
            yield Violation(at(number), f"nothing of choice {index} after its finish_reason", "more of it")


@check(
    S + "choices-complete", subject=ChatStream, applies=lambda stream: came_to_its_end(stream) and not speaks(stream)
)
def choices_complete(stream: ChatStream) -> Iterator[Violation]:
    """Every choice that was asked for finishes in the stream."""
    for index in range(min(requested_choices(stream), 128)):
        choice = choices(stream).get(index)
        if choice is None or not choice.ends:
            yield Violation("", f"a finish_reason of choice {index}", "the end of the stream")


@check(S + "call-start", subject=ChatStream, applies=_has_calls)
def call_start(stream: ChatStream) -> Iterator[Violation]:
    """The first chunk of a tool call has its index, id, type and name."""
    for choice in choices(stream).values():
        for number, index in choice.odd:
            yield violation_at(at(number), "an index that is an integer", index)
        for call in choice.calls.values():
            kind = call.first.get("type")
            name = a_dict(call.first.get(kind)).get("name") if isinstance(kind, str) else None
            if not (is_text(call.first.get("id")) and is_text(kind) and is_text(name)):
                yield violation_at(at(call.number), "a tool call with id, type and name", call.first)


@check(S + "call-index", subject=ChatStream, applies=_has_calls)
def call_index(stream: ChatStream) -> Iterator[Violation]:
    """Tool calls of a choice are numbered 0, 1, 2 and so on."""
    for index, choice in choices(stream).items():
        numbers = list(choice.calls)
        if numbers != list(range(len(numbers))):
            first = next(iter(choice.calls.values()))
            yield violation_at(at(first.number), f"calls numbered from 0 in choice {index}", f"{numbers}")


@check(S + "arguments", subject=ChatStream, applies=_has_calls)
def arguments(stream: ChatStream) -> Iterator[Violation]:
    """The argument pieces of a finished tool call join to a JSON object."""
    for choice in choices(stream).values():
        for call in choice.calls.values() if not choice.is_cut else ():
            function = call.first.get("type") in (None, "function")
            if function and call.whole and not isinstance(parse_json(call.arguments), dict):
                yield violation_at(at(call.number), "pieces that join to a JSON object", call.arguments)


def _unforced(stream: ChatStream) -> list[tuple[int, Any]]:
    """Place and finish_reason of the choices with calls that the model chose to make."""
    made = [choice.ends[0] for choice in choices(stream).values() if choice.calls and not choice.is_cut]
    return [] if names_a_tool(stream.sent) else made


@check(S + "calls-finish", subject=ChatStream, applies=lambda stream: bool(_unforced(stream)))
def calls_finish(stream: ChatStream) -> Iterator[Violation]:
    """A streamed choice whose calls were not forced by name finishes with tool_calls."""
    for number, reason in _unforced(stream):
        if reason != "tool_calls":
            yield violation_at(at(number, "/choices/0/finish_reason"), "'tool_calls'", reason)
