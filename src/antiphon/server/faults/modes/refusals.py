"""Faults of modes: what a create says is refused, lost, or not kept."""

from __future__ import annotations

from collections.abc import Callable

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.behaviour.rules import ConversationRules, SocketRules
from antiphon.server.faults.base import fault
from antiphon.server.faults.modes.conditions import When, both, in_conversation, is_chained, is_streamed
from antiphon.server.faults.replies import CREATE, after, parent_of, refuse_create
from antiphon.server.faults.requests import change_request, input_items, refuse_when
from antiphon.server.faults.rewrites import edit_response
from antiphon.server.json_values import Json


def lose(when: When, *names: str) -> Callable[[str, Json], Json]:
    """Fields of a create are not looked at in one mode."""
    return change_request(
        lambda body: {key: value for key, value in body.items() if key not in names} if when(body) else body
    )


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


FAULTS = (
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
        implies="background.poll-equals store.get-equals-create stream.final.equals-retrieved",
    ),
    fault(
        "streamed-searches-refused",
        "Hosted calls of an earlier response are refused as input of a stream.",
        "create.replay-rich",
        request=refuse_when(both(is_streamed, brings_searches), param="input"),
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
)
