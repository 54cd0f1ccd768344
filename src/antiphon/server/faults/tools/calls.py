"""Faults of tools: calls and outputs that are refused, choices that are not followed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable

from antiphon.server.behaviour.fault import Events
from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import in_item, in_member, lose
from antiphon.server.faults.replies import change_body
from antiphon.server.faults.requests import change_request, input_items, offered_tools, refuse_when
from antiphon.server.faults.rewrites import event_at, put_item
from antiphon.server.json_values import Event, Json, dumps

PLAIN_ID = re.compile(r"[A-Za-z0-9_-]+")
STAMP = re.compile(r"[A-F]{3}-[0-9]{2}")
"""The inputs that a pattern allows and another fault spoils."""


def outputs_of(body: Json) -> list[Json]:
    return input_items(body, "function_call_output")


def is_out_of_order(body: Json) -> bool:
    """Outputs come in another order than their calls."""
    called = [item.get("call_id") for item in input_items(body, "function_call")]
    returned = [item.get("call_id") for item in outputs_of(body)]
    return [each for each in called if each in returned] != [each for each in returned if each in called]


def has_odd_id(body: Json) -> bool:
    return any(not PLAIN_ID.fullmatch(str(item.get("call_id"))) for item in input_items(body, "function_call"))


def list_allowed(response: Json) -> Json:
    """Only the tools that may be called are listed."""
    choice = response["tool_choice"]
    if not isinstance(choice, dict) or choice["type"] != "allowed_tools":
        return response
    names = [tool.get("name") for tool in choice["tools"]]
    return {**response, "tools": [tool for tool in response["tools"] if tool.get("name") in names]}


def cap_calls(response: Json) -> Json:
    """No more function calls than max_tool_calls."""
    most = response["max_tool_calls"]
    return {**response, "output": response["output"][:most]} if most and len(response["tools"]) > 1 else response


def add_empty_message(body: Json) -> Json:
    if not any(item["type"] == "function_call" for item in body["output"]):
        return body
    message = {"id": "msg_" + "0" * 48, "type": "message", "status": "completed", "role": "assistant", "content": []}
    return {**body, "output": [*body["output"], message]}


def change_input(by: Callable[[str], str]) -> Callable[[Events], Events]:
    """Change the input of custom calls in the events of a stream, where it comes in one piece then."""

    async def rewrite(events: Events) -> AsyncIterator[Event]:
        async for event in events:
            if event["type"] == "response.custom_tool_call_input.delta":
                continue
            if event["type"] == "response.custom_tool_call_input.done":
                event = {**event, "input": by(event["input"])}
                yield event_at(event, "response.custom_tool_call_input.delta", delta=event["input"])
            yield event

    return rewrite


def wrap_input(text: str) -> str:
    return dumps({"input": text}).decode()


def spoil_stamp(text: str) -> str:
    """The text of a pattern with a letter too many."""
    return text + "!" if STAMP.fullmatch(text) else text


def lower_name(item: Json) -> Json:
    """A name in small letters without hyphens."""
    return {**item, "name": item["name"].lower().replace("-", "_")} if "-" in item["name"] else item


PATCH_CHOICE = {"type": "apply_patch"}


def forget_patch(body: Json) -> Json:
    """The model is told that it may call nothing, where patches are forced."""
    return {**body, "tool_choice": "none"} if body.get("tool_choice") == PATCH_CHOICE else body


def show_patch_choice(response: Json) -> Json:
    offers = [tool["type"] for tool in response["tools"]] == ["apply_patch"]
    return {**response, "tool_choice": PATCH_CHOICE} if offers and response["tool_choice"] == "none" else response


FAULTS = (
    fault(
        "short-description-refused",
        "A function is refused for its description, and not as a tool.",
        "tools.taken",
        request=refuse_when(lambda body: any(tool.get("description") == "Washes it." for tool in offered_tools(body))),
    ),
    fault(
        "patch-not-made",
        "A patch that is forced is not made, though the reply repeats the choice.",
        "tools.hosted-refused-or-run",
        request=change_request(forget_patch),
        response=show_patch_choice,
    ),
    fault(
        "namespace-lost",
        "A call of a function in a namespace does not say which.",
        "tools.call-names-namespace",
        item=in_item("function_call", lose("namespace")),
    ),
    fault(
        "name-in-small-letters",
        "A function whose name has a hyphen is called in small letters and without it.",
        "tools.name-letters-kept",
        item=in_item("function_call", lower_name),
        implies="item.function-name-listed tools.calls-obey-choice modes.turn-appended",
    ),
    fault(
        "custom-input-in-json",
        "The input of a custom tool is an object with the text in it.",
        "tools.custom-input-plain",
        item=in_item("custom_tool_call", in_member("input", wrap_input)),
        events=change_input(wrap_input),
        implies="tools.custom-input-fits",
    ),
    fault(
        "custom-input-beside-pattern",
        "The input of a custom tool does not match its pattern.",
        "tools.custom-input-fits",
        item=in_item("custom_tool_call", in_member("input", spoil_stamp)),
        events=change_input(spoil_stamp),
    ),
    fault(
        "none-ignored",
        "A tool is called with tool_choice none.",
        "tools.none-no-call tools.calls-obey-choice",
        policy={"obeys_none": False},
    ),
    fault(
        "choice-ignored",
        "A tool that must be called is not called.",
        "tools.required-calls tools.named-function",
        policy={"obeys_choice": False},
        implies="tools.calls-obey-choice tools.named-custom tools.streamed-call-complete tools.strict-enum "
        "tools.hosted-refused-or-run",
    ),
    fault(
        "name-ignored",
        "Another function than the named one is called.",
        "tools.named-function",
        policy={"obeys_name": False},
        implies="tools.calls-obey-choice",
    ),
    fault(
        "custom-renamed",
        "A custom tool call names a tool that was not sent.",
        "tools.named-custom tools.calls-obey-choice",
        item=in_item("custom_tool_call", lambda item: {**item, "name": item["name"] + "_2"}),
    ),
    fault(
        "allowed-ignored",
        "A tool outside allowed_tools is called.",
        "tools.allowed-limits",
        policy={"obeys_allowed": False},
        implies="tools.calls-obey-choice",
    ),
    fault(
        "only-allowed-listed",
        "With allowed_tools the reply lists only those.",
        "tools.allowed-lists-all response.echo.tools",
        response=list_allowed,
    ),
    fault(
        "parallel-ignored",
        "Two functions are called with parallel_tool_calls false.",
        "tools.parallel-off",
        policy={"obeys_parallel": False},
    ),
    fault(
        "call-incomplete",
        "A function call of a completed response is incomplete.",
        "tools.call-is-completed",
        item=in_item(
            "function_call",
            lambda item: {**item, "status": "incomplete"} if item.get("status") == "completed" else item,
        ),
        implies="stream.item.only-last-incomplete item.arguments-json tools.strict-arguments tools.strict-enum",
    ),
    fault(
        "parameters-ignored",
        "The arguments of a strict function do not fit its parameters.",
        "tools.strict-arguments tools.strict-enum",
        policy={"obeys_parameters": False},
    ),
    fault(
        "functions-capped",
        "max_tool_calls limits function calls.",
        "tools.max-tool-calls-hosted",
        reply=change_body(cap_calls),
    ),
    fault(
        "max-tool-calls-ignored",
        "Hosted tools are used more often than max_tool_calls says.",
        "tools.max-tool-calls-obeyed",
        policy={"obeys_max_tool_calls": False},
    ),
    fault(
        "text-output-refused",
        "A function output that is a string is refused.",
        "tools.output-string",
        request=refuse_when(lambda body: any(isinstance(item.get("output"), str) for item in outputs_of(body))),
        implies="create.replay-rich tools.message-before-call "
        "chain.function-output-continues errors.trigger.output-without-call.detail limits.call-id-64 "
        "create.replay-without-ids create.replay-output item.schema.function-call-output tools.output-parts "
        "tools.output-any-order tools.output-own-id tools.own-call-ids create.accepts.call-status"
        " tools.turns-continue",
    ),
    fault(
        "parts-output-refused",
        "A function output that is a list of parts is refused.",
        "tools.output-parts",
        request=refuse_when(lambda body: any(isinstance(item.get("output"), list) for item in outputs_of(body))),
        implies="tools.output-image tools.output-file create.replay-rich tools.message-before-call",
    ),
    fault(
        "order-of-outputs-refused",
        "Outputs in another order than their calls are refused.",
        "tools.output-any-order",
        request=refuse_when(is_out_of_order),
    ),
    fault(
        "output-id-refused",
        "A function output with an id of its own is refused.",
        "tools.output-own-id",
        request=refuse_when(lambda body: any("id" in item for item in outputs_of(body))),
        implies="create.accepts.output-nulls",
    ),
    fault(
        "odd-call-id-refused",
        "A call_id with other characters than letters and digits is refused.",
        "tools.own-call-ids",
        request=refuse_when(has_odd_id),
    ),
    fault(
        "schema-keyword-refused",
        "Parameters with $schema are refused.",
        "tools.schema-keywords",
        request=refuse_when(
            lambda body: any("$schema" in (tool.get("parameters") or {}) for tool in offered_tools(body))
        ),
    ),
    fault(
        "streamed-call-without-status",
        "Streamed function calls have no status when they are done.",
        "tools.streamed-call-complete",
        events=put_item("response.output_item.done", of="function_call", status=None),
        implies="stream.final.output-equals-items",
    ),
    fault(
        "call-with-empty-message",
        "An empty message stands beside a call.",
        "tools.call-and-no-empty-message",
        reply=change_body(add_empty_message),
        implies="tools.message-before-call store.get-equals-create",
    ),
)
