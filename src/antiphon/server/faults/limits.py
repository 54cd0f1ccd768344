"""Faults of limits: values in range that are refused, and limits that are not kept."""

from __future__ import annotations

from antiphon.server.behaviour.fault import OutgoingReply
from antiphon.server.faults.base import fault
from antiphon.server.faults.replies import in_refusals
from antiphon.server.faults.requests import input_items, is_long, offered_tools, refuse_when
from antiphon.server.json_values import Json


def asks_low_verbosity(body: Json) -> bool:
    text = body.get("text")
    return isinstance(text, dict) and text.get("verbosity") == "low"


def verbosity_of(body: Json) -> object:
    text = body.get("text")
    return text.get("verbosity") if isinstance(text, dict) else None


def is_warm(body: Json) -> bool:
    value = body.get("temperature")
    return isinstance(value, int | float) and 1 < value <= 2


def hide_code(body: Json) -> Json:
    error = body["error"]
    return {"error": {**error, "code": None}} if error.get("code") == "context_length_exceeded" else body


def refuse_thoughtful_cut(reply: OutgoingReply) -> OutgoingReply:
    """A refusal in place of a response that its thoughts cut short."""
    body = reply.body if isinstance(reply.body, dict) else {}
    cut = reply.operation == "create-response" and body.get("status") == "incomplete"
    if cut and any(item["type"] == "reasoning" for item in body["output"]):
        error = {"message": "No tokens were left for an answer.", "type": "invalid_request_error"}
        reply.status, reply.body = 400, {"error": {**error, "param": "max_output_tokens", "code": None}}
    return reply


FAULTS = (
    fault(
        "cut-as-completed",
        "An answer that was cut by the limit is completed.",
        "limits.output-cut-is-incomplete",
        policy={"cut_is_completed": True, "cut_item_completed": True},
        implies="stream.cut-ends-incomplete structured.cut-is-incomplete structured.valid-json item.arguments-json "
        "tools.strict-arguments",
    ),
    fault(
        "limit-overrun",
        "The answer has more tokens than its limit.",
        "limits.output-within-limit",
        policy={"overruns_limit": 8},
    ),
    fault(
        "cut-item-completed",
        "The item that was cut by the limit is completed.",
        "limits.last-item-incomplete",
        policy={"cut_item_completed": True},
        implies="item.arguments-json tools.strict-arguments",
    ),
    fault(
        "thoughts-fail",
        "A response that its thoughts cut short is refused.",
        "limits.reasoning-counts",
        reply=refuse_thoughtful_cut,
    ),
    fault(
        "sixteen-refused",
        "A max_output_tokens of 16 is refused.",
        "limits.minimum-output-tokens",
        request=refuse_when(lambda body: body.get("max_output_tokens") == 16, param="max_output_tokens"),
        implies="limits.output-cut-is-incomplete limits.last-item-incomplete stream.cut-ends-incomplete "
        "stream.final.same-keys-as-plain structured.cut-is-incomplete usage.text-stays-put",
    ),
    fault(
        "warm-refused",
        "A temperature above 1 is refused.",
        "limits.temperature-range",
        request=refuse_when(is_warm, param="temperature"),
    ),
    fault(
        "top-p-zero-refused",
        "A top_p of 0 is refused.",
        "limits.top-p-range",
        request=refuse_when(lambda body: body.get("top_p") == 0, param="top_p"),
    ),
    fault(
        "truncation-auto-refused",
        "The truncation auto is refused.",
        "limits.truncation-values",
        request=refuse_when(lambda body: body.get("truncation") == "auto", param="truncation"),
        implies="create.accepts.truncation",
    ),
    fault(
        "tier-default-refused",
        "The service tier default is refused.",
        "limits.service-tier-values",
        request=refuse_when(lambda body: body.get("service_tier") == "default", param="service_tier"),
        implies="create.accepts.service-tier",
    ),
    fault(
        "verbosity-low-refused",
        "The verbosity low is refused.",
        "limits.verbosity-values",
        request=refuse_when(asks_low_verbosity, param="text.verbosity"),
    ),
    fault(
        "verbosity-medium-refused",
        "The verbosity medium is refused.",
        "limits.verbosity-values",
        request=refuse_when(lambda body: verbosity_of(body) == "medium", param="text.verbosity"),
    ),
    fault(
        "identifier-64-refused",
        "A safety_identifier of 64 characters is refused.",
        "limits.safety-identifier",
        request=refuse_when(lambda body: is_long(body.get("safety_identifier"), 64), param="safety_identifier"),
        implies="response.echo.safety-identifier",
    ),
    fault(
        "function-name-64-refused",
        "A function name of 64 characters is refused.",
        "limits.tool-name-64",
        request=refuse_when(lambda body: any(is_long(tool.get("name"), 64) for tool in offered_tools(body))),
        implies="limits.tool-name-128",
    ),
    fault(
        "call-id-64-refused",
        "A call_id of 64 characters is refused.",
        "limits.call-id-64",
        request=refuse_when(
            lambda body: any(is_long(item.get("call_id"), 64) for item in input_items(body, "function_call"))
        ),
        implies="item.schema.function-call-output",
    ),
    fault(
        "cache-key-64-refused",
        "A prompt_cache_key of 64 characters is refused.",
        "limits.prompt-cache-key-64",
        request=refuse_when(lambda body: is_long(body.get("prompt_cache_key"), 64), param="prompt_cache_key"),
        implies="response.echo.prompt-cache-key",
    ),
    fault(
        "text-unchecked",
        "Any text options are taken.",
        "limits.schema-depth errors.trigger.format-bad-schema errors.trigger.format-nested "
        "errors.trigger.format-without-name errors.trigger.format-without-schema errors.trigger.text-format-type "
        "errors.trigger.text-type errors.trigger.text-verbosity-value",
        policy={"unchecked": frozenset({"text"})},
        implies="errors.trigger.format-bad-schema.detail errors.trigger.format-nested.detail "
        "errors.trigger.format-without-name.detail errors.trigger.format-without-schema.detail "
        "errors.trigger.text-format-type.detail errors.trigger.text-type.detail "
        "errors.trigger.text-verbosity-value.detail errors.trigger.format-schema-depth.detail "
        "response.echo.text-format response.echo.text-verbosity structured.valid-json",
    ),
    fault(
        "too-long-unexplained",
        "The refusal of a context that is too long has no code.",
        "limits.context-too-long",
        reply=in_refusals(hide_code),
    ),
)
