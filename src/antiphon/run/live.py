"""Live output of a run, its result, and the reports at its end."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from antiphon.errors import Exit
from antiphon.exercise.budget.costs import is_call
from antiphon.exercise.recorder import RunWatcher
from antiphon.gate.decision import GatePolicy
from antiphon.recording.exchange import Exchange
from antiphon.recording.records import ScenarioEnd
from antiphon.report import result, terminal
from antiphon.report.facts import RunFacts
from antiphon.report.output import Output
from antiphon.report.progress import Progress
from antiphon.report.seal import recordings_of
from antiphon.run.left_out import left_out
from antiphon.run.publish import deliver
from antiphon.run.recorded_lines import broken_exchanges, recorded_lines
from antiphon.run.session import Session


@dataclass
class LiveLine(RunWatcher):
    """Progress line while scenarios run."""

    progress: Progress
    names: list[str] = field(default_factory=list)
    done: int = 0
    calls: int = 0

    def on_plan(self, scenarios: int) -> None:
        self.progress.total += scenarios  # of each of several runs

    def on_start(self, scenario: str) -> None:
        self.names.append(scenario)
        self.progress.update(running=self.names)

    def on_exchange(self, exchange: Exchange) -> None:
        self.calls += is_call(exchange)
        self.progress.update(calls=self.calls)

    def on_end(self, ending: ScenarioEnd) -> None:
        self.done += 1
        if ending.scenario in self.names:
            self.names.remove(ending.scenario)
        self.progress.update(done=self.done, running=self.names)


def run_facts(session: Session, source: str) -> RunFacts:
    """Facts of the session for its result."""
    plan, target = session.plan, session.target
    asked, silence = session.scope_text, session.findings.judge.outcomes.silence()
    claimed = dict(target.capabilities) if target else {}
    transcript = plan.transcripts[0] if plan.transcripts else plan.folder and plan.folder / "transcript.jsonl"
    return RunFacts(
        source=source,
        target=target.as_json() if target else {},
        started_at=datetime.fromtimestamp(session.started_at, UTC).isoformat(timespec="seconds"),
        duration=session.seconds,
        filtered=bool(asked),
        clients=session.plan.clients,
        filter=asked,
        covers=frozenset() if silence else session.covers,
        depth=session.whole_depth,
        runs=session.runs,
        scenarios=session.endings,
        absent=frozenset(name for name, has in claimed.items() if not has),
        transcript=str(transcript or "transcript.jsonl"),
        recordings=recordings_of(plan.transcripts or (plan.all_transcripts if plan.folder else ())),
        lines=recorded_lines(transcript, broken_exchanges(session.findings.ledger)),
        unanswered=silence,
        commands=session.commands,
        unshown=session.findings.judge.outcomes.explanations(),
        **session.findings.facts(session.endings, claimed if plan.surface == "chat" else {**claimed, "core": True}),
        left_out=left_out(session),
    )


def live_line(stack: ExitStack, output: Output | None = None) -> LiveLine:
    """A live line that ends with the stack."""
    screen = terminal.screen(sys.stderr if output and output.as_json else None)
    return LiveLine(stack.enter_context(Progress(screen, 0)))


def result_of(session: Session) -> result.Result:
    """The result of a session that has played and judged."""
    source = "transcript" if session.plan.transcripts else "run"
    return result.build(session.contract, session.findings.ledger, run_facts(session, source), session.exchanges)


def finish(session: Session, folder: Path, policy: GatePolicy | None = None, output: Output | None = None) -> Exit:
    """Write the reports of a run, show the findings, and return the exit code."""
    files = [] if session.plan.transcripts else session.plan.all_transcripts
    return deliver(result_of(session), folder, policy, output, files=files, remarks=session.remarks)
