"""Crossed create in a transcript: its request, the response that came of it in whatever mode, and what was read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, Protocol

from antiphon.contract.crossing import CrossingRow, FactorValue
from antiphon.effects.create_record import CreateRecord, as_object, objects
from antiphon.recording.exchange import Exchange
from antiphon.recording.transcript import Transcript
from antiphon.suite import assume
from antiphon.suite.crossing.surfaces import MODES, SURFACES, CrossedSurface
from antiphon.suite.parts import is_refused, is_taken

EARLIER = ("chained", "replayed")
"""Contexts whose earlier turn is a create of its own."""


@dataclass(frozen=True)
class CrossedTurn:
    """What one row left: its creates, of which the last is the one that was taken, and the reads after it."""

    row: CrossingRow
    transcript: Transcript

    @classmethod
    def in_transcript(cls, transcript: Transcript) -> CrossedTurn:
        """What is in the transcript of a row."""
        return cls(transcript.case, transcript)

    @property
    def surface(self) -> CrossedSurface:
        """The surface of the row."""
        return SURFACES[self.row.surface]

    @cached_property
    def creates(self) -> list[Exchange]:
        """The creates of the row, without that of its context."""
        sent = [each for each in self.transcript if self.surface.is_create(each)]
        return sent[1:] if any(self.row.has(name) for name in EARLIER) else sent

    @cached_property
    def created(self) -> Exchange:
        """The create that was taken. Not testable without one."""
        assume(self.creates and ended_well(self.creates[-1]), "the create was refused, or did not end well")
        return self.creates[-1]

    @cached_property
    def reads(self) -> list[Exchange]:
        """The successful reads of the response."""
        return [each for each in self._calls() if each.is_success and as_object(each.body).get("object") == "response"]

    @cached_property
    def record(self) -> CreateRecord:
        """The request with the response that it ended with: from its reply, or from a read where it ran on."""
        created = self.created
        if as_object(created.reply).get("status") in ("queued", "in_progress"):
            assume(self.reads, "the background response could not be read")
            created = replace(created, response=self.reads[-1].response)
        return CreateRecord(created, self.surface.operation)

    def listed(self, end: str) -> list[Mapping[str, Any]]:
        """The items of the list whose path ends so. Not testable without it."""
        page = next((each for each in self._calls() if each.request and each.request.path.endswith(end)), None)
        items = as_object(page.body).get("data") if page and page.is_success else None
        assume(isinstance(items, list), "the list could not be read")
        return objects(items)

    def _calls(self) -> Iterator[Exchange]:
        """The calls after the create."""
        names = [each.id for each in self.transcript]
        after = names.index(self.creates[-1].id) + 1 if self.creates else len(names)
        return iter(self.transcript[after:])

    @property
    def earlier(self) -> list[FactorValue]:
        """What the model reads of earlier turns, as a context that a plain create can have; none where it cannot."""
        if self.row.has("alone") or self.row.has("compacted"):
            return []
        context = self.row.of("context")
        return [context] if context.before else self.surface.contexts()

    @property
    def features(self) -> list[FactorValue]:
        """The values that the create which was taken sends."""
        chosen = [value for value in self.row.values if value.factor not in MODES and value.is_feature]
        return [value for value in chosen if self.surface.sends(value, as_object(self.created.sent))]


def ended_well(exchange: Exchange) -> bool:
    """A create was taken, over HTTP or a socket, and did not fail."""
    if exchange.is_socket:
        return as_object(exchange.reply).get("status") in ("completed", "incomplete")
    return is_taken(exchange)


def was_turned_down(exchange: Exchange) -> bool:
    """A create was refused, or failed, over HTTP or a socket; one that got no answer was not."""
    if exchange.is_socket:
        return not ended_well(exchange) and any(event.get("type") == "error" for event in exchange.events)
    return is_refused(exchange)


class Controls(Protocol):
    """Plain creates that show what a feature does at all."""

    @property
    def bare(self) -> list[CreateRecord]:
        """Those that show what any create shows."""

    @property
    def of(self) -> Callable[[FactorValue], CreateRecord | None]:
        """The one that shows a feature, where it was taken."""


class PlainControls:
    """Plain creates with one feature each: what shows that a feature has an effect at all."""

    def __init__(self, transcript: Transcript, surface: CrossedSurface) -> None:
        self._creates = [each for each in transcript if surface.is_create(each)]
        self._surface = surface
        self.of = cache(self._of)
        """The create with no feature or context but this one, where it was taken."""

    @classmethod
    def in_transcript(cls, transcript: Transcript, surface: CrossedSurface) -> PlainControls:
        """Those of a transcript, worked out once for all tests that compare with them."""
        known = transcript.memo.get(cls)
        return known if isinstance(known, cls) else transcript.memo.setdefault(cls, cls(transcript, surface))

    def _of(self, value: FactorValue) -> CreateRecord | None:
        """The create with no feature or context but this one, where it was taken."""
        others = [each for each in self._all() if each is not value and not self._holds(value, each)]
        for exchange in self._creates:
            sent = as_object(exchange.sent)
            alone = self._sends(value, sent) and not any(self._sends(other, sent) for other in others)
            if alone and is_taken(exchange) and not is_refused(exchange):
                return CreateRecord(exchange, self._surface.operation)
        return None

    @cached_property
    def bare(self) -> list[CreateRecord]:
        """The creates without any feature."""
        return [
            CreateRecord(each, self._surface.operation)
            for each in self._creates
            if each.sent[self._surface.turns] == self._surface.turns_of([])
            and is_taken(each)
            and not any(self._sends(value, each.sent) for value in self._all())
        ]

    def _all(self) -> list[FactorValue]:
        return [*self._surface.single_features(), *self._surface.contexts()]

    def _sends(self, value: FactorValue, sent: Mapping[str, Any]) -> bool:
        return self._surface.sends(value, sent)

    def _holds(self, value: FactorValue, other: FactorValue) -> bool:
        """One value sends all that another does."""
        turns = [*value.before, {"content": list(value.content)}]
        return self._sends(other, {**value.fields, self._surface.turns: turns})
