"""Expectations of a baseline for the tests of the suites under pytest: expected failures, and outdated entries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

import pytest

from antiphon.gate.baseline import Baseline
from antiphon.gate.decision import Gate, GateOutcome, GatePolicy, decide_verdicts
from antiphon.gate.text import problems
from antiphon.judge.verdict import Verdict, judgement
from antiphon.pytest_plugin.entry import is_whole
from antiphon.report.result_model import ResultRequirement
from antiphon.run.session import Session
from antiphon.suite.items import requirements_of

EXCUSED_OUTCOMES = (GateOutcome.EXPECTED, GateOutcome.EXPIRED, GateOutcome.FLAKY)
_SENT = "antiphon-verdicts"
_WEIGHT = (
    Verdict.NOT_ASKED, Verdict.NOT_TESTABLE, Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.ERROR, Verdict.WARN,
    Verdict.FAIL,
)  # fmt: skip
"""Precedence of verdicts from several workers, the last first."""


class Expectations:
    """Compares verdicts with a baseline. A pytest plugin that reports at the end of a session."""

    def __init__(self, baseline: Baseline, session: Session) -> None:
        self._session = session
        self._policy = GatePolicy(baseline)
        self._partial: set[str] = set()
        """Requirements of which not every test was selected."""
        self._verdicts: dict[str, Verdict] = {}
        self._gate: Gate | None = None

    def excuse(self, requirements: Collection[str]) -> str:
        """Why it is expected that these musts are broken; empty where one of them is not expected to be."""
        musts = dict.fromkeys(requirements, Verdict.FAIL)
        found = [each for each in self._gate_for(musts).findings if each.id in musts]
        return "; ".join(each.why for each in found) if all(each.outcome in EXCUSED_OUTCOMES for each in found) else ""

    def _gate_for(self, verdicts: Mapping[str, Verdict]) -> Gate:
        level = self._session.contract.level
        rows = [{"id": id, "level": level(id).value, "verdict": verdict.value} for id, verdict in verdicts.items()]
        read = cast("list[ResultRequirement]", rows)  # no more of them is read
        return decide_verdicts(read, self._policy, self._session.whole_depth)

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        self._partial.update(id for item in items for id in requirements_of(item))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        config = session.config
        whole = is_whole(config.args) and not (session.shouldstop or session.shouldfail)
        ids = {id for item in getattr(session, "items", ()) for id in requirements_of(item) if whole}
        self._take({id: self._verdict(id) for id in ids & self._known() - self._partial})
        if hasattr(config, "workeroutput"):
            config.workeroutput[_SENT] = {id: verdict.value for id, verdict in self._verdicts.items()}
            return
        self._gate = self._gate_for(self._verdicts)
        if problems(self._gate) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist is done."""
        sent = (getattr(node, "workeroutput", None) or {}).get(_SENT, {})
        self._take({id: Verdict(verdict) for id, verdict in sent.items()})

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        told = problems(self._gate) if self._gate else []
        if told:
            terminalreporter.section("the baseline is outdated", red=True)
        for each in told:
            terminalreporter.line(f"{each.file}:{each.line}: {each.message}")

    def _known(self) -> frozenset[str]:
        """The requirements of the run that the baseline names."""
        baseline = self._policy.baseline
        named = {*baseline.expected, *baseline.flaky} if baseline else set()
        return frozenset(id for id in named if id in self._session.contract.requirements and self._session.wants(id))

    def _verdict(self, id: str) -> Verdict:
        return judgement(self._session.findings.ledger.entries.get(id), self._session.contract.level(id))[0]

    def _take(self, verdicts: Mapping[str, Verdict]) -> None:
        for id, verdict in verdicts.items():
            self._verdicts[id] = max(self._verdicts.get(id, verdict), verdict, key=_WEIGHT.index)
