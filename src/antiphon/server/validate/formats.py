"""The parameter `text`: the format of the answer, and its verbosity."""

from __future__ import annotations

from typing import Any

from antiphon.server.errors import ApiError
from antiphon.server.validate.basics import any_value, boolean, choice, json_object, record, tagged_union, text
from antiphon.server.validate.schema_form import check_schema
from antiphon.server.validate.schemas import UnsupportedSchema
from antiphon.server.validate.tools import tool_name

_JSON_SCHEMA = record(
    {"type": any_value, "name": tool_name, "schema": json_object, "strict": boolean, "description": text()},
    ("name", "schema"),
)


def json_schema(value: dict[str, Any], at: str) -> None:
    """A named schema; inside the subset when strict."""
    _JSON_SCHEMA(value, at)
    if "schema" in value:
        try:
            check_schema(value["schema"], value.get("strict"))
        except UnsupportedSchema as reason:
            message = f"Invalid schema for response_format '{value['name']}': {reason}."
            raise ApiError(message, param=f"{at}.schema", code="invalid_json_schema") from None


text_options = record(
    {
        "format": tagged_union(
            {"text": record({"type": any_value}), "json_schema": json_schema, "json_object": json_object}
        ),
        "verbosity": choice("low", "medium", "high"),
    }
)
