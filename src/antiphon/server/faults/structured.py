"""Faults of structured output: formats that are accepted and not followed."""

from __future__ import annotations

from antiphon.server.faults.base import fault
from antiphon.server.faults.edits import Edit, in_each, in_parts, without
from antiphon.server.faults.replies import change_body
from antiphon.server.faults.requests import change_request, refuse_when
from antiphon.server.json_values import Json


def format_of(body: Json) -> Json:
    text = body.get("text")
    format = text.get("format") if isinstance(text, dict) else None
    return format if isinstance(format, dict) else {}


def reword(kind: str, old: str, new: str) -> Edit:
    """Other words in the plain answers of a format."""

    def change(body: Json) -> Json:
        if format_of(body).get("type") != kind:
            return body
        by = in_parts(lambda part: {**part, "text": part["text"].replace(old, new)})
        return in_each("output", by)(body)

    return change


def complete_cut(body: Json) -> Json:
    """A cut answer that is called complete."""
    if body["status"] != "incomplete" or format_of(body).get("type") != "json_schema":
        return body
    whole = [{**item, "status": "completed"} if "status" in item else item for item in body["output"]]
    ended = {"status": "completed", "incomplete_details": None, "completed_at": body["created_at"]}
    return {**body, **ended, "output": whole}


def speak_refusals(body: Json) -> Json:
    """A text beside every refusal."""
    said = {"type": "output_text", "text": "I am sorry.", "annotations": [], "logprobs": []}

    def speak(item: Json) -> Json:
        refuses = item["type"] == "message" and any(part["type"] == "refusal" for part in item["content"])
        return {**item, "content": [*item["content"], said]} if refuses else item

    return in_each("output", speak)(body)


def free_stream(body: Json) -> Json:
    """A stream without the schema that was sent."""
    free = body.get("stream") is True and format_of(body).get("type") == "json_schema"
    return without(body, "text") if free else body


def move_format(body: Json) -> Json:
    """The field of another API, taken as the format of the text."""
    given = body.get("response_format")
    if not isinstance(given, dict) or not isinstance(given.get("json_schema"), dict):
        return body
    return {**without(body, "response_format"), "text": {"format": {"type": "json_schema", **given["json_schema"]}}}


FAULTS = (
    fault(
        "format-ignored",
        "The answer to a strict schema is plain text.",
        "structured.valid-json",
        policy={"obeys_format": False},
        implies="structured.enum-held structured.types-held structured.streamed-valid structured.json-object "
        "structured.unsupported-refused create.unsupported-feature-refused",
    ),
    fault(
        "enum-not-held",
        "An answer has a value that its schema forbids.",
        "structured.enum-held structured.valid-json structured.unsupported-refused",
        reply=change_body(reword("json_schema", "ultramarine", "red")),
    ),
    fault(
        "types-not-held",
        "An answer has a value of another type than its schema.",
        "structured.types-held structured.valid-json structured.unsupported-refused",
        reply=change_body(reword("json_schema", ":false", ':"no"')),
    ),
    fault(
        "streams-unstructured",
        "A stream is not held to its schema.",
        "structured.streamed-valid structured.valid-json response.echo.text-format",
        request=change_request(free_stream),
        implies="modes.format-holds modes.settings-shown",
    ),
    fault(
        "json-object-is-list",
        "The format json_object gives a list.",
        "structured.json-object",
        reply=change_body(reword("json_object", '{"answer":"Hello"}', "[]")),
    ),
    fault(
        "schema-refused-vaguely",
        "The format json_schema is refused without a name.",
        "structured.format-taken",
        request=refuse_when(lambda body: format_of(body).get("type") == "json_schema"),
    ),
    fault(
        "json-object-refused",
        "The format json_object is refused.",
        "structured.json-object-asked",
        request=refuse_when(lambda body: format_of(body).get("type") == "json_object", param="text"),
        implies="structured.json-object errors.trigger.json-word-missing.detail",
    ),
    fault(
        "cut-json-completed",
        "A cut answer of a format is called complete.",
        "structured.cut-is-incomplete structured.valid-json",
        reply=change_body(complete_cut),
    ),
    fault(
        "refusal-with-text",
        "A refusal has a text beside it.",
        "structured.refusal-is-part",
        reply=change_body(speak_refusals),
    ),
    fault(
        "response-format-taken",
        "The field response_format is taken.",
        "structured.response-format-refused",
        request=change_request(move_format),
    ),
)
