"""Faults of modes: a response or its input reads otherwise than it was."""

from __future__ import annotations

from collections.abc import Callable

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import first_part
from antiphon.server.faults.replies import EMPTY_PAGE, GET, LIST, after, record_of, show
from antiphon.server.state.store import Record


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


FAULTS = (
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
        "appended-calls-empty",
        "Calls that were appended to a conversation are listed without their arguments.",
        "modes.turn-appended",
        reply=after("list-conversation-items", list_no_arguments),
    ),
    fault(
        "streamed-input-backwards",
        "The input of a streamed response is listed in the wrong order.",
        "input-items.order-matches-input",
        reply=of_streams(LIST, list_backwards),
        implies="input-items.first-last-ids",
    ),
)
