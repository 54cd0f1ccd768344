"""Schemas of an exchange: those of its edition, on its day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from antiphon.contract.schemas.library import Library
from antiphon.contract.schemas.validation import SchemaError, Schemas
from antiphon.judge.subjects.responses import Call
from antiphon.judge.values import day_of

_SCHEMAS: dict[Library, Schemas] = {}
"""One for all days on which the same counted, so that what is worked out from it is kept."""


def schemas_for(call: Call) -> Schemas:
    """The schemas of the edition under which a call is judged, as they counted on its day."""
    if "schemas" not in call.memo:
        call.memo["schemas"] = _schemas(call.edition.id, day_of(call.exchange))
    made: Schemas = call.memo["schemas"]
    return made


def errors_of(call: Call, kind: str, value: Any) -> list[SchemaError]:
    """Schema errors of a value in a call; none for a value that is nested too deeply to examine."""
    try:
        return schemas_for(call).validate(kind, value)
    except (RecursionError, ValueError):
        return []


@lru_cache(maxsize=4096)
def _schemas(edition: str, day: date | None) -> Schemas:
    made = Schemas(edition, day)
    return _SCHEMAS.setdefault(made.library, made)
