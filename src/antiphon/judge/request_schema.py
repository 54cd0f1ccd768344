"""Validation of a value against a JSON Schema from a request. Nothing is fetched."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import jsonschema_rs

from antiphon.contract.schemas.lone_surrogates import without_lone_surrogates
from antiphon.contract.schemas.schema_error import format_value
from antiphon.recording.fast_json import plain_json, read_json


def _refuse(uri: str) -> Any:
    raise ValueError(f"a schema may not refer to {uri}")


def _validator(schema: Any) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema, retriever=_refuse)


@lru_cache(maxsize=256)
def _cached_validator(text: bytes) -> jsonschema_rs.Draft202012Validator:
    """The validator of a schema: one schema binds all items of a response, and many requests bring the same."""
    return _validator(read_json(text, json.loads))


def misfit(schema: Any, value: Any) -> str | None:
    """How a value does not fit a schema, with the place; None where it fits, or where the schema is no usable one."""
    if not isinstance(schema, dict):
        return None
    try:
        text = plain_json(schema)
        validator = _validator(schema) if text is None else _cached_validator(text)
        error = _first_error(validator, value)
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, RecursionError):
        return None
    if error is None:
        return None
    place = "".join(f"/{step}" for step in error.instance_path)
    return f"{place or 'the whole'}: {format_value(error.message)}"


def _first_error(validator: jsonschema_rs.Draft202012Validator, value: Any) -> jsonschema_rs.ValidationError | None:
    try:
        return next(iter(validator.iter_errors(value)), None)
    except UnicodeEncodeError:
        return next(iter(validator.iter_errors(without_lone_surrogates(value))), None)
