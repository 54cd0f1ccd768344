"""Streams of background responses without a terminal event, of which only a cancelled one may end so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from antiphon.judge.checks.relations.digests import comparable
from antiphon.judge.checks.relations.mergers import bound_together, keep_least
from antiphon.judge.checks.relations.responses import RelationVerdicts
from antiphon.judge.plain_end import FIRST, has_plain_end
from antiphon.judge.registry import Violation, relation
from antiphon.judge.subjects.responses import ResponseObject
from antiphon.judge.values import is_text


@relation
@dataclass
class EndOfBackgroundStream:
    """The stream of a background response holds a terminal event, unless the response was cancelled meanwhile."""

    requirements: ClassVar[tuple[str, ...]] = ("stream.terminal.exactly-one",)
    subject: ClassVar[type] = ResponseObject

    plain: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By id: the exchange of a stream without a terminal event, and its last event."""
    cancelled: dict[str, str] = field(default_factory=dict)
    """By id: an exchange that shows the response as cancelled."""

    def see(self, response: ResponseObject) -> None:
        id = response.body.get("id")
        if response.event == FIRST and is_text(id):
            events = response.exchange.events
            if has_plain_end(response, events):
                keep_least(self.plain, id, (response.exchange.id, len(events) - 1))
        elif response.status == "cancelled" and comparable(response):
            keep_least(self.cancelled, str(id), response.exchange.id)
        bound_together(self.plain, self.cancelled)

    def add(self, other: EndOfBackgroundStream) -> None:
        for id, end in other.plain.items():
            keep_least(self.plain, id, end)
        for id, exchange in other.cancelled.items():
            keep_least(self.cancelled, id, exchange)
        bound_together(self.plain, self.cancelled)

    def close(self) -> RelationVerdicts:
        bound_together(self.plain, self.cancelled, exactly=True)
        for id in sorted(self.plain.keys() - self.cancelled.keys()):
            exchange, last = self.plain[id]
            place = Violation(f"event {last}", "a terminal event", "the end of the stream", exchange=exchange)
            yield self.requirements[0], [place]
