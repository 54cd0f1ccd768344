"""Tool calls and structured output of a completion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antiphon.judge.checks.chat.completion import messages
from antiphon.judge.registry import Violation, check
from antiphon.judge.request_schema import misfit
from antiphon.judge.subjects.chat import ChatCompletion
from antiphon.judge.values import MISSING, a_dict, a_list, is_text, parse_json, violation_at


def calls(completion: ChatCompletion) -> list[tuple[str, Mapping[str, Any]]]:
    """Place and value of every tool call."""
    return [
        (f"/choices/{number}/message/tool_calls/{index}", a_dict(call))
        for number, _, message in messages(completion)
        for index, call in enumerate(a_list(message.get("tool_calls")))
    ]


def shape_of(call: Mapping[str, Any]) -> str:
    """Problem of a tool call; empty when there is none."""
    if not is_text(call.get("id")):
        return "an id, a string that is not empty"
    kind = call.get("type")
    if kind not in ("function", "custom"):
        return "the type function or custom"
    inner, text = a_dict(call.get(kind)), "arguments" if kind == "function" else "input"
    if not is_text(inner.get("name")) or not isinstance(inner.get(text), str):
        return f"an object {kind} with a name and {text} as a string"
    return ""


@check("chat.call-shape", subject=ChatCompletion, applies=lambda completion: bool(calls(completion)))
def call_shape(completion: ChatCompletion) -> Iterator[Violation]:
    """A tool call has an id, the type of its tool, a name and arguments as a string."""
    for place, call in calls(completion):
        expected = shape_of(call)
        if expected:
            yield violation_at(place, expected, call)


def _arguments(completion: ChatCompletion) -> list[tuple[str, str]]:
    """Place and text of the arguments of calls that were not cut."""
    reasons = {f"/choices/{number}/": choice.get("finish_reason") for number, choice, _ in messages(completion)}
    cut = tuple(start for start, reason in reasons.items() if reason in ("length", "content_filter"))
    return [
        (place, call["function"]["arguments"])
        for place, call in calls(completion)
        if call.get("type") == "function" and not shape_of(call) and not place.startswith(cut)
    ]


@check("chat.arguments-json", subject=ChatCompletion, applies=lambda completion: bool(_arguments(completion)))
def arguments_json(completion: ChatCompletion) -> Iterator[Violation]:
    """The arguments of a finished tool call are a JSON object."""
    for place, text in _arguments(completion):
        if not isinstance(parse_json(text), dict):
            yield violation_at(f"{place}/function/arguments", "the text of a JSON object", text)


@check(
    "chat.call-ids-unique",
    subject=ChatCompletion,
    applies=lambda completion: any(is_text(call.get("id")) for _, call in calls(completion)),
)
def call_ids_unique(completion: ChatCompletion) -> Iterator[Violation]:
    """No two tool calls of a message share an id."""
    seen: set[tuple[str, str]] = set()
    for place, call in calls(completion):
        key = (place.rpartition("/")[0], str(call.get("id")))
        if is_text(call.get("id")) and key in seen:
            yield violation_at(f"{place}/id", "an id that no call before it has", call["id"])
        seen.add(key)


def _finished_with_calls(completion: ChatCompletion) -> list[tuple[int, Mapping[str, Any]]]:
    return [
        (number, message)
        for number, choice, message in messages(completion)
        if choice.get("finish_reason") == "tool_calls"
    ]


@check(
    "chat.tool-calls-finish", subject=ChatCompletion, applies=lambda completion: bool(_finished_with_calls(completion))
)
def tool_calls_finish(completion: ChatCompletion) -> Iterator[Violation]:
    """A choice that finishes with tool_calls has tool calls."""
    for number, message in _finished_with_calls(completion):
        if not message.get("tool_calls"):
            got = message.get("tool_calls", MISSING)
            yield violation_at(f"/choices/{number}/message/tool_calls", "at least one call", got)


def allowed_tools(choice: Any) -> list[tuple[Any, Any]] | None:
    """Type and name of the tools that a tool_choice leaves open; None for all of them."""
    if choice == "none":
        return []
    if not isinstance(choice, dict):
        return None
    tools = (
        a_list(a_dict(choice.get("allowed_tools")).get("tools")) if choice.get("type") == "allowed_tools" else [choice]
    )
    found = [(tool.get("type"), a_dict(tool.get(str(tool.get("type")))).get("name")) for tool in map(a_dict, tools)]
    return found if all(is_text(kind) and is_text(name) for kind, name in found) else None


@check(
    "chat.calls-obey-choice",
    subject=ChatCompletion,
    applies=lambda completion: (
        completion.operation == "chat.create"
        and bool(completion.sent.get("tools"))
        and allowed_tools(completion.sent.get("tool_choice")) is not None
        and (not calls(completion) or not all(shape_of(call) for _, call in calls(completion)))
    ),
)
def calls_obey_choice(completion: ChatCompletion) -> Iterator[Violation]:
    """No completion calls a tool that its tool_choice forbids."""
    open_tools = allowed_tools(completion.sent["tool_choice"]) or []
    for place, call in calls(completion):
        kind = call.get("type")
        name = a_dict(call.get(str(kind))).get("name")
        if not shape_of(call) and (kind, name) not in open_tools:
            yield violation_at(place, "no such call, as tool_choice forbids it", name)


def _schema(completion: ChatCompletion) -> Any:
    form = a_dict(completion.sent.get("response_format"))
    inner = a_dict(form.get("json_schema"))
    strict = form.get("type") == "json_schema" and inner.get("strict") is True
    return inner.get("schema") if strict and completion.operation == "chat.create" else None


def _finished_texts(completion: ChatCompletion) -> list[tuple[int, str]]:
    return [
        (number, message["content"])
        for number, choice, message in messages(completion)
        if choice.get("finish_reason") == "stop" and is_text(message.get("content")) and not message.get("refusal")
    ]


@check(
    "chat.json-schema",
    subject=ChatCompletion,
    applies=lambda completion: isinstance(_schema(completion), dict) and bool(_finished_texts(completion)),
)
def json_schema(completion: ChatCompletion) -> Iterator[Violation]:
    """The content of a finished completion with a strict schema is JSON that fits it."""
    for number, text in _finished_texts(completion):
        value = parse_json(text)
        if value is MISSING:
            yield violation_at(f"/choices/{number}/message/content", "a text of JSON", text)
        elif why := misfit(_schema(completion), value):
            yield Violation(f"/choices/{number}/message/content", "JSON that fits the schema that was sent", why)


CUT = ("length", "content_filter")


def names_a_tool(sent: Mapping[str, Any]) -> bool:
    """The request forces a tool by its name, after which a choice may finish with stop."""
    return isinstance(sent.get("tool_choice"), dict) or sent.get("function_call") is not None


def _unforced(completion: ChatCompletion) -> list[tuple[int, Any]]:
    """Place and finish_reason of the choices with calls that the model chose to make."""
    made = [(number, choice.get("finish_reason")) for number, choice, message in messages(completion)
            if message.get("tool_calls")]  # fmt: skip
    return [] if names_a_tool(completion.sent) else [(number, reason) for number, reason in made if reason not in CUT]


@check("chat.calls-finish", subject=ChatCompletion, applies=lambda completion: bool(_unforced(completion)))
def calls_finish(completion: ChatCompletion) -> Iterator[Violation]:
    """A choice whose calls were not forced by name finishes with tool_calls."""
    for number, reason in _unforced(completion):
        if reason != "tool_calls":
            yield violation_at(f"/choices/{number}/finish_reason", "'tool_calls'", reason)
