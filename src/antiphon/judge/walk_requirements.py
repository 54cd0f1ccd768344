"""The requirements that the walk through a stream judges: those of `spec/streams.yaml`, and those of no table."""

from __future__ import annotations

from functools import cache

from antiphon.contract.streams import tables

SEQUENCE_PRESENT = "stream.sequence.present"
SEQUENCE_STARTS = "stream.sequence.starts-at-zero"
SEQUENCE_CONTIGUOUS = "stream.sequence.contiguous"
ERROR_NUMBERED = "stream.error.numbered"
ADDED_ONCE = "stream.item.added-once"
ADDED_BEFORE_USE = "stream.item.added-before-use"
DONE_FOR_ADDED = "stream.item.done-for-added"
DONE_AFTER_EVENTS = "stream.item.done-after-events"
DONE_WAS_ADDED = "stream.item.done-was-added"
NO_OVERLAP = "stream.item.no-overlap"
INDEX_PRESENT = "stream.output-index.present"
INDEX_CONTIGUOUS = "stream.output-index.contiguous"
INDEX_CONSTANT = "stream.output-index.constant"
INDEX_UNIQUE = "stream.output-index.unique"
ID_CONSTANT = "stream.item-id.constant"
ID_PRESENT = "stream.item-id.present"
ID_UNIQUE = "stream.item-id.unique"
PARTIAL_IMAGE = "stream.partial-image.index"
CONTENT_IS_PLACE = "stream.content-index.is-place"
ANNOTATION_INDEX = "stream.annotation-index.contiguous"
ANNOTATIONS = "stream.sum.annotations"
HAS_DELTAS = "stream.delta.has-deltas"
NOT_EMPTY = "stream.delta.not-empty"
STRING = "stream.delta.string"
OF_NO_TABLE = frozenset(value for name, value in globals().items() if name.isupper())
"""All of the above."""


@cache
def walk_requirements() -> tuple[str, ...]:
    """Every requirement that the walk judges, sorted."""
    return tuple(sorted(OF_NO_TABLE | tables().requirements))
