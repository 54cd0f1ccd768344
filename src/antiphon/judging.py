"""Judges recordings: reads them one exchange at a time, so that their size does not matter."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from antiphon.contract.load import DEFAULT_EDITION, contract
from antiphon.errors import Exit
from antiphon.judge.drift import Drift
from antiphon.judge.engine import Judge
from antiphon.plan import Plan, check_selection
from antiphon.report import result, terminal
from antiphon.report.facts import RunFacts
from antiphon.report.write import write_all
from antiphon.session import totals
from antiphon.traffic import Remark, read
from antiphon.transcript.exchange import Exchange
from antiphon.transcript.lines import Header


class Shown:
    """Keeps the few exchanges that a report shows: those with a violation, each up to a size."""

    MOST = 500
    LARGEST = 256 * 1024

    def __init__(self) -> None:
        self._kept: dict[str, Exchange] = {}

    def keep(self, exchange: Exchange) -> None:
        if len(self._kept) < self.MOST and len(exchange.content) <= self.LARGEST:
            self._kept[exchange.id] = exchange

    def get(self, name: str) -> Exchange | None:
        return self._kept.get(name)


def judge_files(
    files: Sequence[Path], edition: str | None, select: tuple[str, ...], provider: str | None, folder: Path
) -> Exit:
    """Judge every exchange of the files, write the reports, show what was found. Raises RecordingError."""
    plan = Plan(edition=edition or DEFAULT_EDITION, select=select)
    book = contract(plan.edition)
    check_selection(plan, book)
    judge, drift, shown = Judge(book, plan.wants), Drift(book.edition), Shown()
    began = time.time()
    calls = tokens = 0
    remarks: list[Remark] = []
    target: dict[str, str] = {}
    for record in _records(files, provider):
        if isinstance(record, Remark):
            remarks.append(record)
        elif isinstance(record, Header):
            target = target or dict(record.data.get("target") or {})
        elif isinstance(record, Exchange):
            if judge.feed(record):
                shown.keep(record)
            drift.see(record)
            spent = totals([record])
            calls, tokens = calls + spent[0], tokens + spent[1]
    facts = RunFacts(
        source="judge",
        target=target,
        started_at=datetime.fromtimestamp(began, UTC).isoformat(timespec="seconds"),
        duration=time.time() - began,
        filtered=plan.filtered,
        filter=" ".join(f"-k {each}" for each in select),
        calls=calls,
        tokens=tokens,
        files=[str(path) for path in files],
        drift=drift.rows(),
        exchanges_judged=judge.exchanges - judge.skipped,
        exchanges_skipped=judge.skipped,
    )
    made = result.build(book, judge.finish(), facts, shown.get)
    screen = terminal.screen()
    terminal.show(screen, made, write_all(made, folder))
    for remark in remarks:
        screen.print(f"{remark.where}: {remark.message}", markup=False, highlight=False)
    return result.exit_code(made)


def _records(files: Sequence[Path], provider: str | None) -> Iterator[object]:
    for path in files:
        yield from read(path, provider=provider)
