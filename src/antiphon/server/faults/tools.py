"""Calls and outputs that are refused, and tools that are called or listed wrongly."""

from __future__ import annotations

import re

from antiphon.server.faults.base import Fault, one
from antiphon.server.faults.create_asking import answering, changing, items, refusing, tools
from antiphon.server.faults.shaping import in_item
from antiphon.server.store import Json

PLAIN_ID = re.compile(r"[A-Za-z0-9_-]+")


def outputs(body: Json) -> list[Json]:
    return items(body, "function_call_output")


def out_of_order(body: Json) -> bool:
    """Outputs come in another order than their calls."""
    called = [item.get("call_id") for item in items(body, "function_call")]
    returned = [item.get("call_id") for item in outputs(body)]
    return [each for each in called if each in returned] != [each for each in returned if each in called]


def odd_id(body: Json) -> bool:
    return any(not PLAIN_ID.fullmatch(str(item.get("call_id"))) for item in items(body, "function_call"))


def give_away(body: Json) -> Json:
    """The key of a remote tool becomes its description, which a reply shows."""
    given = body.get("tools")
    return {**body, "tools": [described_by_key(tool) for tool in given]} if isinstance(given, list) else body


def described_by_key(tool: Json) -> Json:
    given = tool.get("headers") if isinstance(tool, dict) and tool.get("type") == "mcp" else None
    keys = list(given.values()) if isinstance(given, dict) else []
    return {**tool, "server_description": keys[0]} if keys else tool


def allowed_only(response: Json) -> Json:
    """Only the tools that may be called are listed."""
    choice = response["tool_choice"]
    if not isinstance(choice, dict) or choice["type"] != "allowed_tools":
        return response
    names = [tool.get("name") for tool in choice["tools"]]
    return {**response, "tools": [tool for tool in response["tools"] if tool.get("name") in names]}


def capped(response: Json) -> Json:
    """No more function calls than max_tool_calls."""
    most = response["max_tool_calls"]
    return {**response, "output": response["output"][:most]} if most and len(response["tools"]) > 1 else response


def with_empty_message(body: Json) -> Json:
    if not any(item["type"] == "function_call" for item in body["output"]):
        return body
    message = {"id": "msg_" + "0" * 48, "type": "message", "status": "completed", "role": "assistant", "content": []}
    return {**body, "output": [*body["output"], message]}


FAULTS = (
    refusing("text-output-refused", "A function output that is a string is refused.", "tools.output-string",
             lambda body: any(isinstance(item.get("output"), str) for item in outputs(body)),
             "chain.function-output-continues errors.trigger.output-without-call.detail limits.call-id-64 "
             "create.replay-without-ids create.replay-output item.schema.function-call-output tools.output-parts "
             "tools.output-any-order tools.output-own-id tools.own-call-ids"),
    refusing("parts-output-refused", "A function output that is a list of parts is refused.", "tools.output-parts",
             lambda body: any(isinstance(item.get("output"), list) for item in outputs(body))),
    refusing("order-of-outputs-refused", "Outputs in another order than their calls are refused.",
             "tools.output-any-order", out_of_order),
    refusing("output-id-refused", "A function output with an id of its own is refused.", "tools.output-own-id",
             lambda body: any("id" in item for item in outputs(body))),
    refusing("odd-call-id-refused", "A call_id with other characters than letters and digits is refused.",
             "tools.own-call-ids", odd_id),
    refusing("schema-keyword-refused", "Parameters with $schema are refused.", "tools.schema-keywords",
             lambda body: any("$schema" in (tool.get("parameters") or {}) for tool in tools(body))),
    Fault(
        name="custom-renamed",
        says="A custom tool call names a tool that was not sent.",
        breaks=one("tools.named-custom", "tools.calls-obey-choice"),
        item=in_item("custom_tool_call", lambda item: {**item, "name": item["name"] + "_2"}),
    ),
    Fault(
        name="only-allowed-listed",
        says="With allowed_tools the reply lists only those.",
        breaks=one("tools.allowed-lists-all", "response.echo.tools"),
        response=allowed_only,
    ),
    answering("functions-capped", "max_tool_calls limits function calls.", "tools.max-tool-calls-hosted", capped),
    answering(
        "call-with-empty-message", "An empty message stands beside a call.", "tools.call-and-no-empty-message",
        with_empty_message,
    ),
    changing(
        "remote-key-shown",
        "A reply describes a remote tool by its key.",
        "response.echo.secrets-redacted",
        give_away,
    ),
    Fault(
        name="call-incomplete",
        says="A function call of a completed response is incomplete.",
        breaks=one("tools.call-is-completed"),
        implies=one("item.arguments-json", "tools.strict-arguments", "tools.strict-enum"),
        item=in_item(
            "function_call",
            lambda item: {**item, "status": "incomplete"} if item.get("status") == "completed" else item,
        ),
    ),
)  # fmt: skip
