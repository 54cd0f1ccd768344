"""Values at the ends of their ranges that are refused, and limits that are not kept."""

from __future__ import annotations

from antiphon.server.faults.base import Fault, Reply, one
from antiphon.server.faults.create_asking import items, long, refusing, tools
from antiphon.server.faults.shaping import refusals
from antiphon.server.store import Json


def verbosity(body: Json) -> object:
    text = body.get("text")
    return text.get("verbosity") if isinstance(text, dict) else None


def warm(body: Json) -> bool:
    value = body.get("temperature")
    return isinstance(value, int | float) and 1 < value <= 2


def unexplained(body: Json) -> Json:
    error = body["error"]
    return {"error": {**error, "code": None}} if error.get("code") == "context_length_exceeded" else body


def thoughts_fail(reply: Reply) -> Reply:
    """A refusal in place of a response that its thoughts cut short."""
    body = reply.body if isinstance(reply.body, dict) else {}
    cut = reply.operation == "create-response" and body.get("status") == "incomplete"
    if cut and any(item["type"] == "reasoning" for item in body["output"]):
        error = {"message": "No tokens were left for an answer.", "type": "invalid_request_error"}
        reply.status, reply.body = 400, {"error": {**error, "param": "max_output_tokens", "code": None}}
    return reply


FORMATS = (
    "format-bad-schema format-nested format-without-name format-without-schema text-format-type text-type "
    "text-verbosity-value"
)
FAULTS = (
    refusing("warm-refused", "A temperature above 1 is refused.", "limits.temperature-range", warm,
             param="temperature"),
    refusing("top-p-zero-refused", "A top_p of 0 is refused.", "limits.top-p-range",
             lambda body: body.get("top_p") == 0, param="top_p"),
    refusing("truncation-auto-refused", "The truncation auto is refused.", "limits.truncation-values",
             lambda body: body.get("truncation") == "auto", param="truncation"),
    refusing("tier-default-refused", "The service tier default is refused.", "limits.service-tier-values",
             lambda body: body.get("service_tier") == "default", param="service_tier"),
    refusing("verbosity-medium-refused", "The verbosity medium is refused.", "limits.verbosity-values",
             lambda body: verbosity(body) == "medium", param="text.verbosity"),
    refusing(
        "identifier-64-refused", "A safety_identifier of 64 characters is refused.", "limits.safety-identifier",
        lambda body: long(body.get("safety_identifier"), 64), "response.echo.safety-identifier",
        param="safety_identifier",
    ),
    refusing(
        "cache-key-64-refused", "A prompt_cache_key of 64 characters is refused.", "limits.prompt-cache-key-64",
        lambda body: long(body.get("prompt_cache_key"), 64), "response.echo.prompt-cache-key",
        param="prompt_cache_key",
    ),
    refusing(
        "function-name-64-refused", "A function name of 64 characters is refused.", "limits.tool-name-64",
        lambda body: any(long(tool.get("name"), 64) for tool in tools(body)), "limits.tool-name-128",
    ),
    refusing(
        "call-id-64-refused", "A call_id of 64 characters is refused.", "limits.call-id-64",
        lambda body: any(long(item.get("call_id"), 64) for item in items(body, "function_call")),
        "item.schema.function-call-output",
    ),
    refusing(
        "sixteen-refused", "A max_output_tokens of 16 is refused.", "limits.minimum-output-tokens",
        lambda body: body.get("max_output_tokens") == 16,
        "limits.output-cut-is-incomplete limits.last-item-incomplete stream.cut-ends-incomplete "
        "stream.final.same-keys-as-plain structured.cut-is-incomplete usage.text-stays-put",
        param="max_output_tokens",
    ),
    Fault(
        name="too-long-unexplained",
        says="The refusal of a context that is too long has no code.",
        breaks=one("limits.context-too-long"),
        reply=refusals(unexplained),
    ),
    Fault(
        name="thoughts-fail",
        says="A response that its thoughts cut short is refused.",
        breaks=one("limits.reasoning-counts"),
        reply=thoughts_fail,
    ),
    Fault(
        name="text-unchecked",
        says="Any text options are taken.",
        breaks=one("limits.schema-depth", *(f"errors.trigger.{name}" for name in FORMATS.split())),
        implies=one(
            *(f"errors.trigger.{name}.detail" for name in FORMATS.split()),
            "errors.trigger.format-schema-depth.detail",
            "response.echo.text-format", "response.echo.text-verbosity", "structured.valid-json",
        ),
        policy={"unchecked": one("text")},
    ),
)  # fmt: skip
