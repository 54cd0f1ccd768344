"""Crossed create in a transcript: its request, the response that came of it in whatever mode, and what was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from antiphon.contract.crossing import CrossingRow, FactorValue, crossings
from antiphon.effects.create_record import CreateRecord, as_object, objects
from antiphon.recording.exchange import SOCKET_METHOD, Exchange
from antiphon.recording.transcript import Transcript
from antiphon.suite import assume
from antiphon.suite.crossing.bodies import MODES, STORY, message_of, sends
from antiphon.suite.parts import is_refused, is_taken

CREATES = (("POST", "/responses"), (SOCKET_METHOD, "/responses"))
EARLIER = ("chained", "replayed")
"""Contexts whose earlier turn is a create of its own."""


@dataclass(frozen=True)
class CrossedTurn:
    """What one row left: its creates, of which the last is the one that was taken, and the reads after it."""

    row: CrossingRow
    transcript: Transcript

    @cached_property
    def creates(self) -> list[Exchange]:
        """The creates of the row, without that of its context."""
        sent = [each for each in self.transcript if is_create(each)]
        return sent[1:] if any(self.row.has(name) for name in EARLIER) else sent

    @cached_property
    def created(self) -> Exchange:
        """The create that was taken. Not testable without one."""
        assume(self.creates and ended_well(self.creates[-1]), "the create was refused, or did not end well")
        return self.creates[-1]

    @property
    def earlier(self) -> Exchange:
        """The create of the earlier turn."""
        return next(each for each in self.transcript if is_create(each))

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
        return CreateRecord(created, "create")

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
    def features(self) -> list[FactorValue]:
        """The values that the create which was taken sends."""
        chosen = [value for value in self.row.values if value.factor not in MODES and value.is_feature]
        return [value for value in chosen if sends(value, as_object(self.created.sent))]


def is_create(exchange: Exchange) -> bool:
    """The exchange is a create, over HTTP or a socket."""
    request = exchange.request
    return request is not None and (request.method, request.path) in CREATES and isinstance(request.body, dict)


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


class PlainControls:
    """Plain creates with one feature each: what shows that a feature has an effect at all."""

    def __init__(self, transcript: Transcript) -> None:
        self._creates = [each for each in transcript if is_create(each)]

    def of(self, value: FactorValue) -> CreateRecord | None:
        """The create with no feature but this one, where it was taken."""
        others = [each for each in single_features() if each is not value and each.fields]
        for exchange in self._creates:
            sent = as_object(exchange.sent)
            alone = sends(value, sent) and not any(sends(other, sent) for other in others if not _holds(value, other))
            if alone and is_taken(exchange) and not is_refused(exchange):
                return CreateRecord(exchange, "create")
        return None

    @property
    def bare(self) -> list[CreateRecord]:
        """The creates without any feature."""
        return [
            CreateRecord(each, "create")
            for each in self._creates
            if each.sent["input"] == [message_of([])]
            and is_taken(each)
            and not any(sends(value, each.sent) for value in single_features())
        ]

    @property
    def story(self) -> int:
        """The input tokens of a bare create behind the story of earlier turns; 0 where none was taken."""
        counts = [CreateRecord(each, "create").tokens("input") for each in self._creates if STORY in each.sent["input"]]
        return next((count for count in counts if count), 0)


def _holds(value: FactorValue, other: FactorValue) -> bool:
    """One value sends all that another does."""
    return sends(other, value.fields) and not other.content


def single_features() -> list[FactorValue]:
    """Every feature of a create, each of which is sent alone once."""
    factors = crossings()["responses"].factors
    chosen = [value for factor in factors if factor.name not in MODES for value in factor.values]
    return [value for value in chosen if value.is_feature and value.factor != "storing"]
