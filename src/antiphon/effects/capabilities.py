"""What exchanges show of each capability of a target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from antiphon.effects.cell import Places
from antiphon.effects.create_record import CreateRecord, as_object
from antiphon.effects.invalid_values import trigger_of
from antiphon.effects.moment import Moment
from antiphon.exercise.call_evidence import CallEvidence
from antiphon.exercise.capability_signs import SIGNS, mode_of
from antiphon.exercise.refusals import REASONS
from antiphon.recording.bounded_tables import first_entries, prune
from antiphon.recording.exchange import INBOUND, Exchange
from antiphon.recording.intent import Purpose
from antiphon.recording.stored_response import stored_response

PLAIN = frozenset({"model", "input", "metadata", "max_output_tokens", "store"})
"""A create of no more than these is one that every server takes."""
UNRELATED = frozenset({401, 403, 408, 429})
"""Statuses of a refusal that is not about the request."""
MOST_KEPT = 5_000
READABLE = ("plain", "streamed")
"""Modes of a create that says itself whether its response is stored."""


@dataclass
class Refusals:
    """Exchanges that decline a capability in one mode, and how the first of them reads."""

    first: tuple[str, str]
    """The exchange, and how it reads."""
    places: Places = field(default_factory=Places)

    @classmethod
    def of(cls, exchange: str, reason: str) -> Refusals:
        """The refusal of one exchange."""
        return cls((exchange, reason), Places(1, [exchange]))

    @property
    def reason(self) -> str:
        """How the first one reads."""
        return self.first[1]


ByMode = dict[str, Refusals]


def add_refusals(table: ByMode, mode: str, refusals: Refusals) -> None:
    """Add refusals to those of a mode."""
    known = table.get(mode)
    if known is None:
        table[mode] = Refusals(refusals.first, Places(refusals.places.number, list(refusals.places.first)))
    else:
        known.first = min(known.first, refusals.first)
        known.places.add_places(refusals.places)


class StoredRead(NamedTuple):
    """A read of a response, and what its status says."""

    moment: Moment
    is_success: bool
    is_missing: bool


class Doubt(NamedTuple):
    """A refusal that declines a capability if the response that it names was to be stored, and no reply said so."""

    capability: str
    mode: str
    reason: str
    moment: Moment


@dataclass
class Capabilities:
    """Follows every exchange, and returns at the end the state of each capability. Those of parts add up."""

    works: dict[str, dict[str, Places]] = field(default_factory=dict)
    """By capability and mode: what worked. A parameter that is taken may yet be ignored."""
    refused: dict[str, ByMode] = field(default_factory=dict)
    """By capability and mode: what declines it."""
    odd: dict[str, Places] = field(default_factory=dict)
    """Refusals without a readable error, by capability: of an operation, or of a create that is plain besides."""
    plain: Places = field(default_factory=Places)
    """Plain creates that were refused."""
    created: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """Responses that were to be stored: the mode of their create, and whether its reply confirmed it."""
    reads: dict[str, list[StoredRead]] = field(default_factory=dict)
    deleted: dict[str, Moment] = field(default_factory=dict)
    doubts: dict[str, list[Doubt]] = field(default_factory=dict)
    """By the response that a refusal names."""

    def see(self, exchange: Exchange, operation: str) -> None:
        """Take in one exchange of an operation."""
        if INBOUND in exchange.notes:
            self._worked("webhooks", "delivered", exchange)
            return
        if trigger_of(exchange) or (exchange.intent and exchange.intent.purpose is Purpose.MUST_REFUSE):
            return
        if exchange.status is not None or exchange.is_socket:
            self._take(exchange, operation)

    def _take(self, exchange: Exchange, operation: str) -> None:
        good = (exchange.is_success or (exchange.is_socket and bool(exchange.events))) and not _has_failed(exchange)
        self._note_storage(exchange, operation)
        if good:
            self._note_success(exchange, operation)
        refusal = as_object(exchange.reply).get("store") is False if good else exchange.status not in UNRELATED
        is_probe = exchange.intent is not None and exchange.intent.purpose is Purpose.PROBE
        if refusal and not (is_probe and operation == "retrieve"):  # either answer to such a probe is fine
            self._note_refusal(exchange, operation)
        if not good and operation == "create" and exchange.is_client_error and _is_plain(exchange):
            self.plain.add(exchange.id)

    def _note_success(self, exchange: Exchange, operation: str) -> None:
        if operation == "create" and not _shows_response(exchange):
            self.odd.setdefault("core", Places()).add(exchange.id)
            return
        sent = as_object(exchange.sent)
        for id, signs in SIGNS.items():
            if operation in signs.operations and id != "store":
                self._worked(id, operation, exchange)
            elif exchange.is_stream and operation in signs.streams:
                self._worked(id, "streamed", exchange)
            elif signs.uses(operation, sent):
                self._worked(id, mode_of(exchange), exchange)
        if operation == "create":
            self._worked("core", mode_of(exchange), exchange)
            if any(item.get("type") == "reasoning" for item in CreateRecord(exchange, operation).items):
                self._worked("reasoning", mode_of(exchange), exchange)

    def _worked(self, id: str, mode: str, exchange: Exchange) -> None:
        self.works.setdefault(id, {}).setdefault(mode, Places()).add(exchange.id)

    def _note_refusal(self, exchange: Exchange, operation: str) -> None:
        call = CallEvidence(exchange, operation)
        sent, reasons = as_object(exchange.sent), {id: reason(call) for id, reason in REASONS.items()}
        for id, reason in reasons.items():
            if reason and (mode := _mode_of_refusal(id, exchange, operation)):
                add_refusals(self.refused.setdefault(id, {}), mode, Refusals.of(exchange.id, reason))
        if exchange.status == 404 and exchange.request:
            self._note_doubts(exchange, operation, reasons)
        if any(reasons.values()) or not _is_odd(exchange):
            return
        for id, signs in SIGNS.items():
            alone = signs.uses(operation, sent) and sent.keys() - PLAIN <= signs.alone
            if operation in signs.operations or alone or (id == "core" and _is_plain(exchange)):
                self.odd.setdefault(id, Places()).add(exchange.id)

    def _note_doubts(self, exchange: Exchange, operation: str, reasons: Mapping[str, str]) -> None:
        """What a 404 declines if the response that it names was to be stored, and no reply said so."""
        assert exchange.request is not None
        for part in exchange.request.path.split("/")[-2:]:
            call = CallEvidence(exchange, operation, (part,))
            for id, reason in REASONS.items():
                mode = _mode_of_refusal(id, exchange, operation) if not reasons[id] else ""
                if mode and (words := reason(call)):
                    self.doubts.setdefault(part, []).append(Doubt(id, mode, words, Moment.of(exchange)))
        prune(self.doubts, MOST_KEPT)

    def _note_storage(self, exchange: Exchange, operation: str) -> None:
        """What tells whether a response that was to be stored can be read."""
        id, confirmed = stored_response(exchange)
        if operation == "create" and id and mode_of(exchange) in READABLE:
            made = mode_of(exchange), confirmed
            self.created[id] = min(made, self.created.get(id, made))
            prune(self.created, MOST_KEPT)
        elif operation in ("retrieve", "delete") and exchange.request:
            named = exchange.request.path.rstrip("/").rpartition("/")[2]
            if operation == "delete" and exchange.is_success:
                self._worked("store", "delete", exchange)
                moment = Moment.of(exchange)
                self.deleted[named] = min(moment, self.deleted.get(named, moment))
                prune(self.deleted, MOST_KEPT)
            elif operation == "retrieve":
                read = StoredRead(Moment.of(exchange), exchange.is_success, exchange.status == 404)
                self.reads.setdefault(named, []).append(read)
                prune(self.reads, MOST_KEPT)

    def add(self, other: Capabilities) -> None:
        """Take over what others follow."""
        for id, modes in other.works.items():
            for mode, places in modes.items():
                self.works.setdefault(id, {}).setdefault(mode, Places()).add_places(places)
        for id, refused in other.refused.items():
            for mode, refusals in refused.items():
                add_refusals(self.refused.setdefault(id, {}), mode, refusals)
        for id, places in other.odd.items():
            self.odd.setdefault(id, Places()).add_places(places)
        self.plain.add_places(other.plain)
        for id, made in other.created.items():
            self.created[id] = min(made, self.created.get(id, made))
        for id, moment in other.deleted.items():
            self.deleted[id] = min(moment, self.deleted.get(id, moment))
        for id, reads in other.reads.items():
            self.reads.setdefault(id, []).extend(reads)
        for id, doubts in other.doubts.items():
            self.doubts.setdefault(id, []).extend(doubts)
        for table in (self.created, self.deleted, self.reads, self.doubts):
            prune(table, MOST_KEPT)

    def storage(self) -> StorageEvidence:
        """What reads show of storing, now that all of them are there."""
        evidence = StorageEvidence()
        created = first_entries(self.created, MOST_KEPT)
        for id, reads in first_entries(self.reads, MOST_KEPT).items():
            for read in reads:
                if id in created and (id not in self.deleted or read.moment < self.deleted[id]):
                    evidence.add_read(read, *created[id])
                elif read.is_success:
                    evidence.works.setdefault("retrieve", Places()).add(read.moment.exchange)
        for id, doubts in first_entries(self.doubts, MOST_KEPT).items():
            for each in doubts if id in created and not created[id][1] else ():
                if id not in self.deleted or each.moment < self.deleted[id]:
                    refused = evidence.refused.setdefault(each.capability, {})
                    add_refusals(refused, each.mode, Refusals.of(each.moment.exchange, each.reason))
        return evidence


@dataclass
class StorageEvidence:
    """What a create and later reads of its response show together, of storing and what rests on it."""

    works: dict[str, Places] = field(default_factory=dict)
    refused: dict[str, ByMode] = field(default_factory=dict)
    lost: ByMode = field(default_factory=dict)
    """By the mode of their create: reads of responses whose replies said that they are stored."""

    def add_read(self, read: StoredRead, mode: str, confirmed: bool) -> None:
        """Add a read of a response that was to be stored."""
        exchange = read.moment.exchange
        if read.is_success:
            self.works.setdefault(mode, Places()).add(exchange)
        elif read.is_missing:
            said = "its reply said store true" if confirmed else "no reply said that the response was stored"
            reason = f"retrieve is answered with 404, and {said}"
            kind = self.lost if confirmed else self.refused.setdefault("store", {})
            add_refusals(kind, mode, Refusals.of(exchange, reason))


def _mode_of_refusal(id: str, exchange: Exchange, operation: str) -> str:
    """The mode in which a refusal declines a capability; empty where it is for another."""
    by_read = exchange.status == 404 and operation == "retrieve"
    if by_read and (id == "store" or not _asks_for_stream(exchange)):
        return ""
    if operation in ("create", "chat.create"):
        return mode_of(exchange)
    return "streamed" if operation in SIGNS[id].streams else operation


def _asks_for_stream(exchange: Exchange) -> bool:
    return exchange.request is not None and "stream" in dict(exchange.request.query)


def _is_odd(exchange: Exchange) -> bool:
    """Neither done nor refused in a way that tells a client why."""
    if exchange.status is None:
        return False
    if exchange.failure is not None or _has_failed(exchange):
        return True
    readable = bool(as_object(as_object(exchange.body).get("error")))
    if exchange.is_client_error:
        return not readable and exchange.status not in (404, 405)
    return exchange.status >= 300


def _shows_response(exchange: Exchange) -> bool:
    """A create was answered with something that is a response at all: an object of it, or events."""
    if exchange.is_stream or exchange.is_socket:
        return any(str(event.get("type")).startswith("response.") for event in exchange.events)
    reply = as_object(exchange.reply)
    return reply.get("object") == "response" or "output" in reply


def _has_failed(exchange: Exchange) -> bool:
    """A create was taken, and the response ended as failed."""
    return exchange.is_success and as_object(exchange.reply).get("status") == "failed"


def _is_plain(exchange: Exchange) -> bool:
    sent = as_object(exchange.sent)
    text = sent.get("input")
    return bool(text) and isinstance(text, str) and sent.keys() <= PLAIN and exchange.status not in UNRELATED
