"""Tests of the suites over what the reference server answered, and the same with one thing changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import pytest
from tests.judge.test_absent_members import replaced

from antiphon.contract.depth import Depth
from antiphon.exercise.scenario import get_scenario
from antiphon.generated.options import NO_GENERATION
from antiphon.recording.exchange import Chunk, Exchange
from antiphon.recording.transcript import Transcript
from antiphon.run.options import RunOptions
from antiphon.run.session import Session
from antiphon.selftest.suite_tests import collected_tests
from antiphon.suite.absent_members import MemberRead, noting_reads
from antiphon.suite.items import requirements_of, scenarios_of
from antiphon.suite.observation import Observation, observe

EDITION = "openai-2026-08"
LEFT_OUT = ("concurrency", "errors", "limits", "modes", "parameters", "properties", "tenants", "webhooks", "websocket")
"""Areas whose scenarios make many calls, or look at refusals alone."""
MOST_STEPS, MOST_CASES = 8, 2
TOLD_BY_EVENTS = ("type", "output")
"""Members without which there are no events, and in whose place the events of a stream stand."""


@dataclass(frozen=True)
class Played:
    """A test of the suites, and the transcripts that it reads."""

    test: Callable[..., None]
    requirements: tuple[str, ...]
    transcripts: dict[str, Transcript]

    def observe(self, changed: Mapping[str, Transcript], **more: Any) -> Observation:
        """What it comes to with some of its transcripts changed."""
        return observe(self.test, {**self.transcripts, **changed}, own=self.requirements, **more)

    def reads(self) -> set[tuple[str, int, str]]:
        """What it finds in replies: the argument, the step, the member."""
        reads: list[MemberRead] = []
        self.observe({name: noting_reads(each, reads) for name, each in self.transcripts.items()})
        found = {(read.exchange.id, read.name) for read in reads if read.is_there}
        return {
            (argument, step, name)
            for argument, transcript in self.transcripts.items()
            for step, exchange in enumerate(transcript.exchanges)
            for id, name in found
            if id == exchange.id and not (exchange.is_stream and name in TOLD_BY_EVENTS)
        }

    def without(self, argument: str, step: int, member: str, new: Any = ...) -> dict[str, Transcript]:
        """Its transcripts, without a member in one step, or with another value of it."""
        transcript = self.transcripts[argument]
        exchanges = list(transcript.exchanges)
        exchanges[step] = altered(exchanges[step], member, new)
        return {argument: replace(transcript, exchanges=tuple(exchanges))}


def altered(exchange: Exchange, member: str, new: Any) -> Exchange:
    """An exchange with another value of a member everywhere in its reply; without it where that is Ellipsis."""
    response = exchange.response
    if response is None or exchange.is_socket:
        return exchange
    lines = response.content.split(b"\n") if exchange.is_stream else [response.content]
    spelled = [_altered(line, member, new) for line in lines]
    chunks = (Chunk(response.chunks[-1].at, b"\n".join(spelled)),)
    return replace(exchange, response=replace(response, chunks=chunks))


def _altered(line: bytes, member: str, new: Any) -> bytes:
    label, brace, rest = line.partition(b"{")
    if not brace or not member.isascii():
        return line
    return label + json.dumps(replaced(json.loads(brace + rest), member, new)).encode()


@lru_cache
def played() -> tuple[Played, ...]:
    """The tests that pass with the reference server, at most two of a family."""
    items = [each for each in collected_tests(EDITION) if each.path.parent.name not in LEFT_OUT]
    families = Counter[str]()
    chosen = []
    for item in items:
        families[item.nodeid.partition("[")[0]] += 1
        names = scenarios_of(item)
        if families[item.nodeid.partition("[")[0]] <= MOST_CASES and len(names) == len(item._fixtureinfo.argnames):
            chosen.append((item, dict(zip(item._fixtureinfo.argnames, names, strict=True))))
    run = Session(RunOptions(edition=EDITION, depth=Depth.THOROUGH, properties=NO_GENERATION))
    run.play({name for _, names in chosen for name in names.values()})
    return tuple(_passing(chosen, run))


def _passing(chosen: list[tuple[pytest.Function, dict[str, str]]], run: Session) -> Iterator[Played]:
    for item, names in chosen:
        transcripts = {
            argument: replace(run.transcripts[name], case=get_scenario(name).case)
            for argument, name in names.items()
            if name in run.transcripts
        }
        one = Played(item.obj, tuple(requirements_of(item)), transcripts)
        if len(transcripts) == len(names) and all(len(each.exchanges) <= MOST_STEPS for each in transcripts.values()):
            seen = one.observe({})
            if seen.judged and not seen.violation:
                yield one
