"""Items in their added and their done event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from antiphon.contract.streams import tables
from antiphon.judge.grammar.problems import quote_value
from antiphon.judge.grammar.stream_state import ItemState
from antiphon.judge.json_pointer import same
from antiphon.judge.registry import Violation, check, check_table
from antiphon.judge.stream_analysis import analysis_of
from antiphon.judge.subjects.responses import Stream
from antiphon.judge.values import a_dict, is_text, violation_at

FINISHED = ("completed", "incomplete", "failed")


def added_items(stream: Stream, *types: str) -> list[tuple[ItemState, dict[str, Any]]]:
    """The items that were added as objects, of some types or of any."""
    return [
        (item, item.added)
        for item in analysis_of(stream).items
        if isinstance(item.added, dict) and (not types or item.type in types)
    ]


def done_items(stream: Stream, *types: str) -> list[tuple[ItemState, dict[str, Any]]]:
    """The items that were done as objects, of some types or of any."""
    return [
        (item, item.done)
        for item in analysis_of(stream).items
        if isinstance(item.done, dict) and (not types or item.type in types)
    ]


def _at_added(item: ItemState, key: str) -> str:
    return f"event {item.added_at} /item/{key}"


def _at_done(item: ItemState, key: str) -> str:
    return f"event {item.done_at} /item/{key}"


def _tolerated(table: str, item: ItemState) -> tuple[str, ...]:
    return tuple(tables().tolerated[table].get(item.type or "", ()))


@check(
    "stream.item.added-status",
    subject=Stream,
    applies=lambda stream: any("status" in body for _, body in added_items(stream)),
)
def added_status(stream: Stream) -> Iterator[Violation]:
    """An item with a status is in progress when it is added."""
    for item, body in added_items(stream):
        if body.get("status") not in (None, "in_progress", *_tolerated("added_status", item)):
            yield violation_at(_at_added(item, "status"), "in_progress", body["status"])


@check(
    "stream.item.done-status",
    subject=Stream,
    applies=lambda stream: any("status" in body for _, body in done_items(stream)),
)
def done_status(stream: Stream) -> Iterator[Violation]:
    """An item with a status is completed, incomplete or failed when it is done."""
    for item, body in done_items(stream):
        tolerated = (*_tolerated("done_status", item), *_tolerated("final_status", item))
        if body.get("status") not in (None, *FINISHED, *tolerated):
            yield violation_at(_at_done(item, "status"), " or ".join(FINISHED), body["status"])


def _in_both(stream: Stream) -> list[ItemState]:
    return [item for item, _ in added_items(stream) if isinstance(item.done, dict)]


@check("stream.item.same-type", subject=Stream, applies=lambda stream: bool(_in_both(stream)))
def same_type(stream: Stream) -> Iterator[Violation]:
    """An item keeps its type."""
    for item in _in_both(stream):
        if not same(item.added.get("type"), item.done.get("type")):
            yield violation_at(_at_done(item, "type"), quote_value(item.added.get("type")), item.done.get("type"))


@check(
    "stream.item.same-call-id",
    subject=Stream,
    applies=lambda stream: any("call_id" in item.added or "name" in item.added for item in _in_both(stream)),
)
def same_call_id(stream: Stream) -> Iterator[Violation]:
    """A call keeps its call_id and its name."""
    renamed = tables().tolerated["renamed_calls"]["types"]
    for item in _in_both(stream):
        for key in () if item.type in renamed else ("call_id", "name"):
            before = item.added.get(key)
            if is_text(before) and item.done.get(key) != before:
                yield violation_at(_at_done(item, key), before, item.done.get(key))


@check(
    "stream.item.only-last-incomplete",
    subject=Stream,
    applies=lambda stream: any(body.get("status") == "incomplete" for _, body in done_items(stream)),
)
def only_last_incomplete(stream: Stream) -> Iterator[Violation]:
    """No item follows one that is done with status incomplete."""
    for item, body in done_items(stream)[:-1]:
        if body.get("status") == "incomplete":
            yield violation_at(_at_done(item, "status"), "completed, as it is not the last item", "incomplete")


EMPTY: Mapping[str, tuple[str, str, Any]] = {
    "stream.added.message-empty": ("message", "content", []),
    "stream.added.function-call-empty": ("function_call", "arguments", ""),
    "stream.added.custom-call-empty": ("custom_tool_call", "input", ""),
    "stream.added.reasoning-empty": ("reasoning", "summary", []),
    "stream.added.code-empty": ("code_interpreter_call", "code", ""),
    "stream.added.mcp-call-empty": ("mcp_call", "arguments", ""),
    "stream.added.mcp-list-empty": ("mcp_list_tools", "tools", []),
}
"""The type of an item, its field, and what that field is when the item is added."""
NAMED = {"message": "stream.added.message-role", "function_call": "stream.added.function-call-named"}


@cache
def _expected_at_added(types: frozenset[str | None]) -> frozenset[str]:
    """Requirements on added items, by their types."""
    asked = {requirement for requirement, (kind, _, _) in EMPTY.items() if kind in types}
    return frozenset(asked | {requirement for kind, requirement in NAMED.items() if kind in types})


def _shows(stream: Stream) -> frozenset[str]:
    return _expected_at_added(frozenset(item.type for item, _ in added_items(stream) if item.type in tables().items))


_added_check = check_table(Stream, _shows)


def _empty(requirement: str, kind: str, key: str, empty: Any) -> None:
    """Register the check that items of a type are added with an empty field."""

    def find(stream: Stream) -> Iterator[Violation]:
        for item, body in added_items(stream, kind):
            if body.get(key, None) != empty and not (body.get(key) is None and _may_lack(kind)):
                yield violation_at(_at_added(item, key), repr(empty), body.get(key))

    find.__name__ = requirement.replace(".", "_").replace("-", "_")
    find.__doc__ = f"An item of type {kind} is added with {key} empty."
    _added_check(requirement)(find)


def _may_lack(kind: str) -> bool:
    return kind in ("code_interpreter_call", "mcp_list_tools", "mcp_call")


for _requirement, _row in EMPTY.items():
    _empty(_requirement, *_row)


@_added_check("stream.added.message-role")
def message_role(stream: Stream) -> Iterator[Violation]:
    """A message has the role assistant when it is added and when it is done."""
    for item, body in added_items(stream, "message"):
        if body.get("role") != "assistant":
            yield violation_at(_at_added(item, "role"), "assistant", body.get("role"))
        elif isinstance(item.done, dict) and item.done.get("role") != "assistant":
            yield violation_at(_at_done(item, "role"), "assistant", item.done.get("role"))


@_added_check("stream.added.function-call-named")
def function_call_named(stream: Stream) -> Iterator[Violation]:
    """A function call has its name and its call_id when it is added."""
    for item, body in added_items(stream, "function_call"):
        for key in ("name", "call_id"):
            if not is_text(body.get(key)):
                yield violation_at(_at_added(item, key), "a text", a_dict(body).get(key))
