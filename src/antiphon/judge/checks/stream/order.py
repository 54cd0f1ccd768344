"""Order, indices, ids, sums and numbers of a stream's events.

One analysis finds all problems, each check reports its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from antiphon.judge.registry import Violation, check_table
from antiphon.judge.stream_analysis import analysis_of, violations_of
from antiphon.judge.subjects.responses import Stream
from antiphon.judge.walk_requirements import walk_requirements


def _finder(requirement: str) -> Callable[[Stream], Iterator[Violation]]:
    def find(stream: Stream) -> Iterator[Violation]:
        return violations_of(stream, requirement)

    find.__name__ = requirement.replace(".", "_").replace("-", "_")
    find.__doc__ = f"The events of a stream keep {requirement}, by the tables of spec/streams.yaml."
    return find


def _shown_requirements(stream: Stream) -> frozenset[str]:
    return analysis_of(stream).judged


def _broken_requirements(stream: Stream) -> frozenset[str]:
    return analysis_of(stream).broken


_order_check = check_table(Stream, _shown_requirements, _broken_requirements)
for _requirement in walk_requirements():
    _order_check(_requirement)(_finder(_requirement))
