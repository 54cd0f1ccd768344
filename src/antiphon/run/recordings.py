"""Judging of recordings, one exchange at a time, so that their size does not matter."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from antiphon.contract.load import DEFAULT_EDITION, contract, edition_ids
from antiphon.contract.model import Contract
from antiphon.errors import Exit, RecordingError
from antiphon.gate.decision import GatePolicy
from antiphon.judge.engine import Judge, cycle_collector_paused
from antiphon.judge.registry import Violation
from antiphon.recording.exchange import Exchange
from antiphon.recording.importers import Remark, read
from antiphon.recording.outcome import MISSING_ROUTE
from antiphon.recording.records import Header, Record
from antiphon.recording.redaction.redactor import Redactor
from antiphon.report import result
from antiphon.report.facts import RunFacts
from antiphon.report.output import Output
from antiphon.report.words import plural
from antiphon.run.exchange_sample import ExchangeSelection, moment_of, share_of
from antiphon.run.findings import Findings
from antiphon.run.left_out import outside_recordings
from antiphon.run.options import RunOptions, check_selection
from antiphon.run.publish import deliver
from antiphon.run.recorded_lines import broken_exchanges, recorded_lines

MOST_REASONS = 10
"""Reasons for which exchanges were not judged that are shown."""


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


AZURE = "provider:azure"


class RecordingJudge:
    """Judges exchanges one at a time, and collects the facts of a result."""

    def __init__(self, book: Contract, plan: RunOptions | None = None, filter: str = "") -> None:
        """`filter` names the options that leave something out."""
        self._book, self._plan, self._filter = book, plan or RunOptions(edition=book.edition.id), filter
        self._findings, self._sample = Findings(book, Judge(book, self._plan.wants)), ExchangeSample()
        self._redactor = Redactor()
        self._began = time.time()

    def judge(self, exchange: Exchange, file: str = "") -> dict[str, list[Violation]]:
        """Judge one exchange of a file without its secrets; its violations by requirement."""
        with cycle_collector_paused():
            return self._take(exchange, file)

    def _take(self, exchange: Exchange, file: str) -> dict[str, list[Violation]]:
        exchange = self._redactor.exchange(exchange)
        found = self._findings.add(exchange, file)
        if found or exchange.status in MISSING_ROUTE:  # of such a one, findings may wait until its route is shown
            self._sample.keep(exchange)
        return found

    def finish(
        self, folder: Path, target: Mapping[str, str], files: Sequence[Path],
        policy: GatePolicy | None = None, output: Output | None = None, remarks: Sequence[Remark] = (),
    ) -> Exit:  # fmt: skip
        """Write the reports, show the findings, and return the exit code."""
        found, ledger = self._findings.facts((), {}), self._findings.judge.finish()
        facts = RunFacts(
            source="judge",
            target=target,
            started_at=datetime.fromtimestamp(self._began, UTC).isoformat(timespec="seconds"),
            duration=time.time() - self._began,
            filtered=bool(self._filter),
            filter=self._filter,
            files=[str(path) for path in files],
            **found,
            lines=recorded_lines(files[0] if len(files) == 1 else None, broken_exchanges(ledger)),
            left_out=outside_recordings(self._book, self._plan),
        )
        made = result.build(self._book, ledger, facts, self._sample.get)
        return deliver(made, folder, policy, output, remarks=[*remarks, *self._skip_remarks()])

    def _skip_remarks(self) -> Iterator[Remark]:
        for reason, count in self._findings.judge.skips.most_common(MOST_REASONS):
            yield Remark("not judged", f"{plural(count, 'exchange')}, as {reason}")


@dataclass(frozen=True)
class JudgeOptions:
    """What is judged of which files. `names` are those under which files were given, where they are copies."""

    files: Sequence[Path]
    edition: str | None = None
    select: tuple[str, ...] = ()
    provider: str | None = None
    names: Sequence[Path] = ()
    sample: str | None = None
    """The share of responses that is judged."""
    since: str | None = None
    """The moment from which on exchanges are judged."""

    @property
    def plan(self) -> RunOptions:
        """The options of a run that the result names."""
        return RunOptions(edition=self.edition or DEFAULT_EDITION, select=self.select)

    @property
    def filter(self) -> str:
        """The options that leave something out."""
        bounds = {"--sample": self.sample, "--since": self.since}
        words = [f"-k {name}" for name in self.select] + [f"{name} {value}" for name, value in bounds.items() if value]
        return " ".join(words)

    @property
    def shown_names(self) -> Sequence[Path]:
        """The files as the reader of a result knows them."""
        return self.names or self.files


def judge_files(
    options: JudgeOptions, folder: Path, policy: GatePolicy | None = None, output: Output | None = None
) -> Exit:
    """Judge every exchange of the files, write the reports, show the findings. Raises RecordingError."""
    plan = options.plan
    book = contract(plan.edition)
    check_selection(plan, book)
    tally = RecordingJudge(book, plan, options.filter)
    selection = ExchangeSelection(share_of(options.sample), moment_of(options.since))
    remarks: list[Remark] = []
    target: dict[str, str] = {}
    azure = 0
    for number, record in read_files(options.files, options.provider):
        if isinstance(record, Remark):
            remarks.append(record)
        elif isinstance(record, Header):
            target = target or dict(record.data.get("target") or {})
        elif isinstance(record, Exchange) and selection.takes(record):
            azure += AZURE in record.notes
            tally.judge(record, str(options.shown_names[number]))
    if azure and options.edition is None:
        remarks.append(_azure_remark(azure))
    remarks += selection.remarks()
    return tally.finish(folder, target, options.shown_names, policy, output, remarks)


def read_files(files: Sequence[Path], provider: str | None) -> Iterator[tuple[int, Record | Remark]]:
    """The records of all files, each with the number of its file; one that cannot be read is a remark.

    Raises RecordingError where none can be.
    """
    first: RecordingError | None = None
    legible = 0
    for number, path in enumerate(files):
        began = False
        try:
            for record in read(path, provider=provider):
                began = True
                yield number, record
            legible += 1
        except RecordingError as error:
            first, legible = first or error, legible + began
            yield number, Remark(path.name, str(error).removeprefix(f"{path.name}: "))
    if first and not legible:
        raise first


def _azure_remark(count: int) -> Remark:
    name = next((each for each in edition_ids() if each.startswith("azure")), DEFAULT_EDITION)
    return Remark(
        "edition", f"{plural(count, 'exchange')} went to Azure; `--edition {name}` judges them by its contract"
    )
