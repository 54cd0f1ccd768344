"""Faults of chains: settings that are inherited, context that is lost, turns that cannot be continued."""

from __future__ import annotations

from collections.abc import Callable

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import CREATE, after, parent_of, record_of, refuse_create, show, store_of
from antiphon.server.faults.requests import input_items, refuse_when
from antiphon.server.model import tokens
from antiphon.server.responses.response_skeleton import BLANK


def refuse_second_branch(reply: OutgoingReply) -> None:
    parent, record = parent_of(reply), record_of(reply)
    if parent and record and len(store_of(reply).children(parent.id)) > 1:
        refuse_create(reply, "The previous response has been continued already.", 409)


def refuse_bare_output(reply: OutgoingReply) -> None:
    record = record_of(reply)
    if parent_of(reply) and record and all(item["type"] == "function_call_output" for item in record.input):
        refuse_create(reply, "No tool call found for the output in this input.")


def forget_when_unstored(reply: OutgoingReply) -> None:
    parent = parent_of(reply)
    if parent and reply.body["store"] is False and reply.body["usage"]:
        usage = reply.body["usage"]
        counted = usage["input_tokens"] - tokens.of_items(parent.context)
        show(reply, usage={**usage, "input_tokens": counted, "total_tokens": counted + usage["output_tokens"]})


def refuse_after_stream(reply: OutgoingReply) -> None:
    parent, record = parent_of(reply), record_of(reply)
    if parent and record and parent.streamed:
        refuse_create(reply, "Previous response not found.", code="previous_response_not_found")


def refuse_after_search(reply: OutgoingReply) -> None:
    parent = parent_of(reply)
    if parent and any(item["type"] == "web_search_call" for item in parent.response["output"]):
        refuse_create(reply, "Items of type 'web_search_call' cannot be continued.")


def inherit(field: str) -> Callable[[OutgoingReply], OutgoingReply]:
    """A setting that the next turn shows too, unless it has its own."""

    def change(reply: OutgoingReply) -> None:
        parent, record = parent_of(reply), record_of(reply)
        sent = record.body.get(field) is not None if record else reply.body[field] != BLANK[field]
        if parent and not sent:
            if record:
                record.response[field] = parent.response[field]
            show(reply, **{field: parent.response[field]})

    return after(CREATE, change)


def refuse_continuing(reply: OutgoingReply) -> None:
    if parent_of(reply):
        refuse_create(reply, "This account may not do that.")


FAULTS = (
    fault(
        "continuing-refused",
        "A response that is stored cannot be continued.",
        "chain.continues",
        reply=after(CREATE, refuse_continuing),
        implies="tools.message-before-call "
        "chain.after-cut tools.turns-continue "
        "chain.usable-after-stream chain.function-output-continues chain.hosted-items-replayed",
    ),
    fault(
        "bare-text-refused-in-chain",
        "A message of the assistant without a type is refused where a response is continued.",
        "chain.accepts-the-same",
        request=refuse_when(
            lambda body: (
                bool(body.get("previous_response_id"))
                and any("type" not in each and each.get("role") == "assistant" for each in input_items(body, "message"))
            )
        ),
    ),
    fault(
        "chain-empty",
        "previous_response_id is accepted, and its context is left out.",
        "chain.context-included",
        policy={"chains": False},
        implies="tools.message-before-call "
        "modes.turns-read chain.grows chain.context-matches-replay chain.function-output-continues "
        "input-tokens.grows-with-previous"
        " tools.turns-continue",
    ),
    fault(
        "chain-without-output",
        "A continued response does not read what the model said before.",
        "chain.context-matches-replay",
        policy={"chain_keeps_output": False},
        implies="tools.message-before-call chain.function-output-continues chain.context-included tools.turns-continue",
    ),
    fault(
        "chain-without-input",
        "A continued response does not read what the user said before.",
        "chain.context-matches-replay",
        policy={"chain_keeps_input": False},
        implies="modes.turns-read tools.turns-continue chain.context-included",
    ),
    fault(
        "chain-forgets",
        "A continued response reads only the turn right before it.",
        "chain.grows",
        policy={"chain_reaches_back": False},
        implies="tools.turns-continue chain.context-matches-replay",
    ),
    fault(
        "instructions-inherited",
        "Instructions of an earlier response are carried over.",
        "chain.instructions-not-inherited chain.instructions-null",
        policy={"inherits_instructions": True},
    ),
    fault(
        "tools-inherited",
        "Tools of an earlier response are carried over.",
        "chain.tools-not-inherited",
        policy={"inherits_tools": True},
        implies="response.echo.tools",
    ),
    fault(
        "tool-choice-inherited",
        "The tool_choice of an earlier response is carried over.",
        "chain.tool-choice-not-inherited",
        reply=inherit("tool_choice"),
        implies="response.echo.tool-choice",
    ),
    fault(
        "format-inherited",
        "The text of an earlier response is carried over.",
        "chain.text-not-inherited response.echo.format-default",
        reply=inherit("text"),
    ),
    fault(
        "temperature-inherited",
        "The temperature of an earlier response is carried over.",
        "chain.temperature-not-inherited",
        reply=inherit("temperature"),
    ),
    fault(
        "metadata-inherited",
        "The metadata of an earlier response is carried over.",
        "chain.metadata-not-inherited metadata.empty-by-default",
        reply=inherit("metadata"),
    ),
    fault(
        "second-branch-refused",
        "A response can be continued only once.",
        "chain.fork-succeeds",
        reply=after(CREATE, refuse_second_branch),
        implies="chain.fork-separate",
    ),
    fault(
        "forks-leak",
        "A second branch of a chain reads the input of the first.",
        "chain.fork-separate",
        policy={"forks_leak": True},
    ),
    fault(
        "bare-output-refused",
        "An output is refused when its call stands in an earlier turn.",
        "chain.function-output-continues",
        reply=after(CREATE, refuse_bare_output),
        implies="tools.message-before-call",
    ),
    fault(
        "previous-ignored",
        "An unknown previous_response_id is taken as none.",
        "chain.unknown-refused",
        policy={"unknown_previous": "ignored"},
        implies="chain.unstored-refused store.delete-then-chain compact.id-not-chainable "
        "errors.trigger.compact-unknown-previous errors.trigger.input-tokens-unknown-previous",
    ),
    fault(
        "stream-not-continued",
        "A response that was streamed cannot be continued.",
        "chain.usable-after-stream",
        reply=after(CREATE, refuse_after_stream),
    ),
    fault(
        "unstored-turn-forgets",
        "A turn with store false does not read the turns before it.",
        "chain.store-off-continues",
        reply=after(CREATE, forget_when_unstored),
    ),
    fault(
        "search-not-continued",
        "A response with a web search cannot be continued.",
        "chain.hosted-items-replayed",
        reply=after(CREATE, refuse_after_search),
    ),
)
