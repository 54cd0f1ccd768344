"""Levers on one exchange: whether a parameter changed the outcome. They do not depend on the model's quality.

Each takes a create and the value that was sent, and says yes, no, or None where nothing can be told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from antiphon.effects.create_record import CreateRecord, as_object, is_whole, objects

Lever = Callable[[CreateRecord, Any], bool | None]
RUNNING = ("queued", "in_progress")
FUNCTIONS = ("function_call", "custom_tool_call")


def runs_in_background(create: CreateRecord, value: Any) -> bool | None:
    """The reply comes before the response is finished."""
    if value is not True or create.exchange.is_stream or not create.reply:
        return None
    return create.reply.get("status") in RUNNING


def is_streamed(create: CreateRecord, value: Any) -> bool | None:
    """The reply is a stream of events."""
    return create.exchange.is_stream if value is True else None


def is_cut(create: CreateRecord, value: Any) -> bool | None:
    """The answer ends at the limit, and not beyond it."""
    made = create.tokens("output")
    if not isinstance(value, int) or made is None:
        return None
    asked = is_whole(create.sent.get("n")) or 1
    if made > value * max(asked, len(create.choices)):
        return False
    reason = as_object(create.reply.get("incomplete_details")).get("reason")
    ended = reason == "max_output_tokens" or any(each.get("finish_reason") == "length" for each in create.choices)
    return True if ended else None


def obeys_choice(create: CreateRecord, value: Any) -> bool | None:
    """A required call is made, and no call is made where none is allowed."""
    if not create.is_done or not create.sent.get("tools"):
        return None
    if value == "none":
        return False if create.calls else None
    named = as_object(value)
    name = as_object(named.get("function")).get("name") or named.get("name")
    if named.get("type") == "function":
        return name in create.calls
    offered = [tool.get("type") for tool in objects(create.sent.get("tools"))]
    only = bool(offered) and all(kind == "function" for kind in offered)
    return bool(create.calls) if value == "required" and only else None


def calls_function(create: CreateRecord, value: Any) -> bool | None:
    """A function that was sent is called."""
    names = [as_object(tool.get("function")).get("name") or tool.get("name") for tool in objects(value)]
    return True if any(name in names for name in create.calls) else obeys_choice(create, create.sent.get("tool_choice"))


def calls_once(create: CreateRecord, value: Any) -> bool | None:
    """No more than one function is called at once."""
    return False if value is False and len(create.calls) > 1 else None


def few_calls(create: CreateRecord, value: Any) -> bool | None:
    """Hosted tools are called so often, and no more."""
    kinds = [str(item.get("type")) for item in create.items]
    hosted = [kind for kind in kinds if kind.endswith("_call") and kind not in FUNCTIONS]
    if not isinstance(value, int) or not hosted:
        return None
    return False if len(hosted) > value else None


def constant(create: CreateRecord, value: Any) -> bool | None:
    """The text is JSON with what a schema leaves no choice of."""
    named = as_object(as_object(value).get("format") or value)
    schema = as_object(as_object(named.get("json_schema")).get("schema") or named.get("schema"))
    only = {
        name: choices[0]
        for name, each in as_object(schema.get("properties")).items()
        if isinstance(each, dict) and len(choices := each.get("enum") or []) == 1
    }
    if not only or not create.is_done or not create.texts:
        return None
    try:
        said = json.loads(create.texts[-1])
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and all(said.get(name) == each for name, each in only.items())


def has_included(create: CreateRecord, value: Any) -> bool | None:
    """Requested includes appear in the items that can hold them."""
    wanted = value if isinstance(value, list) else []
    if "reasoning.encrypted_content" in wanted:
        thoughts = [item for item in create.items if item.get("type") == "reasoning"]
        if thoughts:
            return all(item.get("encrypted_content") for item in thoughts)
    if "message.output_text.logprobs" in wanted:
        said = [part for part in create.parts if part.get("text")]
        return all(part.get("logprobs") for part in said) if said else None
    return None


def probabilities(create: CreateRecord, value: Any) -> bool | None:
    """Each token has its probability."""
    if value is not True or not create.texts:
        return None
    return all(objects(as_object(each.get("logprobs")).get("content")) for each in create.choices)


def alternatives(create: CreateRecord, value: Any) -> bool | None:
    """So many alternatives are listed for each token."""
    if not isinstance(value, int) or not value:
        return None
    listed = [each.get("logprobs") for each in create.parts]
    listed += [as_object(each.get("logprobs")).get("content") for each in create.choices]
    tokens = [token for each in listed for token in objects(each)]
    return all(len(objects(token.get("top_logprobs"))) == value for token in tokens) if tokens else None


def many_choices(create: CreateRecord, value: Any) -> bool | None:
    """The reply has the requested number of choices."""
    if not isinstance(value, int) or value < 2:
        return None
    return len(create.choices) == value


def counts_usage(create: CreateRecord, value: Any) -> bool | None:
    """A stream that is to count its tokens does."""
    if as_object(value).get("include_usage") is not True or not create.exchange.is_stream:
        return None
    return any(isinstance(event.get("usage"), dict) for event in create.exchange.events)


def has_summary(create: CreateRecord, value: Any) -> bool | None:
    """A reasoning item has the requested summary, or encrypted content."""
    thoughts = [item for item in create.items if item.get("type") == "reasoning"]
    if not as_object(value).get("summary") or not thoughts:
        return None
    return any(objects(item.get("summary")) for item in thoughts)


def has_moderation(create: CreateRecord, value: Any) -> bool | None:
    """The reply has the results of moderation."""
    if not isinstance(value, dict) or not create.is_done:
        return None
    return bool(as_object(create.reply.get("moderation")))


LEVERS: Mapping[str, Lever] = {
    "runs-on": runs_in_background,
    "streams": is_streamed,
    "cut": is_cut,
    "forced": obeys_choice,
    "called": calls_function,
    "single": calls_once,
    "few-calls": few_calls,
    "constant": constant,
    "included": has_included,
    "probabilities": probabilities,
    "alternatives": alternatives,
    "many-choices": many_choices,
    "counts-usage": counts_usage,
    "summarised": has_summary,
    "moderated": has_moderation,
}
"""Levers by the names that spec/parameters.yaml has for them."""
COUNTED_LEVERS = frozenset({"cut"})
"""Levers that read counts of tokens where they say no."""
