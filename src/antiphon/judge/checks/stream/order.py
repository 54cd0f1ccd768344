"""Order, indices, ids, sums and numbers of a stream's events.

One analysis finds all problems, each check reports its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from antiphon.judge.registry import Violation, check_table
from antiphon.judge.stream_analysis import analysis_of, violations_of
from antiphon.judge.subjects.responses import Stream
from antiphon.judge.walk_requirements import (
    ANNOTATIONS,
    CONTENT_IS_PLACE,
    ID_CONSTANT,
    ID_PRESENT,
    INDEX_PRESENT,
    SEQUENCE_PRESENT,
    STRING,
    walk_requirements,
)


def _finder(requirement: str) -> Callable[[Stream], Iterator[Violation]]:
    def find(stream: Stream) -> Iterator[Violation]:
        return violations_of(stream, requirement)

    find.__name__ = requirement.replace(".", "_").replace("-", "_")
    find.__doc__ = f"The events of a stream keep {requirement}, by the tables of spec/streams.yaml."
    return find


_PRESENCE: Mapping[str, str] = MappingProxyType(
    {
        "stream.output-index.": INDEX_PRESENT,
        "stream.content-index.": "stream.content-index.present",
        "stream.item-id.": ID_PRESENT,
        "stream.sequence.": SEQUENCE_PRESENT,
        "stream.sum.": STRING,
    }
)
"""By the beginning of requirements on the value of a member: the one that it is there at all."""
_CARRIERS: Mapping[str, tuple[str, tuple[str, str]]] = MappingProxyType(
    {
        "stream.part.added-empty": ("response.content_part.added", ("part", "text")),
        ANNOTATIONS: ("response.content_part.done", ("part", "annotations")),
        ID_CONSTANT: ("response.output_item.added", ("item", "id")),
        CONTENT_IS_PLACE: ("response.output_item.done", ("item", "content")),
    }
)
"""By requirement: events, and the member of theirs without which nothing is compared."""


def _shown_requirements(stream: Stream) -> frozenset[str]:
    """What the stream could break. A member that is absent passes no requirement on its value."""
    analysis = analysis_of(stream)
    absent = tuple(start for start, presence in _PRESENCE.items() if presence in analysis.broken)
    unseen = {each for each in _CARRIERS if each in analysis.judged and not _carries(stream, *_CARRIERS[each])}
    if not absent and not unseen:
        return analysis.judged
    unseen |= {each for each in analysis.judged if each.startswith(absent)} if absent else set()
    return analysis.judged - (unseen - analysis.broken)


def _carries(stream: Stream, kind: str, way: tuple[str, str]) -> bool:
    """Some event of a kind has the member, or there is none that could."""
    outer, inner = way
    values = [event.get(outer) for _, event in analysis_of(stream).by_type.get(kind, ())]
    return not values or any(isinstance(value, dict) and inner in value for value in values)


def _broken_requirements(stream: Stream) -> frozenset[str]:
    return analysis_of(stream).broken


_order_check = check_table(Stream, _shown_requirements, _broken_requirements)
for _requirement in walk_requirements():
    _order_check(_requirement)(_finder(_requirement))
