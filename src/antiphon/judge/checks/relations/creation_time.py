"""Time of creation that a stream shows, and a later read of its response."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from antiphon.judge.checks.relations.digests import comparable
from antiphon.judge.checks.relations.responses import RelationVerdicts
from antiphon.judge.checks.stream.constant_members import SECOND
from antiphon.judge.registry import relation
from antiphon.judge.subjects.responses import ResponseObject


class _Stream(NamedTuple):
    """When a stream ended, and the one time of creation that its events show."""

    end: float
    created_at: Any


@relation
class CreationTimeOfStream:
    """A stream that was too short to show that its time of creation stays is shown by a read a second later.

    That a read shows another time is for other requirements; this one is then not shown to hold.
    """

    requirements: ClassVar[tuple[str, ...]] = ("stream.lifecycle.constant-created-at",)
    subject: ClassVar[type] = ResponseObject

    def __init__(self) -> None:
        self._streams: dict[str, _Stream] = {}
        self._reads: dict[str, set[tuple[float, str]]] = {}

    def see(self, response: ResponseObject) -> None:
        if not comparable(response) or "created_at" not in response.body:
            return
        id, exchange = response.body["id"], response.exchange
        if response.operation == "create" and response.event is not None:
            self._streams[id] = _Stream(exchange.started_at + exchange.elapsed, response.body["created_at"])
        elif response.operation == "retrieve":
            self._reads.setdefault(id, set()).add((exchange.started_at, str(response.body["created_at"])))

    def close(self) -> RelationVerdicts:
        for id in sorted(self._streams.keys() & self._reads.keys()):
            stream = self._streams[id]
            later = [shown for at, shown in self._reads[id] if at >= stream.end + SECOND]
            if later and all(shown == str(stream.created_at) for shown in later):
                yield self.requirements[0], []
