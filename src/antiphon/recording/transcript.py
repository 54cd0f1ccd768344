"""The exchanges of one scenario, in order, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

from antiphon.recording.exchange import RETRIED, Exchange
from antiphon.recording.records import Record, ScenarioEnd


@dataclass(frozen=True)
class Transcript(Sequence[Exchange]):
    """Exchanges of a scenario, its ending, and its case if it belongs to a family."""

    name: str
    exchanges: tuple[Exchange, ...] = ()
    ending: ScenarioEnd | None = None
    case: Any = None

    @cached_property
    def memo(self) -> dict[Any, Any]:
        """Where those who read the transcript keep what they have worked out once."""
        return {}

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Exchange]: ...
    def __getitem__(self, index: int | slice) -> Exchange | Sequence[Exchange]:
        return self.exchanges[index]

    def __len__(self) -> int:
        return len(self.exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self.exchanges)


def by_scenario(records: Iterable[Record]) -> dict[str, Transcript]:
    """The transcripts that records make up, by the name of their scenario. Steps are put in order.

    A try after which the same call was made again is no step; what judges any exchange sees it all the same.
    """
    exchanges: dict[str, list[Exchange]] = {}
    endings: dict[str, ScenarioEnd] = {}
    for record in records:
        if isinstance(record, ScenarioEnd):
            endings[record.scenario] = record
        elif isinstance(record, Exchange) and record.scenario and RETRIED not in record.notes:
            exchanges.setdefault(record.scenario, []).append(record)
    names = dict.fromkeys([*exchanges, *endings])
    return {
        name: Transcript(name, tuple(sorted(exchanges.get(name, ()), key=_step)), endings.get(name)) for name in names
    }


def _step(exchange: Exchange) -> int:
    last = exchange.id.rpartition("/")[2]
    return int(last) if last.isdecimal() else 0
