"""Tally of one step: what its exchanges showed, how long they took, and what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from antiphon.contract.model import Contract
from antiphon.judge.engine import Judge
from antiphon.judge.ledger import Ledger
from antiphon.judge.registry import Violation
from antiphon.recording import records
from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import Outcome
from antiphon.recording.redaction.redactor import Redactor
from antiphon.soak.latencies import Latencies
from antiphon.soak.load_outcome import load_outcome
from antiphon.soak.promises import JourneyPromises

JUDGED_AT_ONCE = 20_000
"""Exchanges of one judge, whose relations keep a digest of each response; then another goes on."""
MOST_SAMPLES, MOST_SAMPLES_IN_ALL = 2, 60
"""Journeys that are kept for each broken requirement of a step, and for all of them."""
LARGEST_SAMPLE = 64 * 1024
"""Bytes of a journey that is kept."""
KINDS = ("first", "gap", "reply", "lag")
"""Seconds to the first event of a stream, between its events, of a reply as JSON, and by which we were late."""


@dataclass
class StepTally:
    """Everything that is known of one step in one process. Memory does not grow with the exchanges."""

    contract: Contract
    redactor: Redactor
    ledger: Ledger = field(default_factory=Ledger)
    counts: Counter[str] = field(default_factory=Counter)
    latencies: dict[str, Latencies] = field(default_factory=lambda: {kind: Latencies() for kind in KINDS})
    samples: dict[str, list[str]] = field(default_factory=dict)
    """By requirement: journeys as lines of a transcript."""

    def __post_init__(self) -> None:
        self._promises = JourneyPromises()
        self._judge = Judge(self.contract)

    def add(self, journey: Sequence[Exchange], declined: bool) -> None:
        """Judge the exchanges of a journey; what the target declines is no promise of it."""
        journey = [self.redactor.exchange(each) for each in journey]
        broken: set[str] = set()
        for exchange in journey:
            broken |= self._judge.feed(exchange).keys()
            self._measure(exchange)
        if not declined:
            for requirement, violations in self._promises.judge(journey):
                if requirement in self.contract.requirements:
                    self.ledger.record_violations(requirement, violations)
                    broken |= {requirement} if violations else set()
        self.counts["journeys"] += 1
        self._keep(journey, broken)
        if self._judge.exchanges >= JUDGED_AT_ONCE:
            self._close()

    def _measure(self, exchange: Exchange) -> None:
        result = load_outcome(exchange)
        self.counts["exchanges"] += 1
        self.counts[str(result)] += 1
        self.latencies["lag"].add(exchange.lag)
        if result is not Outcome.ANSWERED:
            return
        if exchange.is_stream and exchange.frames:
            times = [frame.at for frame in exchange.frames]
            self.counts["events"] += len(times)
            self.latencies["first"].add(times[0])
            for earlier, later in pairwise(times):
                self.latencies["gap"].add(later - earlier)
        elif not exchange.is_stream:
            self.latencies["reply"].add(exchange.elapsed)

    def _keep(self, journey: Sequence[Exchange], broken: set[str]) -> None:
        fresh = [each for each in sorted(broken) if len(self.samples.get(each, ())) < MOST_SAMPLES]
        if not fresh or sum(map(len, self.samples.values())) >= MOST_SAMPLES_IN_ALL:
            return
        lines = "".join(f"{records.dump(each)}\n" for each in journey)
        if len(lines) <= LARGEST_SAMPLE:
            for requirement in fresh:
                self.samples.setdefault(requirement, []).append(lines)

    def _close(self) -> None:
        self.ledger.add(self._judge.finish())
        self._judge = Judge(self.contract)

    def as_json(self) -> dict[str, Any]:
        """The tally as JSON, with the relations between its exchanges judged."""
        self._close()
        return {
            "counts": dict(self.counts),
            "latencies": {kind: each.as_json() for kind, each in self.latencies.items()},
            "requirements": {id: _entry_json(entry) for id, entry in sorted(self.ledger.entries.items())},
            "samples": self.samples,
        }


def _entry_json(entry: Any) -> dict[str, Any]:
    return {
        "judged": entry.judged,
        "violated": entry.violated,
        "places": [vars(place) for place in entry.places],
        "errors": sorted(entry.errors)[:3],
    }


@dataclass
class StepSum:
    """The tallies of one step in all processes."""

    counts: Counter[str] = field(default_factory=Counter)
    latencies: dict[str, Latencies] = field(default_factory=lambda: {kind: Latencies() for kind in KINDS})
    ledger: Ledger = field(default_factory=Ledger)
    samples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, part: Mapping[str, Any]) -> None:
        """Add the tally of one process."""
        self.counts.update(part["counts"])
        for kind, counts in part["latencies"].items():
            self.latencies[kind].merge(Latencies(counts))
        for id, entry in part["requirements"].items():
            mine = Ledger()[id]
            mine.judged, mine.violated = entry["judged"], entry["violated"]
            mine.places = [Violation(**place) for place in entry["places"]]
            mine.errors = set(entry["errors"])
            self.ledger[id].add(mine)
        for id, lines in part["samples"].items():
            self.samples[id] = [*self.samples.get(id, ()), *lines][:MOST_SAMPLES]
