"""Levers over a create and what comes later: reads of its response, continuations, the items of its conversation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

from antiphon.effects.cell import Places
from antiphon.effects.create_record import CreateRecord, as_object, objects
from antiphon.effects.moment import Moment
from antiphon.effects.paired_levers import EffectReport
from antiphon.effects.token_counts import CountConclusions
from antiphon.recording.bounded_tables import first_entries, prune
from antiphon.recording.exchange import Exchange
from antiphon.recording.fast_json import sorted_json

UNCARRIED = ("instructions", "tools", "text", "reasoning", "prompt")
MOST_KEPT = 5_000


class Create(NamedTuple):
    """What is remembered of a create."""

    moment: Moment
    store: bool | None
    background: bool
    metadata: str
    """A digest; empty where none were sent."""
    tokens: int | None
    """Of its input; None where a continuation need not count more."""


class Read(NamedTuple):
    """A read of a response, and whether it was found."""

    moment: Moment
    found: bool
    refused: bool
    metadata: str


class Continuation(NamedTuple):
    """A create that continues another, and the tokens of its input."""

    exchange: str
    tokens: int


class ItemList(NamedTuple):
    """The items that a conversation was shown to have."""

    exchange: str
    items: list[str]


@dataclass
class StoredCreates:
    """Created responses, compared with what came later, once everything is there."""

    creates: dict[str, Create] = field(default_factory=dict)
    reads: dict[str, list[Read]] = field(default_factory=dict)
    changes: dict[str, Moment] = field(default_factory=dict)
    """The first change or deletion of an object, after which reads prove nothing."""
    continuations: dict[str, list[Continuation]] = field(default_factory=dict)
    items: dict[str, set[str]] = field(default_factory=dict)
    listings: dict[str, list[ItemList]] = field(default_factory=dict)
    is_padded: bool = False
    padded_unasked: Places = field(default_factory=Places)
    """Streams that are padded although that was declined."""
    bare: Places = field(default_factory=Places)
    """Streams that are not padded, as was asked for."""

    def add_create(self, create: CreateRecord) -> None:
        """Remember a create."""
        self._see_padding(create)
        sent, tokens = create.sent, create.tokens("input")
        before = sent.get("previous_response_id")
        if isinstance(before, str) and tokens is not None:
            self.continuations.setdefault(before, []).append(Continuation(create.exchange.id, tokens))
        if not create.exchange.is_success or not isinstance(id := create.reply.get("id"), str):
            return
        if any(sent.get(name) for name in UNCARRIED):
            tokens = None
        store = sent.get("store")
        made = Create(
            Moment.of(create.exchange),
            store if isinstance(store, bool) else None,
            bool(sent.get("background")),
            _digest(sent.get("metadata")),
            tokens,
        )
        self.creates[id] = max(made, self.creates.get(id, made), key=lambda each: each.moment)
        named = sent.get("conversation")
        named = as_object(named).get("id") or named
        if isinstance(named, str) and create.is_done:
            self.items.setdefault(named, set()).update(str(item.get("id")) for item in create.items)
        self._prune()

    def add_read(self, id: str, read: CreateRecord) -> None:
        """Remember a read of a response."""
        exchange = read.exchange
        metadata = _digest(read.reply.get("metadata"))
        made = Read(Moment.of(exchange), exchange.is_success, exchange.is_client_error, metadata)
        self.reads.setdefault(id, []).append(made)
        self._prune()

    def add_change(self, id: str, exchange: Exchange) -> None:
        """Remember that an object was changed or deleted."""
        moment = Moment.of(exchange)
        self.changes[id] = min(moment, self.changes.get(id, moment))
        self._prune()

    def add_listing(self, id: str, listing: CreateRecord) -> None:
        """Remember the items that a conversation was shown to have."""
        body = as_object(listing.exchange.body)
        if listing.exchange.is_success and body.get("has_more") is False:
            shown = sorted({str(item.get("id")) for item in objects(body.get("data"))})
            self.listings.setdefault(id, []).append(ItemList(listing.exchange.id, shown))
            self._prune()

    def add(self, other: StoredCreates) -> None:
        """Take over what others remember."""
        for id, made in other.creates.items():
            self.creates[id] = max(made, self.creates.get(id, made), key=lambda each: each.moment)
        for id, moment in other.changes.items():
            self.changes[id] = min(moment, self.changes.get(id, moment))
        for id, items in other.items.items():
            self.items.setdefault(id, set()).update(items)
        pairs: tuple[tuple[dict[str, list[Any]], Mapping[str, list[Any]]], ...] = (
            (self.reads, other.reads),
            (self.continuations, other.continuations),
            (self.listings, other.listings),
        )
        for mine, others in pairs:
            for id, values in others.items():
                mine.setdefault(id, []).extend(values)
        self.is_padded |= other.is_padded
        self.padded_unasked.add_places(other.padded_unasked)
        self.bare.add_places(other.bare)
        self._prune()

    def _prune(self) -> None:
        tables: tuple[dict[str, Any], ...] = (
            self.creates, self.reads, self.changes, self.continuations, self.items, self.listings,
        )  # fmt: skip
        for table in tables:
            prune(table, MOST_KEPT)

    def _see_padding(self, create: CreateRecord) -> None:
        if not create.exchange.is_stream:
            return
        padded = any("obfuscation" in event for event in create.exchange.events)
        if as_object(create.sent.get("stream_options")).get("include_obfuscation") is not False:
            self.is_padded |= padded
        elif padded:
            self.padded_unasked.add(create.exchange.id)
        else:
            self.bare.add(create.exchange.id)

    def finish(self, default: bool, counts: CountConclusions) -> Iterator[EffectReport]:
        """What the comparisons show; `default`: responses are stored by default."""
        creates = first_entries(self.creates, MOST_KEPT)
        yield from self._by_reads(creates, default)
        for before, continuations in first_entries(self.continuations, MOST_KEPT).items():
            tokens = creates[before].tokens if before in creates else None
            if tokens is None:
                continue
            for each in continuations:
                if each.tokens > tokens:
                    yield "previous_response_id", True, each.exchange
                else:
                    counts.withhold("input", "previous_response_id", each.exchange)
        for id, listings in first_entries(self.listings, MOST_KEPT).items():
            for listing in listings if self.items.get(id) else ():
                yield "conversation", not self.items[id].isdisjoint(listing.items), listing.exchange
        yield from (("stream_options", False, each) for each in self.padded_unasked.first)
        if self.is_padded:
            yield from (("stream_options", True, each) for each in self.bare.first)

    def _by_reads(self, creates: Mapping[str, Create], default: bool) -> Iterator[EffectReport]:
        reads = [
            (creates[id], read)
            for id, every in first_entries(self.reads, MOST_KEPT).items()
            if id in creates
            for read in every
            if id not in self.changes or read.moment < self.changes[id]
        ]
        has_read = any(read.found for _, read in reads)
        for made, read in reads:
            stores = default if made.store is None else made.store
            is_asked = stores is (not default) and not made.background and (read.found or read.refused)
            # A read that finds nothing proves something where others find something.
            if is_asked and (read.found or stores or has_read):
                yield "store", read.found is stores, read.moment.exchange
            if read.found and made.metadata:
                yield "metadata", read.metadata == made.metadata, read.moment.exchange


def _digest(value: Any) -> str:
    """A short digest of a JSON value; empty for one that is empty."""
    return blake2b(sorted_json(value) or b"", digest_size=8).hexdigest() if value else ""
