"""Chains that inherit settings, and turns that cannot be continued."""

from __future__ import annotations

from antiphon.server import tokens
from antiphon.server.faults.base import Fault, Reply
from antiphon.server.faults.store_reach import CREATE, after, fault, parent_of, record_of, refuse, show, store_of


def inheriting(field: str, name: str, breaks: str, implies: str = "") -> Fault:
    """A setting that the next turn shows too, unless it has its own."""

    def change(reply: Reply) -> None:
        parent, record = parent_of(reply), record_of(reply)
        if parent and record and record.body.get(field) is None:
            record.response[field] = parent.response[field]
            show(reply, **{field: parent.response[field]})

    says = f"The {field} of an earlier response is carried over."
    return fault(name, says, breaks, after(CREATE, change), implies)


def refuse_second_branch(reply: Reply) -> None:
    parent, record = parent_of(reply), record_of(reply)
    if parent and record and len(store_of(reply).children(parent.id)) > 1:
        store_of(reply).delete(record)
        refuse(reply, "The previous response has been continued already.", 409)


def refuse_bare_output(reply: Reply) -> None:
    record = record_of(reply)
    if parent_of(reply) and record and all(item["type"] == "function_call_output" for item in record.input):
        store_of(reply).delete(record)
        refuse(reply, "No tool call found for the output in this input.")


def forget_when_unstored(reply: Reply) -> None:
    parent = parent_of(reply)
    if parent and reply.body["store"] is False and reply.body["usage"]:
        usage = reply.body["usage"]
        counted = usage["input_tokens"] - tokens.of_items(parent.context)
        show(reply, usage={**usage, "input_tokens": counted, "total_tokens": counted + usage["output_tokens"]})


def refuse_after_stream(reply: Reply) -> None:
    parent, record = parent_of(reply), record_of(reply)
    if parent and record and parent.streamed:
        store_of(reply).delete(record)
        refuse(reply, "Previous response not found.", code="previous_response_not_found")


def refuse_after_search(reply: Reply) -> None:
    parent, record = parent_of(reply), record_of(reply)
    if parent and any(item["type"] == "web_search_call" for item in parent.response["output"]):
        if record:
            store_of(reply).delete(record)
        refuse(reply, "Items of type 'web_search_call' cannot be continued.")


FAULTS: tuple[Fault, ...] = (
    inheriting("temperature", "temperature-inherited", "chain.temperature-not-inherited"),
    inheriting("tool_choice", "tool-choice-inherited", "chain.tool-choice-not-inherited", "response.echo.tool-choice"),
    inheriting("text", "format-inherited", "chain.text-not-inherited", "response.echo.format-default"),
    inheriting("metadata", "metadata-inherited", "chain.metadata-not-inherited metadata.empty-by-default"),
    fault(
        "second-branch-refused",
        "A response can be continued only once.",
        "chain.fork-succeeds",
        after(CREATE, refuse_second_branch),
        "chain.fork-separate",
    ),
    fault(
        "bare-output-refused",
        "An output is refused when its call stands in an earlier turn.",
        "chain.function-output-continues",
        after(CREATE, refuse_bare_output),
    ),
    fault(
        "unstored-turn-forgets",
        "A turn with store false does not read the turns before it.",
        "chain.store-off-continues",
        after(CREATE, forget_when_unstored),
    ),
    fault(
        "stream-not-continued",
        "A response that was streamed cannot be continued.",
        "chain.usable-after-stream",
        after(CREATE, refuse_after_stream),
    ),
    fault(
        "search-not-continued",
        "A response with a web search cannot be continued.",
        "chain.hosted-items-replayed",
        after(CREATE, refuse_after_search),
    ),
)
