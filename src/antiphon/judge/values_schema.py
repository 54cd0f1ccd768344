"""Holds a value to a JSON Schema that a request brought with it. Nothing is fetched."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from antiphon.contract.schemas_explain import shown


def _refuse(uri: str) -> Any:
    raise ValueError(f"a schema may not refer to {uri}")


def misfit(schema: Any, value: Any) -> str | None:
    """How a value does not fit a schema, with the place; None where it fits, or where the schema is no usable one."""
    if not isinstance(schema, dict):
        return None
    try:
        validator = jsonschema_rs.Draft202012Validator(schema, retriever=_refuse)
        for error in validator.iter_errors(value):
            place = "".join(f"/{step}" for step in error.instance_path)
            return f"{place or 'the whole'}: {shown(error.message)}"
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, RecursionError):
        return None
    return None
