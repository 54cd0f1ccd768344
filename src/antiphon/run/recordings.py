"""Judging of exchanges that nobody played, one at a time, so that their number does not matter."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from antiphon.contract.model import Contract
from antiphon.errors import Exit
from antiphon.gate.decision import GatePolicy
from antiphon.judge.engine import Judge, cycle_collector_paused
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.recording.outcome import MISSING_ROUTE
from antiphon.recording.redaction.redactor import Redactor
from antiphon.recording.source import Remark
from antiphon.report import result
from antiphon.report.facts import RunFacts
from antiphon.report.output import Output
from antiphon.report.result_model import Result, ResultRecording
from antiphon.report.seal import recordings_of
from antiphon.report.words import plural
from antiphon.run.findings import Findings, FindingsState
from antiphon.run.kept_exchanges import KeptExchanges, WrittenExchange
from antiphon.run.left_out import outside_recordings
from antiphon.run.options import RunOptions
from antiphon.run.publish import deliver
from antiphon.run.recorded_lines import broken_exchanges, recorded_lines
from antiphon.run.whole_recording import PlacedExchange, Position, WholeRecording

MOST_REASONS = 10
"""Reasons for which exchanges were not judged that are shown."""


@dataclass
class RecordingState:
    """What the judging of recordings holds, as it is written."""

    findings: FindingsState
    sample: dict[str, WrittenExchange]
    whole: dict[str, PlacedExchange] | None
    """All exchanges of a small recording; None of a large one."""
    began: float
    seconds: float


class RecordingJudge:
    """Judges exchanges one at a time, and collects the facts of a result."""

    def __init__(self, book: Contract, plan: RunOptions | None = None, filter: str = "") -> None:
        """`filter` names the options that leave something out."""
        self._book, self._plan, self._filter = book, plan or RunOptions(edition=book.edition.id), filter
        self._findings, self._sample = (
            Findings(book, Judge(book, self._plan.wants), sees_clients=False),
            KeptExchanges(),
        )
        self._redactor, self._whole = Redactor(), WholeRecording()
        self._began = self._started = time.time()
        self._earlier = 0.0
        """Seconds that other parts took."""

    def judge(self, exchange: Exchange, position: Position | None = None) -> dict[str, list[Violation]]:
        """Judge one exchange without its secrets; its violations by requirement. Without positions, order stays."""
        with cycle_collector_paused():
            return self._take(exchange, position or Position(number=self._findings.judge.exchanges))

    def _take(self, exchange: Exchange, position: Position) -> dict[str, list[Violation]]:
        exchange, file = self._redactor.exchange(exchange), position.file
        found = self._findings.add(exchange, file)
        self._whole.keep(exchange, position)
        if found or exchange.status in MISSING_ROUTE:  # of such a one, findings may wait until its route is shown
            self._sample.keep(exchange, file)
            if self._sample.is_full:
                self._sample.restrict(self._needed())
        return found

    def _needed(self) -> set[str]:
        """The exchanges that the first places of what is broken lie in."""
        judge = self._findings.judge
        ledgers = [judge.ledger, *(held.ledger for held in judge.routes.waiting.values())]
        return {place.exchange for each in ledgers for entry in each.entries.values() for place in entry.places}

    @property
    def state(self) -> RecordingState:
        """What was found so far."""
        sample = dict(self._sample.restrict(self._needed()))
        seconds = self._earlier + time.time() - self._began
        return RecordingState(self._findings.state, sample, self._whole.state, self._started, seconds)

    def add(self, state: RecordingState, *, beside: bool = False) -> None:
        """Take over what another judge found, before either is finished; `beside` says that both judged at once.

        Raises msgspec.ValidationError and KeyError where it is no such state.
        """
        self._findings.add_state(state.findings)
        self._sample.add(state.sample)
        self._whole.add(state.whole)
        if beside:
            return
        self._earlier += state.seconds
        self._started = min(self._started, state.began)

    def finish(
        self, folder: Path, target: Mapping[str, str], files: Mapping[str, ResultRecording | None],
        policy: GatePolicy | None = None, output: Output | None = None, remarks: Sequence[Remark] = (),
    ) -> Exit:  # fmt: skip
        """Write the reports, show the findings, and return the exit code.

        `files` are the recordings, with their digests where these are known already.
        """
        made = self.result(target, files)
        return deliver(made, folder, policy, output, remarks=[*remarks, *self._skip_remarks()])

    def result(self, target: Mapping[str, str], files: Mapping[str, ResultRecording | None]) -> Result:
        """The result, once, after the last exchange."""
        self._sample.restrict(self._needed())
        found, ledger = self._findings.facts((), {}), self._findings.judge.finish()
        facts = RunFacts(
            source="judge",
            target=target,
            started_at=datetime.fromtimestamp(self._started, UTC).isoformat(timespec="seconds"),
            duration=self._earlier + time.time() - self._began,
            filtered=bool(self._filter),
            filter=self._filter,
            files=list(files),
            recordings=[
                each for path, known in files.items() for each in ([known] if known else recordings_of([Path(path)]))
            ],
            **found,
            lines=recorded_lines(Path(*files) if len(files) == 1 else None, broken_exchanges(ledger)),
            left_out=outside_recordings(self._book, self._plan),
        )
        return result.build(self._book, ledger, facts, self._whole.exchanges() or self._sample.get)

    def _skip_remarks(self) -> Iterator[Remark]:
        skips = sorted(self._findings.judge.skips.items(), key=lambda item: (-item[1], item[0]))
        for reason, count in skips[:MOST_REASONS]:
            yield Remark("not judged", f"{plural(count, 'exchange')}, as {reason}")
