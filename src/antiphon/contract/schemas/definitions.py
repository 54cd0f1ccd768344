"""Prepared definitions of the schemas: validator and shape, built once for all users."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from antiphon.contract.schemas.library import Library, split
from antiphon.contract.schemas.shape import Shape, Shapes


class Held:
    """Prepared definition: its self-contained schema, validator and shape."""

    __slots__ = ("closed", "deep", "is_valid", "reference", "shape")

    def __init__(self, library: Library, shapes: Shapes, reference: str) -> None:
        file, _ = split(reference)
        self.reference = reference
        self.closed = library.closed(reference)
        self.is_valid: Callable[[Any], bool] = jsonschema_rs.Draft202012Validator(self.closed).is_valid
        self.shape: Shape = shapes.of((file, library.definition(reference)))
        self.deep = self.shape.deep


class Made:
    """Prepared definitions of a library, filled on demand."""

    def __init__(self, library: Library) -> None:
        self.typed: dict[tuple[str, str], Held] = {}
        self.single: dict[str, Held] = {}
        self.families: dict[str, Mapping[str, str]] = {}
        self.shapes = Shapes(library)


@cache
def made(library: Library) -> Made:
    """The prepared definitions of a library; one object for each library."""
    return Made(library)
