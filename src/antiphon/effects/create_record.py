"""One create as the table of parameters uses it, and the parameters that its reply repeats."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from antiphon.contract.parameters import Parameter
from antiphon.recording.chat_chunks import joined_completion
from antiphon.recording.exchange import Exchange


@dataclass(frozen=True)
class CreateRecord:
    """Create with its request and reply as JSON objects; empty where they are none."""

    exchange: Exchange
    operation: str

    @cached_property
    def sent(self) -> Mapping[str, Any]:
        """The body of the request; empty where it is no object."""
        return as_object(self.exchange.sent)

    @cached_property
    def reply(self) -> Mapping[str, Any]:
        """The body of the reply, or what its chunks join to; empty where it is no object."""
        if self.operation == "chat.create" and self.exchange.is_stream:
            return joined_completion(self.exchange.events)
        return as_object(self.exchange.reply)

    @cached_property
    def items(self) -> list[Mapping[str, Any]]:
        """The items of the output."""
        return objects(self.reply.get("output"))

    @cached_property
    def choices(self) -> list[Mapping[str, Any]]:
        """The choices of a completion."""
        return objects(self.reply.get("choices"))

    @cached_property
    def usage(self) -> Mapping[str, Any]:
        """The usage of the reply; empty where it has none."""
        return as_object(self.reply.get("usage"))

    def tokens(self, kind: str) -> int | None:
        """The count of `input` or `output` tokens, by its name on either surface; None where there is none."""
        return is_whole(self.usage.get(self._count_of(kind)))

    def place_of(self, kind: str) -> str:
        """The place of that count in the reply."""
        return f"/usage/{self._count_of(kind)}"

    def _count_of(self, kind: str) -> str:
        older = {"input": "prompt_tokens", "output": "completion_tokens"}
        return older[kind] if self.operation == "chat.create" else f"{kind}_tokens"

    @cached_property
    def is_done(self) -> bool:
        """The response is complete, not cut by a limit."""
        if self.operation == "chat.create":
            return bool(self.choices) and all(each.get("finish_reason") != "length" for each in self.choices)
        return self.reply.get("status") == "completed"

    @cached_property
    def texts(self) -> list[str]:
        """The texts that were answered."""
        if self.operation == "chat.create":
            said = [as_object(each.get("message")).get("content") for each in self.choices]
        else:
            said = [part.get("text") for part in self.parts]
        return [text for text in said if isinstance(text, str) and text]

    @cached_property
    def parts(self) -> list[Mapping[str, Any]]:
        """The parts of all messages of the output."""
        return [part for item in self.items if item.get("type") == "message" for part in objects(item.get("content"))]

    @cached_property
    def calls(self) -> list[str]:
        """The names of the functions that were called."""
        if self.operation == "create":
            return [str(item.get("name")) for item in self.items if item.get("type") == "function_call"]
        return [str(as_object(call.get("function")).get("name")) for call in self.tool_calls]

    @property
    def tool_calls(self) -> list[Mapping[str, Any]]:
        """The calls of all choices of a completion."""
        return [call for each in self.choices for call in objects(as_object(each.get("message")).get("tool_calls"))]


def as_object(value: Any) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; none where the value is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def is_whole(value: Any) -> int | None:
    """The value if it is an integer, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def repeated_value(parameter: Parameter, create: CreateRecord) -> bool | None:
    """The reply repeats a value that is not the default; None where this cannot be seen: the field is absent."""
    value = create.sent.get(parameter.name)
    if (
        not parameter.echo
        or parameter.how == "never"
        or value is None
        or value == parameter.default
        or parameter.echo not in create.reply
    ):
        return None
    shown = create.reply.get(parameter.echo)
    match parameter.how:
        case "resolved":
            return bool(shown)
        case "reference":
            return as_object(shown).get("id") == (value.get("id") if isinstance(value, dict) else value)
        case "filled":
            return _within(value, shown)
    return _within(value, shown) and _within(shown, value)


def _within(small: Any, large: Any) -> bool:
    """One value contains all of another; null and absent fields are equal."""
    if isinstance(small, dict):
        found = as_object(large)
        return isinstance(large, dict) and all(_within(each, found.get(key)) for key, each in small.items())
    if isinstance(small, list):
        return isinstance(large, list) and len(small) == len(large) and all(map(_within, small, large))
    return bool(small is None or small == large)


def refusals(create: CreateRecord) -> Iterator[str]:
    """The parameters that a refusal names: in `param`, or in its message where there is none."""
    if not create.exchange.is_client_error:
        return
    error = as_object(as_object(create.exchange.body).get("error"))
    param, message = error.get("param"), error.get("message")
    for name in create.sent:
        if isinstance(param, str) and param:
            if param == name or param.startswith((f"{name}.", f"{name}[")):
                yield name
        elif isinstance(message, str) and name in message:
            yield name


def size(value: Any) -> int:
    """The length of a value as JSON."""
    return len(json.dumps(value, ensure_ascii=False))
