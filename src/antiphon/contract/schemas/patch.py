"""One change of a relaxation, applied to a schema. A change that does not fit the schema is an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonpatch import JsonPatch, JsonPatchException
from jsonpointer import JsonPointerException

from antiphon.errors import SpecError


def patch(schema: Any, change: Mapping[str, Any], relaxation: str) -> Any:
    """A copy of `schema` with the operations of `change` done in their order."""
    try:
        return JsonPatch(change["patch"]).apply(schema)
    except (JsonPatchException, JsonPointerException) as error:
        raise SpecError(f"Relaxation {relaxation}: the patch of {change['schema']} does not fit: {error}.") from None
