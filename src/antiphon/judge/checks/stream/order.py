"""Order, indices, ids, sums and numbers of a stream's events: one analysis finds all problems, each check reports
its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from antiphon.judge.registry import Violation, check
from antiphon.judge.stream_analysis import analysis_of, violations_of
from antiphon.judge.subjects.responses import Stream

RESPONSE = (
    "stream.first-is-created",
    "stream.in-progress-follows",
    "stream.queued-after-created",
    "stream.lifecycle.one-created",
    "stream.terminal.exactly-one",
    "stream.terminal.last",
    "stream.error.ends-stream",
)
NUMBERS = (
    "stream.sequence.present",
    "stream.sequence.starts-at-zero",
    "stream.sequence.contiguous",
    "stream.error.numbered",
)
ITEMS = (
    "stream.item.added-before-use",
    "stream.item.added-once",
    "stream.item.done-for-added",
    "stream.item.done-for-tool-lists",
    "stream.item.done-after-events",
    "stream.item.done-was-added",
    "stream.item.no-overlap",
    "stream.output-index.contiguous",
    "stream.output-index.present",
    "stream.output-index.constant",
    "stream.output-index.unique",
    "stream.item-id.constant",
    "stream.item-id.present",
    "stream.item-id.unique",
    "stream.partial-image.index",
)
BLOCKS = (
    "stream.content-index.present",
    "stream.content-index.contiguous",
    "stream.content-index.constant",
    "stream.content-index.is-place",
    "stream.summary-index.contiguous",
    "stream.annotation-index.contiguous",
    "stream.command-index.contiguous",
    "stream.part.added-before-delta",
    "stream.part.added-empty",
    "stream.part.done-closes",
    "stream.part.done-once",
    "stream.part.same-type",
    "stream.part.text-done",
    "stream.part.in-message",
)
ORDER = (
    "stream.order.message",
    "stream.order.text-part",
    "stream.order.refusal-part",
    "stream.order.function-call",
    "stream.order.function-call-done",
    "stream.order.custom-tool-call",
    "stream.order.reasoning-summary",
    "stream.order.reasoning-text",
    "stream.order.web-search-call",
    "stream.order.file-search-call",
    "stream.order.code-interpreter-call",
    "stream.order.image-generation-call",
    "stream.order.mcp-list-tools",
    "stream.order.mcp-call",
    "stream.order.shell-call",
    "stream.order.shell-call-output",
    "stream.order.apply-patch-call",
    "stream.order.compaction",
    "stream.order.atomic",
    "stream.order.event-fits-item",
)
SUMS = (
    "stream.delta.has-deltas",
    "stream.delta.not-empty",
    "stream.delta.string",
    "stream.sum.text",
    "stream.sum.text-part",
    "stream.sum.text-item",
    "stream.sum.refusal",
    "stream.sum.arguments",
    "stream.sum.arguments-item",
    "stream.sum.custom-input",
    "stream.sum.code",
    "stream.sum.summary",
    "stream.sum.reasoning-text",
    "stream.sum.mcp-arguments",
    "stream.sum.shell-command",
    "stream.sum.shell-output",
    "stream.sum.patch-diff",
    "stream.sum.annotations",
)
ANALYSIS_REQUIREMENTS = (*RESPONSE, *NUMBERS, *ITEMS, *BLOCKS, *ORDER, *SUMS)


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


for _requirement in ANALYSIS_REQUIREMENTS:
    check(
        _requirement, subject=Stream, shown_requirements=_shown_requirements, broken_requirements=_broken_requirements
    )(_finder(_requirement))
