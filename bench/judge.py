"""How many events a second are judged, next to json.loads alone and to the official SDK's parsing of the same streams.

    python bench/judge.py [RECORDING...]

Without arguments it takes the recordings next to the checkout or, where there are none, the committed sample, repeated.
Seconds are those of the processor. Prints figures and ratios; asserts nothing.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from antiphon.contract.load import contract
from antiphon.judge.engine import Judge
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import read
from antiphon.run.recordings import RecordingJudge

ROOT = Path(__file__).resolve().parents[1]
RECORDED = ROOT.parent / "shared" / "traffic" / "responses.jsonl.gz"
SAMPLE = ROOT / "tests" / "data" / "traffic" / "sample.jsonl.gz"
LEAST = 10_000
"""Events for which the sample is repeated."""
ROUNDS = 3


def streams(paths: Sequence[Path]) -> list[Exchange]:
    """Every stream of the Responses API in some recordings."""
    records = (record for path in paths for record in read(path))
    found = [each for each in records if isinstance(each, Exchange) and each.is_stream]
    return [each for each in found if any(str(event.get("type")).startswith("response.") for event in each.events)]


def fresh(exchanges: Iterable[Exchange]) -> Iterable[Exchange]:
    """The exchanges as if they had just been read: nothing of them is parsed."""
    for exchange in exchanges:
        assert exchange.response is not None
        yield replace(exchange, response=replace(exchange.response))


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


def main() -> None:
    """Print the figures."""
    paths = [Path(each) for each in sys.argv[1:]] or [RECORDED if RECORDED.is_file() else SAMPLE]
    exchanges = streams(paths)
    each_time = sum(len(exchange.events) for exchange in exchanges)
    exchanges *= max(1, -(-LEAST // max(1, each_time)))
    lines = [frame.data for each in exchanges for frame in each.frames if frame.data and frame.json]
    size = sum(map(len, lines))
    print(f"{len(exchanges)} streams, {len(lines)} events, {size / 1e6:.1f} MB of data, from {paths[0].name}")
    judged(exchanges[:1])
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
