"""Validation of a result by the published schema."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema_rs

from antiphon.contract.paths import spec_dir
from antiphon.errors import SpecError
from antiphon.report.text import clip, visible

SCHEMA_VERSION = 1


def mistake(value: Any) -> str:
    """Why a value is no result, as a sentence without its end; empty where it is one."""
    if not isinstance(value, dict) or "antiphon" not in value or "requirements" not in value:
        return "this is not a result of Antiphon; a result.json is written by `antiphon run` and `antiphon judge`"
    version = value.get("schema")
    if version != SCHEMA_VERSION:
        return (
            f"this result has the format {clip(visible(repr(version)), 40)}, and this Antiphon reads {SCHEMA_VERSION}; "
            f"it was written by Antiphon {clip(visible(value['antiphon']), 40)}"
        )
    for error in _validator().iter_errors(value):
        where = "/" + "/".join(str(part) for part in error.instance_path)
        return f"not a whole result, {visible(where)}: {clip(visible(error.message), 300)}"
    return ""


@cache
def _validator() -> Any:
    path = spec_dir() / "result.schema.json"
    try:
        return jsonschema_rs.validator_for(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise SpecError(f"spec/result.schema.json: no usable schema: {error}.") from None
