"""Faults of modes: the model does not read what a create says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon.server.behaviour.fault import ModelInput
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import first_part
from antiphon.server.faults.modes.conditions import When, both, in_background, in_conversation, is_chained, is_streamed
from antiphon.server.json_values import Json

TEXT: Json = {"format": {"type": "text"}, "verbosity": "medium"}


def read_without(when: When, **settings: Any) -> Callable[[ModelInput], ModelInput]:
    """The model reads other settings than are shown."""

    def change(read: ModelInput) -> ModelInput:
        changed = {**read.settings, **settings} if when(read.body) else read.settings
        return ModelInput(read.body, changed, read.history, read.input)

    return change


def read_body_without(when: When, name: str) -> Callable[[ModelInput], ModelInput]:
    """The model does not read a field of the request that is not shown either."""

    def change(read: ModelInput) -> ModelInput:
        body = {key: value for key, value in read.body.items() if key != name} if when(read.body) else read.body
        return ModelInput(body, read.settings, read.history, read.input)

    return change


def forget(when: When) -> Callable[[ModelInput], ModelInput]:
    """The model does not read the turns before."""
    return lambda read: ModelInput(read.body, read.settings, [] if when(read.body) else read.history, read.input)


def read_first_parts(when: When) -> Callable[[ModelInput], ModelInput]:
    """The model reads no more than the first part of a message."""

    def change(read: ModelInput) -> ModelInput:
        given = [first_part(item) for item in read.input] if when(read.body) else read.input
        return ModelInput(read.body, read.settings, read.history, given)

    return change


FAULTS = (
    fault(
        "streamed-chain-uninstructed",
        "Instructions are not read in the stream of a continued response.",
        "modes.instructions-read",
        model_input=read_without(both(is_streamed, is_chained), instructions=None),
    ),
    fault(
        "background-uninstructed",
        "Instructions are not read in the background.",
        "modes.instructions-read",
        model_input=read_without(in_background, instructions=None),
    ),
    fault(
        "background-tools-unread",
        "Tools are not read in the background.",
        "modes.tools-read modes.choice-holds",
        model_input=read_without(in_background, tools=[]),
        implies="tools.hosted-refused-or-run tools.named-custom",
    ),
    fault(
        "chained-choice-ignored",
        "The model chooses freely where a response continues another.",
        "modes.choice-holds",
        model_input=read_without(is_chained, tool_choice="auto"),
        implies="tools.named-custom tools.hosted-refused-or-run",
    ),
    fault(
        "streamed-format-beside-tools",
        "The format of a stream is not held where tools are offered.",
        "modes.format-holds",
        model_input=read_without(both(is_streamed, lambda body: body.get("tools")), text=TEXT),
        implies="structured.valid-json",
    ),
    fault(
        "background-format-ignored",
        "A format is not held in the background.",
        "modes.format-holds",
        model_input=read_without(in_background, text=TEXT),
        implies="structured.valid-json",  # of streams in the background
    ),
    fault(
        "conversation-unlimited",
        "The limit of output does not hold in a conversation.",
        "modes.limit-holds",
        model_input=read_without(in_conversation, max_output_tokens=None),
        implies="limits.output-within-limit",
    ),
    fault(
        "streamed-include-ignored",
        "What include asks for does not come in a stream.",
        "modes.include-holds",
        model_input=read_body_without(is_streamed, "include"),
        implies="reasoning.encrypted-on-request create.include-refused-or-kept",
    ),
    fault(
        "background-first-part-only",
        "Only the first part of a message is read in the background.",
        "modes.parts-read",
        model_input=read_first_parts(in_background),
    ),
    fault(
        "streamed-chain-forgets",
        "The stream of a continued response does not read the turns before.",
        "modes.turns-read",
        model_input=forget(both(is_streamed, is_chained)),
    ),
    fault(
        "background-conversation-forgets",
        "A conversation is not read in the background.",
        "modes.turns-read",
        model_input=forget(both(in_background, in_conversation)),
    ),
    fault(
        "streamed-searches-unlimited",
        "max_tool_calls does not hold in a stream.",
        "tools.max-tool-calls-obeyed",
        model_input=read_without(is_streamed, max_tool_calls=None),
    ),
    fault(
        "streamed-calls-parallel",
        "Several functions are called at once in a stream, though they must not be.",
        "tools.parallel-off",
        model_input=read_without(is_streamed, parallel_tool_calls=True),
    ),
    fault(
        "chained-calls-parallel",
        "Several functions are called at once where a response continues another, though they must not be.",
        "tools.parallel-off",
        model_input=read_without(is_chained, parallel_tool_calls=True),
    ),
)
