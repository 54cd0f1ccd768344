"""Formats that are taken and not held, in plain answers or in streams only."""

from __future__ import annotations

from antiphon.server.faults.create_asking import answering, changing, refusing
from antiphon.server.faults.shaping import in_parts
from antiphon.server.store import Json


def format_of(body: Json) -> Json:
    text = body.get("text")
    format = text.get("format") if isinstance(text, dict) else None
    return format if isinstance(format, dict) else {}


def retelling(kind: str, old: str, new: str) -> object:
    """Other words in the plain answers of a format."""

    def change(body: Json) -> Json:
        if format_of(body).get("type") != kind:
            return body
        told = in_parts(lambda part: {**part, "text": part["text"].replace(old, new)})
        return {**body, "output": [told(item) for item in body["output"]]}

    return change


def uncut(body: Json) -> Json:
    """A cut answer that is called complete."""
    if body["status"] != "incomplete" or format_of(body).get("type") != "json_schema":
        return body
    whole = [{**item, "status": "completed"} if "status" in item else item for item in body["output"]]
    ended = {"status": "completed", "incomplete_details": None, "completed_at": body["created_at"]}
    return {**body, **ended, "output": whole}


def spoken(body: Json) -> Json:
    """A text beside every refusal."""
    said = {"type": "output_text", "text": "I am sorry.", "annotations": [], "logprobs": []}

    def speak(item: Json) -> Json:
        refuses = item["type"] == "message" and any(part["type"] == "refusal" for part in item["content"])
        return {**item, "content": [*item["content"], said]} if refuses else item

    return {**body, "output": [speak(item) for item in body["output"]]}


def free_stream(body: Json) -> Json:
    """A stream without the schema that was sent."""
    free = body.get("stream") is True and format_of(body).get("type") == "json_schema"
    return {name: value for name, value in body.items() if name != "text"} if free else body


def moved(body: Json) -> Json:
    """The field of another API, taken as the format of the text."""
    given = body.get("response_format")
    if not isinstance(given, dict) or not isinstance(given.get("json_schema"), dict):
        return body
    rest = {name: value for name, value in body.items() if name != "response_format"}
    return {**rest, "text": {"format": {"type": "json_schema", **given["json_schema"]}}}


HELD = "structured.valid-json structured.unsupported-refused"
FAULTS = (
    answering("enum-not-held", "An answer has a value that its schema forbids.", f"structured.enum-held {HELD}",
              retelling("json_schema", "ultramarine", "red")),  # type: ignore[arg-type]
    answering("types-not-held", "An answer has a value of another type than its schema.",
              f"structured.types-held {HELD}", retelling("json_schema", ":false", ':"no"')),  # type: ignore[arg-type]
    answering("json-object-is-list", "The format json_object gives a list.", "structured.json-object",
              retelling("json_object", '{"answer":"Hello"}', "[]")),  # type: ignore[arg-type]
    refusing("json-object-refused", "The format json_object is refused.", "structured.json-object-asked",
             lambda body: format_of(body).get("type") == "json_object",
             "structured.json-object errors.trigger.json-word-missing.detail", param="text"),
    answering("cut-json-completed", "A cut answer of a format is called complete.",
              "structured.cut-is-incomplete structured.valid-json", uncut),
    answering("refusal-with-text", "A refusal has a text beside it.", "structured.refusal-is-part", spoken),
    changing("streams-unstructured", "A stream is not held to its schema.",
             "structured.streamed-valid structured.valid-json response.echo.text-format", free_stream),
    changing("response-format-taken", "The field response_format is taken.",
             "structured.response-format-refused response.echo.format-default", moved),
)  # fmt: skip
