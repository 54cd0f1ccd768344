"""Pytest plugin: plays the scenarios that the collected tests need, and turns their observations into verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from antiphon.config import LIMIT_OPTIONS, body_fields, load, target, with_options
from antiphon.contract.depth import parse_depth
from antiphon.contract.load import DEFAULT_EDITION
from antiphon.contract.model import Contract
from antiphon.errors import AntiphonError
from antiphon.exercise.budget.bounds import Bounds
from antiphon.exercise.scenario import all_scenarios, get_scenario
from antiphon.gate import baseline
from antiphon.judge.base_requests import BaseRequests
from antiphon.judge.ledger import Ledger
from antiphon.pytest_plugin import entry
from antiphon.pytest_plugin.expectations import Expectations
from antiphon.pytest_plugin.outcome_reports import report_entry, report_observation
from antiphon.pytest_plugin.shared_run import play_once
from antiphon.recording.exchange import Exchange
from antiphon.recording.records import EARLY
from antiphon.recording.transcript import Transcript
from antiphon.run.depth_choice import choose_depth
from antiphon.run.interruption import Interruption
from antiphon.run.options import RunOptions
from antiphon.run.session import Session
from antiphon.suite.declined_beside import declined_beside
from antiphon.suite.items import is_wire, requirements_of, scenarios_of
from antiphon.suite.observation import Observation, observe

pytest_addoption = entry.pytest_addoption
assert_conforms_fixture = entry.assert_conforms_fixture
_OF_TARGET = (
    "base_url", "model", "api_key_env", "other_model", "reasoning_model", "rate", "ca_file", "client_cert",
    *LIMIT_OPTIONS,
)  # fmt: skip
SESSION = pytest.StashKey[Session]()
EXPECTATIONS = pytest.StashKey[Expectations]()
INTERRUPTION = pytest.StashKey[Interruption]()
"""What takes the signals while scenarios are played; not where another command plays them, which takes them itself."""


MARKERS = (
    "requirement(*ids): the requirements that this test judges; select with -m \"requirement(id='ID')\"",
    "capability(name): what the target needs; select with -m \"capability(name='NAME')\"",
    "level(name): must, should or may; select with -m \"level(name='must')\"",
)


def pytest_configure(config: pytest.Config) -> None:
    if config.args and all(entry.is_suite(each) for each in config.args):
        config.option.importmode = "importlib"  # suite files of several folders have the same name
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    if SESSION not in config.stash and not config.option.help:
        try:
            session = config.stash[SESSION] = Session(_plan(config))
            config.stash[INTERRUPTION] = Interruption(session.stop)
            _expect(config, session)
        except AntiphonError as error:
            raise pytest.UsageError(str(error)) from None


def _expect(config: pytest.Config, session: Session) -> None:
    path = config.getoption("antiphon_baseline")
    if path:
        config.stash[EXPECTATIONS] = Expectations(baseline.load(Path(path), session.contract), session)
        config.pluginmanager.register(config.stash[EXPECTATIONS], "antiphon-baseline")


def _plan(config: pytest.Config) -> RunOptions:
    given = {name: config.getoption(f"antiphon_{name}") for name in _OF_TARGET}
    fields = body_fields(config.getoption("antiphon_body_field"), "--antiphon-body-field")
    name, edition = config.getoption("antiphon_target"), config.getoption("antiphon_edition")
    read = load()
    settings = with_options(read.target(name) if name else {}, given)
    settings["body"] = {**settings.get("body", {}), **fields}
    folder = config.getoption("antiphon_report_dir")
    found = target(settings) if name or given["base_url"] else None
    depth = "thorough" if config.getoption("antiphon_thorough") else config.getoption("antiphon_depth")
    bounds = Bounds(time=config.getoption("antiphon_max_time"))
    choice = choose_depth(parse_depth(depth) if depth else None, found, bounds)
    return RunOptions(
        target=found,
        transcripts=tuple(map(Path, config.getoption("antiphon_transcript"))),
        folder=Path(folder) if folder else None,
        depth=choice.depth,
        surface=config.getoption("antiphon_surface") or "both",
        exclude=tuple(config.getoption("antiphon_exclude") or read.run.get("exclude", ())),
        bounds=choice.bounds,
        faults=tuple(config.getoption("antiphon_fault")),
        edition=edition or (found.edition if found else DEFAULT_EDITION),
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    session = config.stash.get(SESSION, None)
    if session is None:
        return
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        ids = requirements_of(item)
        marked = item.get_closest_marker("requirement") is not None
        _mark(item, ids, session.contract)
        counts = not marked or any(each in session.contract.requirements and session.wants(each) for each in ids)
        (kept if counts else dropped).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def _mark(item: pytest.Item, ids: Sequence[str], book: Contract) -> None:
    """Let an item be selected by what it judges: by requirement with -k and -m, by capability and level with -m."""
    for each in ids:
        item.extra_keyword_matches.add(each)
        item.add_marker(pytest.mark.requirement(id=each))
        known = book.requirements.get(each)
        if known:
            item.add_marker(pytest.mark.level(name=known.level.value))
            item.add_marker(pytest.mark.capability(name=known.capability))


def needed_scenarios(session: Session, items: Sequence[pytest.Item]) -> list[str]:
    """The scenarios that the items read; with a small selection, those that wire checks need too."""
    names = {name for item in items for name in scenarios_of(item)}
    wanted = {
        session.contract.requirements[each].capability
        for item in items if is_wire(item) for each in requirements_of(item) if each in session.contract.requirements
    }  # fmt: skip
    if wanted and not session.plan.profile:
        names |= {each.name for each in all_scenarios() if not wanted.isdisjoint(each.needs or {"core"})}
    return sorted(names)


@pytest.fixture(scope="session")
def antiphon_session(request: pytest.FixtureRequest) -> Session:
    """The session of this test run."""
    return request.config.stash[SESSION]


@pytest.fixture(scope="session")
def contract(antiphon_session: Session) -> Contract:
    """The contract under the edition of the run."""
    return antiphon_session.contract


@pytest.fixture(scope="session")
def transcripts(request: pytest.FixtureRequest, antiphon_session: Session) -> dict[str, Transcript]:
    """The transcripts of all scenarios that the collected tests need, played at once, or loaded."""
    names = needed_scenarios(antiphon_session, request.session.items)
    interruption = request.config.stash.get(INTERRUPTION, None)
    with interruption.handle_signals() if interruption else nullcontext():
        if hasattr(request.config, "workerinput"):
            play_once(antiphon_session, names, request.getfixturevalue("tmp_path_factory").getbasetemp().parent)
        else:
            antiphon_session.play(names)
    return TranscriptsByScenario(antiphon_session.transcripts)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    interruption = session.config.stash.get(INTERRUPTION, None)
    if interruption and interruption.exit_code:
        session.exitstatus = interruption.exit_code


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    session = config.stash.get(SESSION, None)
    if session and session.stop.reason:
        terminalreporter.line(
            f"The run ended early: {session.stop.reason.removeprefix(EARLY)} What was played is judged."
        )


class TranscriptsByScenario(dict[str, Transcript]):
    """Transcripts by scenario; that of a scenario which was not played is empty and has no ending."""

    def __missing__(self, name: str) -> Transcript:
        return Transcript(name, case=get_scenario(name).case)


@pytest.fixture(scope="session")
def exchanges(transcripts: object, antiphon_session: Session) -> list[Exchange]:
    """Every exchange of the run."""
    return list(antiphon_session.exchanges.values())


@pytest.fixture(scope="session")
def base_requests(transcripts: object, antiphon_session: Session) -> BaseRequests:
    """How the requests that triggers change were answered as they are."""
    return antiphon_session.base_requests


@pytest.fixture(scope="session")
def findings(transcripts: object, antiphon_session: Session) -> Ledger:
    """Violations found by the checks that apply to any exchange."""
    return antiphon_session.findings.ledger


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    session = pyfuncitem.config.stash.get(SESSION, None)
    ids = requirements_of(pyfuncitem)
    if session is None or pyfuncitem.get_closest_marker("requirement") is None:
        return None
    expected = pyfuncitem.config.stash.get(EXPECTATIONS, None)
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    if is_wire(pyfuncitem):
        report_entry(session, ids, expected)
    else:
        seen = judge_item(session, pyfuncitem, ids, arguments)
        report_observation(session, ids, seen, expected)
    return True


def judge_item(session: Session, item: pytest.Function, ids: Sequence[str], arguments: dict[str, Any]) -> Observation:
    """Observe one test and enter it into the ledger."""
    kept = session.findings.effects.kept_elsewhere()
    objection = "" if "core" in kept else session.base_requests.refusal("create")
    known = session.contract.requirements
    capabilities = [known[each].capability for each in ids if each in known]
    seen = declined_beside(capabilities, session.endings, kept) or observe(
        item.obj, arguments, kept, objection, session.missed_members, ids, session.excuse
    )
    session.record([each for each in ids if session.wants(each)], seen)
    return seen
