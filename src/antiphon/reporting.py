"""From a session to its result, the files made of it, and what is shown on the terminal."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from antiphon.errors import Exit
from antiphon.exercise.run import Watcher
from antiphon.report import result, terminal
from antiphon.report.facts import RunFacts
from antiphon.report.progress import Progress
from antiphon.report.write import write_all
from antiphon.session import Session, totals
from antiphon.transcript.exchange import Exchange
from antiphon.transcript.lines import Ending


@dataclass
class LiveLine(Watcher):
    """Shows what happens while scenarios run."""

    progress: Progress
    names: list[str] = field(default_factory=list)
    done: int = 0
    calls: int = 0

    def planned(self, scenarios: int) -> None:
        self.progress.total = scenarios

    def began(self, scenario: str) -> None:
        self.names.append(scenario)
        self.progress.update(running=self.names)

    def said(self, exchange: Exchange) -> None:
        self.calls += 1
        self.progress.update(calls=self.calls)

    def ended(self, ending: Ending) -> None:
        self.done += 1
        self.names.remove(ending.scenario)
        self.progress.update(done=self.done, running=self.names)


def facts(session: Session, source: str) -> RunFacts:
    """What the result says of the run besides its verdicts."""
    calls, tokens = totals(session.exchanges.values())
    plan, target = session.plan, session.target
    said = " ".join([*(f"-k {each}" for each in plan.select), *([f"--shard {plan.shard[0]}/{plan.shard[1]}"]
                    if plan.shard[1] > 1 else [])])  # fmt: skip
    return RunFacts(
        source=source,
        target=target.described() if target else {},
        started_at=datetime.fromtimestamp(session.started_at, UTC).isoformat(timespec="seconds"),
        duration=session.seconds,
        filtered=plan.filtered,
        filter=said,
        calls=calls,
        tokens=tokens,
        scenarios=session.endings,
        absent=frozenset(name for name, has in (target.capabilities if target else {}).items() if not has),
        transcript=str(plan.transcripts[0] if plan.transcripts else (plan.folder or Path()) / "transcript.jsonl"),
        drift=session.drift.rows(),
        exchanges_judged=session.judge.exchanges - session.judge.skipped,
        exchanges_skipped=session.judge.skipped,
    )


def watched(stack: ExitStack) -> LiveLine:
    """A live line that ends with the stack."""
    return LiveLine(stack.enter_context(Progress(terminal.screen(), 0)))


def finish(session: Session, folder: Path) -> Exit:
    """Write the reports of a run, show what was found, and say with which code to end."""
    source = "transcript" if session.plan.transcripts else "run"
    made = result.build(session.contract, session.judge.ledger, facts(session, source), session.exchanges)
    files = write_all(made, folder)
    if not session.plan.transcripts:
        files = [folder / "transcript.jsonl", *files]
    screen = terminal.screen()
    terminal.show(screen, made, files)
    for remark in session.remarks:
        screen.print(f"{remark.where}: {remark.message}", markup=False, highlight=False)
    return result.exit_code(made)
