"""Prepared definitions of the schemas: validator and shape, built once for all users."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from antiphon.contract.schemas.library import Library, split
from antiphon.contract.schemas.lone_surrogates import reading_any_text
from antiphon.contract.schemas.shape import Shape, Shapes


class PreparedDefinition:
    """Prepared definition: its self-contained schema, validator and shape."""

    __slots__ = ("deep", "is_valid", "reference", "self_contained", "shape")

    def __init__(self, library: Library, shapes: Shapes, reference: str) -> None:
        file, _ = split(reference)
        self.reference = reference
        self.self_contained = library.self_contained(reference)
        validator = jsonschema_rs.Draft202012Validator(self.self_contained)
        self.is_valid: Callable[[Any], bool] = reading_any_text(validator.is_valid)
        self.shape: Shape = shapes.of((file, library.definition(reference)))
        self.deep = self.shape.deep


class PreparedLibrary:
    """Prepared definitions of a library, filled on demand."""

    def __init__(self, library: Library) -> None:
        self.typed: dict[tuple[str, str], PreparedDefinition] = {}
        self.single: dict[str, PreparedDefinition] = {}
        self.families: dict[str, Mapping[str, str]] = {}
        self.shapes = Shapes(library)


@cache
def prepare(library: Library) -> PreparedLibrary:
    """The prepared definitions of a library; one object for each library."""
    return PreparedLibrary(library)
