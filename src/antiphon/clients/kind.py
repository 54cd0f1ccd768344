"""Kind of a call: its operation, how it is answered, and what it asks for, as far as clients differ in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_FLAGS = ("previous_response_id", "conversation", "background")
"""Fields whose presence is a trait of the kind."""
_PLAIN = frozenset({"message", "reasoning", "function_call"})
"""Types of output items that every client of tools reads; others come to those that offer tools of such a type."""


def kind_of(operation: str, method: str, body: Any, query: Any = (), items: Iterable[Any] = ()) -> str:
    """The kind of a call, as words: `create streamed tools structured`; items are the types of what is answered."""
    sent = body if isinstance(body, Mapping) else {}
    names = [name for name, _ in query.items() if name == "stream"] if isinstance(query, Mapping) else []
    transport = ["socket"] if method == "WS" else ["streamed"] if sent.get("stream") or names else []
    return " ".join([operation, *transport, *_flags(sent), *_used(sent, items)])


def _used(sent: Mapping[str, Any], items: Iterable[Any]) -> Iterator[str]:
    """Whether a tool that is no function was used: what comes then, a client of functions never gets."""
    tools = sent.get("tools")
    offered = [each.get("type") for each in tools if isinstance(each, Mapping)] if isinstance(tools, list) else []
    if any(each != "function" for each in offered) and any(
        isinstance(each, str) and each not in _PLAIN for each in items
    ):
        yield "used"


def _flags(sent: Mapping[str, Any]) -> Iterator[str]:
    tools = sent.get("tools")
    if isinstance(tools, list) and tools:
        choice = sent.get("tool_choice")
        yield "tools"
        if choice == "required" or isinstance(choice, Mapping):
            yield "forced"
    text = sent.get("text")
    form = text.get("format") if isinstance(text, Mapping) else None
    if isinstance(form, Mapping) and form.get("type") in ("json_schema", "json_object"):
        yield "structured"
    if sent.get("reasoning"):
        yield "reasoning"
    yield from (name for name in _FLAGS if sent.get(name))
    items = sent.get("input")
    types = {each.get("type") for each in items if isinstance(each, Mapping)} if isinstance(items, list) else set()
    if any(isinstance(each, str) and each.endswith("_output") for each in types):
        yield "outputs"
    elif types - {"message", None}:
        yield "replayed"
