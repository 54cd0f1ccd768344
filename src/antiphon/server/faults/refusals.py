"""Refusals of a wrong shape, requests that should be refused, and headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from antiphon.server.faults.base import Fault, Reply, breaking, one
from antiphon.server.faults.shaping import header, refusals, without
from antiphon.server.store import Json


def detail(**changes: object) -> object:
    return refusals(lambda body: {"error": {**body["error"], **changes}})


def lose(name: str) -> object:
    return refusals(lambda body: {"error": without(body["error"], name)})


def fault(name: str, says: str, breaks: str, reply: object, implies: str = "") -> Fault:
    made = breaking(name, says, breaks, implies)
    return replace(made, reply=reply)  # type: ignore[arg-type]


def html(reply: Reply) -> Reply:
    if reply.status >= 400:
        reply.headers["content-type"] = "text/html"
    return reply


def plain(reply: Reply) -> Reply:
    if reply.status < 400 and reply.body is not None:
        reply.headers["content-type"] = "text/plain"
    return reply


def crash(reply: Reply) -> Reply:
    """500 for what has a wrong type."""
    if reply.status == 400 and isinstance(reply.body, dict) and reply.body["error"]["code"] == "invalid_type":
        reply.status = 500
    return reply


def cheerful(reply: Reply) -> Reply:
    """200 with an error envelope for an unknown id."""
    if reply.status == 404 and reply.operation == "get-response":
        reply.status = 200
    return reply


def limit(reply: Reply) -> Reply:
    if "x-ratelimit-limit-requests" in reply.headers:
        reply.headers["x-ratelimit-remaining-requests"] = str(int(reply.headers["x-ratelimit-limit-requests"]) + 1)
    return reply


def reset(reply: Reply) -> Reply:
    if "x-ratelimit-reset-requests" in reply.headers:
        reply.headers["x-ratelimit-reset-requests"] = "soon"
    return reply


def nested(body: Json) -> Json:
    return body["error"]  # type: ignore[no-any-return]


# field that is not checked: what is then not refused
UNCHECKED: Mapping[str, str] = {
    "temperature": "temperature-below temperature-above temperature-type",
    "top_p": "top-p-below top-p-above top-p-type",
    "top_logprobs": "top-logprobs-below top-logprobs-above",
    "max_output_tokens": "max-output-tokens-zero max-output-tokens-fifteen max-output-tokens-type",
    "metadata": "metadata-pairs metadata-value-length metadata-key-length metadata-value-type metadata-type",
    "truncation": "truncation-value truncation-type",
    "service_tier": "service-tier-value service-tier-type",
    "include": "include-value include-type",
    "safety_identifier": "safety-identifier-type safety-identifier-length",
    "tool_choice": "tool-choice-value tool-choice-type tool-choice-absent-tool",
    "bogus": "unknown-field",
    "stream_options": "stream-option-usage stream-options-alone stream-options-type",
    "model": "missing-model model-number model-empty unknown-model",
}
ECHOED = {
    field: (f"response.echo.{field.replace('_', '-')}",)
    for field in (
        "temperature",
        "top_p",
        "top_logprobs",
        "max_output_tokens",
        "metadata",
        "truncation",
        "service_tier",
        "safety_identifier",
        "tool_choice",
    )
}
FAULTS = (
    *(
        Fault(
            name=f"{field.replace('_', '-')}-unchecked",
            says=f"Any {field} is taken.",
            breaks=one(*(f"errors.trigger.{name}" for name in triggers.split())),
            implies=one(*(f"errors.trigger.{name}.detail" for name in triggers.split()), *ECHOED.get(field, ())),
            policy={"unchecked": one(field)},
        )
        for field, triggers in UNCHECKED.items()
    ),
    fault(
        "error-is-text",
        "The error of a refusal is a string.",
        "errors.envelope.object",
        refusals(lambda body: {"error": body["error"]["message"]}),
        "errors.envelope.message errors.envelope.type errors.envelope.param errors.envelope.code",
    ),
    fault(
        "error-unwrapped",
        "A refusal has no key error.",
        "errors.envelope.object",
        refusals(nested),
        "errors.envelope.message errors.envelope.type errors.envelope.param errors.envelope.code",
    ),
    fault("error-message-missing", "A refusal has no message.", "errors.envelope.message", lose("message")),
    fault(
        "error-type-missing",
        "A refusal has no type.",
        "errors.envelope.type",
        lose("type"),
        "errors.type-known errors.type-fits-status",
    ),
    fault("error-param-missing", "A refusal has no param.", "errors.envelope.param", lose("param")),
    fault(
        "error-code-missing", "A refusal has no code.", "errors.envelope.code", lose("code"), "create.unknown-fields"
    ),
    fault("error-type-unknown", "A refusal has a type that no source knows.", "errors.type-known", detail(type="oops")),
    fault(
        "error-type-server", "Every refusal blames the server.", "errors.type-fits-status", detail(type="server_error")
    ),
    fault(
        "error-as-html",
        "A refusal is labelled text/html.",
        "errors.envelope.content-type",
        html,
        "create.answer-is-json headers.content-type-json",
    ),
    fault(
        "reply-as-text",
        "A JSON reply is labelled text/plain.",
        "headers.content-type-json",
        plain,
        "create.answer-is-json",
    ),
    fault(
        "wrong-type-is-500",
        "A field of a wrong type is answered with 500.",
        "create.never-500",
        crash,
        "errors.type-fits-status errors.code-fits-status",
    ),
    fault(
        "unknown-id-is-200",
        "Reading an unknown id is answered with 200 and an error.",
        "errors.not-in-success",
        cheerful,
        "store.get-object store.unknown-id-get store.delete-then-get store.off-not-readable store.off-is-404",
    ),
    fault(
        "request-id-missing",
        "No reply has an x-request-id.",
        "headers.request-id",
        header("x-request-id", None),
        "headers.request-id-on-errors",
    ),
    fault(
        "request-id-repeated",
        "All replies share one x-request-id.",
        "headers.request-id-unique",
        header("x-request-id", "req_1"),
    ),
    fault(
        "processing-time-text",
        "openai-processing-ms is no number.",
        "headers.processing-time",
        header("openai-processing-ms", "fast"),
    ),
    fault("version-text", "openai-version is no date.", "headers.version", header("openai-version", "latest")),
    fault("remaining-beyond-limit", "More requests remain than the limit allows.", "headers.rate-limit-numbers", limit),
    fault("reset-no-duration", "The reset of a rate limit is no duration.", "headers.rate-limit-reset", reset),
)
