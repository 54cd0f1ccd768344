"""Judging takes bounded memory and linear time, and its result does not depend on how a run lies in files."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bench.large import MEGABYTE, SAMPLE, judge, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.judge.judging import sse, stream_of

from antiphon.contract.load import contract
from antiphon.judge.checks.relations.mergers import MOST
from antiphon.judge.engine import Judge
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import read
from antiphon.recording.records import dump
from antiphon.run.judge_files import judge_files
from antiphon.run.judge_options import JudgeOptions

LIMIT = 300
"""Megabytes of memory for a transcript of a gigabyte."""
WHEN = ("files", "duration", "started_at", "digest", "recordings")
MESSAGE = {"type": "message", "id": "msg_1", "role": "assistant"}
WHERE = {"item_id": "msg_1", "output_index": 0, "content_index": 0}


@pytest.mark.long
def test_a_gigabyte_fits_into_memory(tmp_path: Path) -> None:
    held: dict[int, float] = {}
    written: dict[int, int] = {}
    for megabytes in (8, 32):
        written[megabytes] = exchanges = write(tmp_path / "transcript.jsonl", megabytes * MEGABYTE)
        measure = judge(tmp_path / "transcript.jsonl", tmp_path / "report")
        held[megabytes] = measure.held
        result = json.loads((tmp_path / "report" / "result.json").read_text())
        assert measure.code in (0, 1)
        assert result["calls"] == exchanges

    growth = max(0.0, held[32] - held[8]) / (written[32] - written[8])
    most = min(written[32] * 1000 / 32, 2 * MOST)  # what relations remember of responses is bounded
    assert held[32] + growth * (most - written[32]) < LIMIT


@cache
def whole(folder: Path) -> dict[str, Any]:
    """The result of all of them in one file."""
    return result_of([range(len(exchanges()))], folder)


@cache
def exchanges() -> tuple[Exchange, ...]:
    """The committed sample, with one exchange spoilt, so that something is found."""
    found = [each for each in read(SAMPLE) if isinstance(each, Exchange)]
    first = next(each for each in found if each.is_stream and each.response)
    assert first.response is not None
    spoilt = replace(first.response, headers=(("content-type", "text/plain"),))
    return (*found, replace(first, id="spoilt", response=spoilt, started_at=1_790_000_000.0))


def result_of(shards: Sequence[Sequence[int]], folder: Path) -> dict[str, Any]:
    """The result of judging the exchanges in some files, without what says when and of which files it was made."""
    paths = []
    for number, shard in enumerate(shards):
        paths.append(folder / f"{number}.jsonl")
        paths[-1].write_text("".join(dump(exchanges()[place]) + "\n" for place in shard))
    judge_files(JudgeOptions(paths), folder / "report")
    result: dict[str, Any] = json.loads((folder / "report" / "result.json").read_text())
    kept: dict[str, Any] = without_file({key: value for key, value in result.items() if key not in WHEN})
    return kept


def without_file(value: Any) -> Any:
    """A value without the files and lines in which its exchanges stand."""
    if isinstance(value, dict):
        return {key: without_file(each) for key, each in value.items() if key not in ("file", "line")}
    return [without_file(each) for each in value] if isinstance(value, list) else value


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_order_and_files_do_not_matter(tmp_path: Path, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(exchanges()))))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(order) - 1), max_size=3)))
    shards = [order[start:end] for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True)]

    assert whole(tmp_path)["totals"]["pass"] > 100
    assert any(each["violated"] for each in whole(tmp_path)["requirements"])
    assert result_of(shards, tmp_path) == whole(tmp_path)


def long_stream(deltas: int) -> bytes:
    """A stream of one message with so many deltas."""
    lifecycle = {"id": "resp_1", "object": "response", "created_at": 1_780_000_000, "model": "m", "output": []}
    text = {"type": "output_text", "annotations": [], "logprobs": []}
    done = {**MESSAGE, "status": "completed", "content": [{**text, "text": "word " * deltas}]}
    early, end = {**lifecycle, "status": "in_progress"}, {**lifecycle, "status": "completed", "output": [done]}
    delta = {"type": "response.output_text.delta", **WHERE, "delta": "word ", "logprobs": []}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": early},
        {"type": "response.in_progress", "response": early},
        {"type": "response.output_item.added", "output_index": 0,
         "item": {**MESSAGE, "status": "in_progress", "content": []}},
        {"type": "response.content_part.added", **WHERE, "part": {**text, "text": ""}},
        *[delta] * deltas,
        {"type": "response.output_text.done", **WHERE, "text": "word " * deltas, "logprobs": []},
        {"type": "response.content_part.done", **WHERE, "part": {**text, "text": "word " * deltas}},
        {"type": "response.output_item.done", "output_index": 0, "item": done},
        {"type": "response.completed", "response": end},
    ]  # fmt: skip
    return sse({**event, "sequence_number": number} for number, event in enumerate(events))


def seconds_for(deltas: int) -> float:
    """What judging such a stream takes of the processor, at best."""
    content, taken = long_stream(deltas), []
    for _ in range(2):
        judging, stream = Judge(contract()), stream_of(content)
        began = time.process_time()
        found = judging.feed(stream.exchange)
        taken.append(time.process_time() - began)
        assert not any(each.startswith(("stream.sum.", "stream.order.", "stream.sequence.")) for each in found)
    return min(taken)


@pytest.mark.long
def test_a_hundred_thousand_events_take_five_times_as_long_as_twenty_thousand() -> None:
    seconds_for(1_000)

    assert seconds_for(100_000) < 2 * 5 * seconds_for(20_000)
