"""Faults of modes: what a plain create does right is done wrong in another mode or context."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from antiphon.server.behaviour.fault import ModelInput, OutgoingReply
from antiphon.server.behaviour.rules import ConversationRules, SocketRules
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import (
    CREATE,
    EMPTY_PAGE,
    GET,
    LIST,
    after,
    parent_of,
    record_of,
    refuse_create,
    show,
)
from antiphon.server.faults.requests import change_request, input_items, refuse_when
from antiphon.server.faults.rewrites import edit_response
from antiphon.server.json_values import Json
from antiphon.server.state.store import Record

When = Callable[[Json], Any]
"""Whether the body of a create is of a mode or context."""


def is_streamed(body: Json) -> bool:
    return body.get("stream") is True and not body.get("background")


def in_background(body: Json) -> bool:
    return body.get("background") is True


def is_chained(body: Json) -> bool:
    return bool(body.get("previous_response_id"))


def in_conversation(body: Json) -> bool:
    return bool(body.get("conversation"))


def both(one: When, other: When) -> When:
    return lambda body: one(body) and other(body)


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


def first_part(item: Json) -> Json:
    """A message with its first part alone."""
    content = item.get("content")
    return {**item, "content": content[:1]} if isinstance(content, list) else item


def read_first_parts(when: When) -> Callable[[ModelInput], ModelInput]:
    """The model reads no more than the first part of a message."""

    def change(read: ModelInput) -> ModelInput:
        given = [first_part(item) for item in read.input] if when(read.body) else read.input
        return ModelInput(read.body, read.settings, read.history, given)

    return change


def lose(when: When, *names: str) -> Callable[[str, Json], Json]:
    """Fields of a create are not looked at in one mode."""
    return change_request(
        lambda body: {key: value for key, value in body.items() if key not in names} if when(body) else body
    )


def of_streams(operation: str, change: Callable[[OutgoingReply, Record], None]) -> Callable[..., OutgoingReply]:
    """Change what is read of a response that was streamed."""

    def hook(reply: OutgoingReply) -> None:
        record = record_of(reply)
        if record and record.streamed:
            change(reply, record)

    return after(operation, hook)


def show_no_tools(reply: OutgoingReply, record: Record) -> None:
    show(reply, tools=[])


def show_one_call(reply: OutgoingReply, record: Record) -> None:
    calls = [item for item in reply.body["output"] if item["type"] == "function_call"]
    show(reply, output=[item for item in reply.body["output"] if item not in calls[1:]])


def list_nothing(reply: OutgoingReply, record: Record) -> None:
    reply.body = EMPTY_PAGE


def list_first_parts(reply: OutgoingReply) -> None:
    show(reply, data=[first_part(item) for item in reply.body["data"]])


def list_backwards(reply: OutgoingReply, record: Record) -> None:
    show(reply, data=reply.body["data"][::-1])


def list_no_outputs(reply: OutgoingReply) -> None:
    show(reply, data=[item for item in reply.body["data"] if item["type"] != "function_call_output"])


def list_no_searches(reply: OutgoingReply) -> None:
    show(reply, data=[item for item in reply.body["data"] if item["type"] != "web_search_call"])


def list_no_arguments(reply: OutgoingReply) -> None:
    """The calls of a conversation are listed without what they were called with."""
    data = [{**item, "arguments": "{}"} if "arguments" in item else item for item in reply.body["data"]]
    show(reply, data=data)


def brings_searches(body: Json) -> bool:
    """Calls of a hosted tool are among the input."""
    return bool(input_items(body, "web_search_call"))


def brings_cut_messages(body: Json) -> bool:
    """Messages that were cut are among the input."""
    return any(item.get("status") == "incomplete" for item in input_items(body, "message"))


def brings_outputs(body: Json) -> bool:
    """Outputs of functions are among the input."""
    return bool(input_items(body, "function_call_output"))


def refuse_after_cut(reply: OutgoingReply) -> None:
    parent = parent_of(reply)
    if parent and parent.response["status"] == "incomplete":
        refuse_create(reply, "An incomplete response cannot be continued.")


def lose_usage(response: Json) -> Json:
    """A background response without usage; of another all is shown."""
    return {**response, "usage": None} if response["background"] else response


TEXT: Json = {"format": {"type": "text"}, "verbosity": "medium"}

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
        "socket-drops-instructions",
        "The instructions at the top of a create over a WebSocket are not read.",
        "modes.settings-shown modes.instructions-read",
        policy={"sockets": SocketRules(unread=frozenset({"instructions"}))},
    ),
    fault(
        "socket-drops-tools",
        "The tools at the top of a create over a WebSocket are not read.",
        "modes.settings-shown modes.choice-holds modes.tools-read",
        policy={"sockets": SocketRules(unread=frozenset({"tools", "tool_choice"}))},
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
        "streamed-chain-unlabelled",
        "The stream of a continued response loses its metadata.",
        "response.echo.metadata",
        request=lose(both(is_streamed, is_chained), "metadata"),
        implies="modes.settings-shown metadata.in-stream metadata.kept-on-get",
    ),
    fault(
        "conversation-format-refused",
        "A strict format is refused in a conversation.",
        "modes.taken",
        request=refuse_when(both(in_conversation, lambda body: body.get("text")), param="text"),
    ),
    fault(
        "background-stream-uncounted",
        "The stream of a background response ends without usage.",
        "stream.usage.in-terminal",
        events=edit_response("response.completed", by=lose_usage),
        implies="store.get-equals-create stream.final.equals-retrieved",
    ),
    fault(
        "streamed-tools-read-empty",
        "A streamed response reads without its tools.",
        "modes.settings-kept",
        reply=of_streams(GET, show_no_tools),
    ),
    fault(
        "streamed-second-call-lost",
        "A streamed response reads without its second call.",
        "store.get-equals-create",
        reply=of_streams(GET, show_one_call),
        implies="tools.message-before-call",
    ),
    fault(
        "streamed-input-unlisted",
        "The input of a streamed response is not listed.",
        "modes.input-listed",
        reply=of_streams(LIST, list_nothing),
        implies="input-items.calls-as-sent",
    ),
    fault(
        "first-part-listed",
        "Of a message of the input its first part is listed.",
        "modes.input-listed",
        reply=after(LIST, list_first_parts),
    ),
    fault(
        "outputs-unlisted",
        "Outputs of calls are not listed among the input.",
        "input-items.calls-as-sent",
        reply=after(LIST, list_no_outputs),
        implies="modes.input-listed input-items.first-last-ids limits.call-id-64",
    ),
    fault(
        "searches-unlisted",
        "Hosted calls are not listed among the input.",
        "modes.input-listed",
        reply=after(LIST, list_no_searches),
    ),
    fault(
        "streamed-searches-refused",
        "Hosted calls of an earlier response are refused as input of a stream.",
        "create.replay-rich",
        request=refuse_when(both(is_streamed, brings_searches), param="input"),
    ),
    fault(
        "appended-calls-empty",
        "Calls that were appended to a conversation are listed without their arguments.",
        "modes.turn-appended",
        reply=after("list-conversation-items", list_no_arguments),
    ),
    fault(
        "streamed-outputs-refused",
        "Outputs of calls are refused in the stream of a continued response.",
        "tools.turns-continue",
        request=refuse_when(both(both(is_streamed, is_chained), brings_outputs), param="input"),
        implies="tools.message-before-call",
    ),
    fault(
        "cut-not-continued",
        "A response that was cut cannot be continued.",
        "chain.after-cut",
        reply=after(CREATE, refuse_after_cut),
    ),
    fault(
        "cut-not-sent-back",
        "Items that are incomplete are refused as input.",
        "create.replay-cut",
        request=refuse_when(brings_cut_messages),
    ),
    fault(
        "streamed-turn-not-appended",
        "What a streamed response reads and says is not appended to its conversation.",
        "modes.turn-appended",
        policy={"conversations": ConversationRules(appends_streams=False)},
    ),
    fault(
        "streamed-unstored-readable",
        "A streamed response with store false can be read.",
        "modes.store-off",
        policy={"keeps_unstored_streams": True},
    ),
    fault(
        "unstored-turn-readable",
        "A response with store false can be read where it continues another.",
        "store.off-not-readable",
        policy={"keeps_unstored_turns": True},
    ),
    fault(
        "streamed-chain-untuned",
        "The stream of a continued response loses its temperature.",
        "response.echo.temperature",
        request=lose(both(is_streamed, is_chained), "temperature"),
        implies="modes.settings-shown",
    ),
    fault(
        "conversation-untuned",
        "A conversation loses what a create says of truncation and of hosted calls.",
        "response.echo.truncation response.echo.max-tool-calls",
        request=lose(in_conversation, "truncation", "max_tool_calls"),
        implies="modes.settings-shown",
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
    fault(
        "streamed-input-backwards",
        "The input of a streamed response is listed in the wrong order.",
        "input-items.order-matches-input",
        reply=of_streams(LIST, list_backwards),
        implies="input-items.first-last-ids",
    ),
)
