"""Runner of the suite files under pytest, in this process, without its output."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from antiphon.contract.load import edition_ids
from antiphon.contract.paths import suites_dir
from antiphon.errors import AntiphonError, RecordingError
from antiphon.exercise.budget.bounds import Budget
from antiphon.exercise.budget.prices import prices
from antiphon.exercise.scenario import Scenario
from antiphon.exercise.stop import Stop
from antiphon.judge.ledger import Ledger
from antiphon.pytest_plugin import plugin
from antiphon.recording.file import read_transcript
from antiphon.recording.records import Header, Record
from antiphon.recording.source import Remark
from antiphon.run.options import MOST_REPEATS, RunOptions
from antiphon.run.session import Session

_QUIET = (
    "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:faulthandler", "-p", "no:unraisableexception",
    "-p", "no:threadexception", "-p", "no:logging", "-p", "no:warnings", "-p", "no:junitxml", "-p", "no:doctest",
    "-p", "no:unittest", "-p", "no:tmpdir", "-p", "no:pastebin", "-p", "no:setuponly", "-p", "no:stepwise",
    "--capture=no", "--assert=plain", "--import-mode=importlib", "--noconftest",
)  # fmt: skip


_VERDICTS = (pytest.fail.Exception, pytest.skip.Exception, pytest.xfail.Exception)
"""How a test of the suites ends where it was judged; any other exception is our own error."""


class _SessionPlugin:
    """Gives a session to the plugin, and records the first error that is not a test's."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.error: BaseException | None = None
        self.collection: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[plugin.SESSION] = self.session

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.collection.append(str(report.longrepr))

    def pytest_exception_interact(self, node: pytest.Item, call: pytest.CallInfo[Any]) -> None:
        if call.excinfo is None or (call.when == "call" and isinstance(call.excinfo.value, _VERDICTS)):
            return
        self.error = self.error or call.excinfo.value
        node.session.shouldstop = "nothing can be judged"

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        if type(excinfo.value) is KeyboardInterrupt:
            self.error = self.error or excinfo.value

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        self.error = self.error or excinfo.value
        return True


def run_suite(plan: RunOptions, watcher: Any = None, extra: Sequence[object] = (), stop: Stop | None = None) -> Session:
    """Collect the suites, play or load their scenarios, and judge; as often as the options or the transcripts say.

    A request to `stop` ends what is played, and what is left of it is judged. Raises the AntiphonError that kept it
    from that.
    """
    stop = stop or Stop()
    runs, remarks = stored_runs(plan.transcripts)
    if plan.repeat == 1 and len(runs) <= 1:
        stored = next(iter(runs.values()), None)
        return _once(Session(plan, watcher, remarks=remarks, stored_records=stored, stop=stop), extra)
    budget = Budget(plan.bounds, prices(plan.target.prices if plan.target else {}))
    ledger, whole = Ledger(), None
    for number in sorted(runs) or range(1, plan.repeat + 1):
        one = replace(plan, run=number)
        session = _once(Session(one, watcher, budget=budget, stored_records=runs.get(number), stop=stop), extra)
        ledger.add_run(session.findings.ledger)
        if whole is None:
            whole = session
        else:
            whole.add(session)
    assert whole is not None
    whole.remarks += remarks
    whole.findings.judge.ledger = ledger
    return whole


def stored_runs(transcripts: Sequence[Path]) -> tuple[dict[int, list[Record]], list[Remark]]:
    """Records of transcripts by the number of their run, as their headers state, and remarks on damage."""
    runs: dict[int, list[Record]] = {}
    remarks: list[Remark] = []
    number = 1
    for path in transcripts:
        number = 1
        for each in read_transcript([path]):
            if isinstance(each, Remark):
                remarks.append(each)
                continue
            if isinstance(each, Header):
                number = run_number(each)
            runs.setdefault(number, []).append(each)
    return runs, remarks


def edition_of_run(files: Sequence[Path]) -> str | None:
    """The edition of the run that wrote these transcripts; None where one of them is something else."""
    found = ""
    for path in files:
        try:
            first = next(iter(read_transcript([path])), None)
        except RecordingError:
            return None
        if not isinstance(first, Header) or "scenarios" not in first.data:
            return None
        found = found or str(first.data.get("edition"))
    return found if found in edition_ids() else None


def run_number(header: Header) -> int:
    """Number of the run that a header begins; 1 where it has none."""
    asked = header.data.get("asked")
    number = asked.get("run") if isinstance(asked, dict) else None
    return number if isinstance(number, int) and 1 <= number <= MOST_REPEATS else 1


def collect(plan: RunOptions) -> list[Scenario]:
    """The scenarios that a run would play, without playing any."""
    taker = _ScenarioCollector()
    session = _once(Session(plan), [taker])
    return session.planned_scenarios(taker.names)


class _ScenarioCollector:
    """Collects the scenarios that the tests read, and runs no test."""

    names: Sequence[str] = ()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.names = plugin.needed_scenarios(session.config.stash[plugin.SESSION], session.items)
        return True


def _once(session: Session, extra: Sequence[object]) -> Session:
    given = _SessionPlugin(session)
    before = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"), os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        root = str(suites_dir())
        arguments = [*_QUIET, "-c", os.devnull, f"--rootdir={root}", "-p", "antiphon.pytest_plugin.plugin", root]
        pytest.main(arguments, plugins=[given, *extra])
    finally:
        _restore("PYTEST_DISABLE_PLUGIN_AUTOLOAD", before[0])
        _restore("PYTEST_ADDOPTS", before[1])
    if isinstance(given.error, AntiphonError | KeyboardInterrupt):
        raise given.error
    if given.error or given.collection:
        raise RuntimeError(f"the suite did not run: {given.error or given.collection[0]}") from given.error
    return session


def _restore(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
