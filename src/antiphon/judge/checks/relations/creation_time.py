"""Time of creation that a stream shows, and a later read of its response."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from antiphon.judge.checks.relations.digests import comparable
from antiphon.judge.checks.relations.mergers import bound_together, extend_sets, keep_least
from antiphon.judge.checks.relations.responses import RelationVerdicts
from antiphon.judge.checks.stream.constant_members import SECOND
from antiphon.judge.registry import relation
from antiphon.judge.subjects.responses import ResponseObject


class _Stream(NamedTuple):
    """When a stream ended, and the one time of creation that its events show."""

    end: float
    created_at: str


@relation
@dataclass
class CreationTimeOfStream:
    """A stream that was too short to show that its time of creation stays is shown by a read a second later.

    That a read shows another time is for other requirements; this one is then not shown to hold.
    """

    requirements: ClassVar[tuple[str, ...]] = ("stream.lifecycle.constant-created-at",)
    subject: ClassVar[type] = ResponseObject

    streams: dict[str, _Stream] = field(default_factory=dict)
    reads: dict[str, set[tuple[float, str]]] = field(default_factory=dict)

    def see(self, response: ResponseObject) -> None:
        if not comparable(response) or "created_at" not in response.body:
            return
        id, exchange = response.body["id"], response.exchange
        if response.operation == "create" and response.event is not None:
            end = exchange.started_at + exchange.elapsed
            keep_least(self.streams, id, _Stream(end, str(response.body["created_at"])))
        elif response.operation == "retrieve":
            self.reads.setdefault(id, set()).add((exchange.started_at, str(response.body["created_at"])))
        bound_together(self.streams, self.reads)

    def add(self, other: CreationTimeOfStream) -> None:
        for id, stream in other.streams.items():
            keep_least(self.streams, id, stream)
        extend_sets(self.reads, other.reads)
        bound_together(self.streams, self.reads)

    def close(self) -> RelationVerdicts:
        bound_together(self.streams, self.reads, exactly=True)
        for id in sorted(self.streams.keys() & self.reads.keys()):
            stream = self.streams[id]
            later = [shown for at, shown in self.reads[id] if at >= stream.end + SECOND]
            if later and all(shown == stream.created_at for shown in later):
                yield self.requirements[0], []
