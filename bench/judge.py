"""How many events a second are judged, next to json.loads alone and to the official SDK's parsing of the same streams.

    python bench/judge.py [--by-check] [RECORDING...]

Without arguments it takes the recordings next to the checkout or, where there are none, the committed sample, repeated.
Seconds are those of the processor. Prints figures and ratios; asserts nothing. With `--by-check` it prints where the
time of judging goes: for each requirement its check, for each module of checks the conditions under which they apply,
for each table what its checks share, for each relation what it takes of an exchange. Measuring costs time itself.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property, wraps
from pathlib import Path
from typing import Any
from unittest.mock import patch

from antiphon.contract.load import contract
from antiphon.judge import engine
from antiphon.judge.engine import Judge
from antiphon.judge.registry import Check, CheckTable, all_checks, all_relations
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import read
from antiphon.run.recordings import RecordingJudge

ROOT = Path(__file__).resolve().parents[1]
RECORDED = ROOT.parent / "shared" / "traffic" / "responses.jsonl.gz"
SAMPLE = ROOT / "tests" / "data" / "traffic" / "sample.jsonl.gz"
LEAST = 10_000
"""Events for which the sample is repeated."""
ROUNDS = 3
MOST_ROWS = 40


def streams(paths: Sequence[Path]) -> list[Exchange]:
    """Every stream of the Responses API in some recordings."""
    records = (record for path in paths for record in read(path))
    found = [each for each in records if isinstance(each, Exchange) and each.is_stream]
    return [each for each in found if any(str(event.get("type")).startswith("response.") for event in each.events)]


def fresh(exchanges: Iterable[Exchange]) -> Iterable[Exchange]:
    """The exchanges as if they had just been read: nothing of them is parsed."""
    for exchange in exchanges:
        yield exchange.unread()


def best(run: Callable[[], object]) -> float:
    """The least seconds of several rounds."""
    taken = []
    for _ in range(ROUNDS):
        gc.collect()
        began = time.process_time()
        run()
        taken.append(time.process_time() - began)
    return min(taken)


def judged(exchanges: Sequence[Exchange]) -> None:
    judge = Judge(contract())
    for exchange in fresh(exchanges):
        judge.feed(exchange)
    judge.finish()


def reported(exchanges: Sequence[Exchange]) -> None:
    """All that `antiphon judge` does with an exchange: besides judging it, news, truth and totals."""
    tally = RecordingJudge(contract())
    for exchange in fresh(exchanges):
        tally.judge(exchange)


def read_events(exchanges: Sequence[Exchange]) -> None:
    for exchange in fresh(exchanges):
        assert exchange.events


def sdk_parser() -> Callable[[Sequence[str]], None] | None:
    """What the official SDK does with each event; None where it is not installed."""
    try:
        from openai._models import construct_type
        from openai.types.responses import ResponseStreamEvent
    except ImportError:
        return None

    def parse(lines: Sequence[str]) -> None:
        for line in lines:
            construct_type(type_=ResponseStreamEvent, value=json.loads(line))

    return parse


class CheckProfile:
    """Seconds of the parts of judging, by name, and how often each was called."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()

    def timed(self, name: str, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """A function whose time counts under a name; violations that it yields are found within that time."""
        if (name, function) not in self._wrapped:
            self._wrapped[name, function] = self._timing(name, function)
        return self._wrapped[name, function]

    @cached_property
    def _wrapped(self) -> dict[tuple[str, Callable[[Any], Any]], Callable[[Any], Any]]:
        return {}

    def _timing(self, name: str, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        clock, seconds, calls = time.thread_time, self.seconds, self.calls

        @wraps(function)
        def call(subject: Any) -> Any:
            began = clock()
            made = function(subject)
            made = list(made) if isinstance(made, Iterator) else made
            seconds[name] += clock() - began
            calls[name] += 1
            return made

        return call

    def check(self, check: Check) -> Check:
        """A check that is measured."""
        find = self.timed(check.requirement, check.find)
        if check.table is None:
            applies = check.applies and self.timed(f"{check.applies.__module__}: conditions", check.applies)
            return replace(check, find=find, applies=applies)
        return replace(check, find=find, table=self.table(check.table))

    @cache  # noqa: B019 - one profile a run; the checks of a table must go on sharing it
    def table(self, table: CheckTable) -> CheckTable:
        """A table whose shared functions are measured."""
        name = f"{table.shown_requirements.__module__}: table"
        broken = table.broken_requirements and self.timed(name, table.broken_requirements)
        return replace(table, shown_requirements=self.timed(name, table.shown_requirements), broken_requirements=broken)

    def rows(self, whole: float) -> Iterator[str]:
        """The parts by their time, and what is none of them."""
        slowest = sorted(self.seconds.items(), key=lambda pair: -pair[1])
        for name, seconds in slowest[:MOST_ROWS]:
            each = f"{1e6 * seconds / self.calls[name]:8.1f} µs x {self.calls[name]}"
            yield f"{name:72} {100 * seconds / whole:5.1f}%  {each}"
        rest = whole - sum(self.seconds.values())
        yield f"{'reading, intents, subjects, ledger, and measuring':72} {100 * rest / whole:5.1f}%"


def print_by_check(exchanges: Sequence[Exchange]) -> None:
    """Print where the time of judging goes."""
    profile = CheckProfile()
    checks = tuple(map(profile.check, all_checks()))
    with patch.object(engine, "all_checks", lambda: checks):
        judge = Judge(contract())
    for kind in all_relations():
        judge.relations_for(kind.subject)
    for relation in judge.relations:
        vars(relation)["see"] = profile.timed(type(relation).__name__, relation.see)
    began = time.thread_time()
    for exchange in fresh(exchanges):
        judge.feed(exchange)
    for row in profile.rows(time.thread_time() - began):
        print(row)


def main() -> None:
    """Print the figures."""
    by_check = "--by-check" in sys.argv[1:]
    paths = [Path(each) for each in sys.argv[1:] if not each.startswith("--")] or [
        RECORDED if RECORDED.is_file() else SAMPLE
    ]
    exchanges = streams(paths)
    each_time = sum(len(exchange.events) for exchange in exchanges)
    exchanges *= max(1, -(-LEAST // max(1, each_time)))
    lines = [frame.data for each in exchanges for frame in each.frames if frame.data and frame.json]
    size = sum(map(len, lines))
    print(f"{len(exchanges)} streams, {len(lines)} events, {size / 1e6:.1f} MB of data, from {paths[0].name}")
    judged(exchanges[:1])
    if by_check:
        print_by_check(exchanges)
        return
    rates = {
        "json.loads of the data": len(lines) / best(lambda: [json.loads(line) for line in lines]),
        "bytes to events": len(lines) / best(lambda: read_events(exchanges)),
        "judged: bytes, grammar, sums, schemas": len(lines) / best(lambda: judged(exchanges)),
        "judged, with all else of antiphon judge": len(lines) / best(lambda: reported(exchanges)),
    }
    parse = sdk_parser()
    if parse:
        rates["the SDK: json.loads, construct_type"] = len(lines) / best(lambda: parse(lines))
    ours = rates["judged: bytes, grammar, sums, schemas"]
    for name, rate in rates.items():
        print(f"{name:40} {rate:10,.0f} events/s   judging is {ours / rate:5.2f} times as fast")


if __name__ == "__main__":
    main()
