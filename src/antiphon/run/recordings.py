"""Judging of recordings, one exchange at a time, so that their size does not matter."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from antiphon.contract.load import DEFAULT_EDITION, contract
from antiphon.contract.model import Contract
from antiphon.errors import Exit
from antiphon.gate.decision import GatePolicy
from antiphon.judge.engine import Judge, cycle_collector_paused
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import Remark, read
from antiphon.recording.outcome import MISSING_ROUTE
from antiphon.recording.records import Header
from antiphon.recording.redaction.redactor import Redactor
from antiphon.report import result
from antiphon.report.facts import RunFacts
from antiphon.report.output import Output
from antiphon.run.findings import Findings
from antiphon.run.left_out import outside_recordings
from antiphon.run.options import RunOptions, check_selection
from antiphon.run.publish import deliver


class ExchangeSample:
    """The few exchanges that a report shows: those with a violation, each up to a size."""

    MOST = 500
    LARGEST = 256 * 1024

    def __init__(self) -> None:
        self._kept: dict[str, Exchange] = {}

    def keep(self, exchange: Exchange) -> None:
        """Keep an exchange, unless it is large or there are many."""
        if len(self._kept) < self.MOST and len(exchange.content) <= self.LARGEST:
            self._kept[exchange.id] = exchange

    def get(self, name: str) -> Exchange | None:
        """The exchange of an id, if it was kept."""
        return self._kept.get(name)


class RecordingJudge:
    """Judges exchanges one at a time, and collects the facts of a result."""

    def __init__(self, book: Contract, wants: Callable[[str], bool] = lambda requirement: True) -> None:
        self._book = book
        self._findings, self._sample = Findings(book, Judge(book, wants)), ExchangeSample()
        self._redactor = Redactor()
        self._began = time.time()

    def judge(self, exchange: Exchange) -> dict[str, list[Violation]]:
        """Judge one exchange without its secrets; its violations by requirement."""
        with cycle_collector_paused():
            return self._take(exchange)

    def _take(self, exchange: Exchange) -> dict[str, list[Violation]]:
        exchange = self._redactor.exchange(exchange)
        found = self._findings.add(exchange)
        if found or exchange.status in MISSING_ROUTE:  # of such a one, findings may wait until its route is shown
            self._sample.keep(exchange)
        return found

    def finish(
        self, folder: Path, target: Mapping[str, str], files: Sequence[Path], plan: RunOptions,
        policy: GatePolicy | None = None, output: Output | None = None, remarks: Sequence[Remark] = (),
    ) -> Exit:  # fmt: skip
        """Write the reports, show the findings, and return the exit code."""
        facts = RunFacts(
            source="judge",
            target=target,
            started_at=datetime.fromtimestamp(self._began, UTC).isoformat(timespec="seconds"),
            duration=time.time() - self._began,
            filtered=plan.filtered,
            filter=" ".join(f"-k {each}" for each in plan.select),
            files=[str(path) for path in files],
            **self._findings.facts((), {}),
            left_out=outside_recordings(self._book, plan),
        )
        made = result.build(self._book, self._findings.judge.finish(), facts, self._sample.get)
        return deliver(made, folder, policy, output, remarks=remarks)


def judge_files(
    files: Sequence[Path],
    edition: str | None,
    select: tuple[str, ...],
    provider: str | None,
    folder: Path,
    policy: GatePolicy | None = None,
    output: Output | None = None,
) -> Exit:
    """Judge every exchange of the files, write the reports, show the findings. Raises RecordingError."""
    plan = RunOptions(edition=edition or DEFAULT_EDITION, select=select)
    book = contract(plan.edition)
    check_selection(plan, book)
    tally = RecordingJudge(book, plan.wants)
    remarks: list[Remark] = []
    target: dict[str, str] = {}
    for record in _records(files, provider):
        if isinstance(record, Remark):
            remarks.append(record)
        elif isinstance(record, Header):
            target = target or dict(record.data.get("target") or {})
        elif isinstance(record, Exchange):
            tally.judge(record)
    return tally.finish(folder, target, files, plan, policy, output, remarks)


def _records(files: Sequence[Path], provider: str | None) -> Iterator[object]:
    for path in files:
        yield from read(path, provider=provider)
