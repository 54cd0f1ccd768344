"""The pytest plugin: plays the scenarios that the collected tests need, and makes verdicts of what the tests see."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from antiphon.contract.model import Contract, Level
from antiphon.errors import AntiphonError
from antiphon.exercise.scenario import Scenario, all_scenarios, is_registered, registered
from antiphon.exercise.target import Target
from antiphon.judge.ledger import Ledger
from antiphon.judge.verdict import Verdict, judgement
from antiphon.plan import Plan
from antiphon.session import Session
from antiphon.suite.observe import Observation, observe
from antiphon.transcript.exchange import Exchange
from antiphon.transcript.transcript import Transcript

SESSION = pytest.StashKey[Session]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("antiphon", "contract tests of the Responses API")
    option = group.addoption
    option("--antiphon-base-url", metavar="URL", help="the server under test; the reference server when left out")
    option("--antiphon-model", metavar="NAME", help="the model that requests name")
    option("--antiphon-api-key-env", metavar="VAR", default="OPENAI_API_KEY", help="the variable that holds the key")
    option("--antiphon-edition", metavar="ID", help="the reading of the contract to judge by")
    option("--antiphon-transcript", metavar="FILE", action="append", default=[], help="judge a stored run; no network")
    option("--antiphon-report-dir", metavar="DIR", help="where transcript and reports are written")
    option("--antiphon-thorough", action="store_true", help="play the scenarios that take many calls as well")
    option("--antiphon-fault", metavar="NAME", action="append", default=[], help="a fault of the reference server")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(*ids): the requirements that this test judges")
    if SESSION not in config.stash and not config.option.help:
        try:
            config.stash[SESSION] = Session(_plan(config))
        except AntiphonError as error:
            raise pytest.UsageError(str(error)) from None


def _plan(config: pytest.Config) -> Plan:
    given = {name: config.getoption(f"antiphon_{name}") for name in ("base_url", "model", "api_key_env", "edition")}
    chosen = {name: value for name, value in given.items() if value}
    folder = config.getoption("antiphon_report_dir")
    plan = Plan(
        target=Target(**chosen) if "base_url" in chosen else None,
        transcripts=tuple(map(Path, config.getoption("antiphon_transcript"))),
        folder=Path(folder) if folder else None,
        thorough=config.getoption("antiphon_thorough"),
        faults=tuple(config.getoption("antiphon_fault")),
        **({"edition": chosen["edition"]} if "edition" in chosen else {}),
    )
    return plan


def requirements_of(item: pytest.Item) -> list[str]:
    """The requirements that an item judges, with the names of its case filled in."""
    marker = item.get_closest_marker("requirement")
    if marker is None:
        return []
    params = getattr(getattr(item, "callspec", None), "params", {})
    names = {name: value.case if isinstance(value, Scenario) else value for name, value in params.items()}
    case = next((value.case for value in params.values() if isinstance(value, Scenario)), None)
    names.setdefault("case", case)
    named = [each.format(**names) if "{" in each else each for each in marker.args]
    return [each for each in named if each]


def scenarios_of(item: pytest.Item) -> list[str]:
    """The scenarios whose transcripts an item reads."""
    params = getattr(getattr(item, "callspec", None), "params", {})
    names = [params[name].name if isinstance(params.get(name), Scenario) else name
             for name in getattr(item, "fixturenames", ())]  # fmt: skip
    return [name for name in names if is_registered(name)]


def is_wire(item: pytest.Item) -> bool:
    """The item stands for the checks of one requirement over every exchange."""
    return "findings" in getattr(item, "fixturenames", ())


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
        counts = not marked or any(each in session.contract.requirements and session.plan.wants(each) for each in ids)
        (kept if counts else dropped).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def needed(session: Session, items: Sequence[pytest.Item]) -> list[str]:
    """The scenarios that the items read; those that wire checks want when only few are selected are added."""
    names = {name for item in items for name in scenarios_of(item)}
    wanted = {
        session.contract.requirements[each].capability
        for item in items if is_wire(item) for each in requirements_of(item) if each in session.contract.requirements
    }  # fmt: skip
    if wanted:
        names |= {each.name for each in all_scenarios() if not wanted.isdisjoint(each.needs or {"core"})}
    return sorted(names)


@pytest.fixture(scope="session")
def antiphon_session(request: pytest.FixtureRequest) -> Session:
    return request.config.stash[SESSION]


@pytest.fixture(scope="session")
def contract(antiphon_session: Session) -> Contract:
    """The contract under the edition of the run."""
    return antiphon_session.contract


@pytest.fixture(scope="session")
def transcripts(request: pytest.FixtureRequest, antiphon_session: Session) -> dict[str, Transcript]:
    """The transcripts of all scenarios that the collected tests need, played at once, or loaded."""
    antiphon_session.play(needed(antiphon_session, request.session.items))
    return Played(antiphon_session.transcripts)


class Played(dict[str, Transcript]):
    """Transcripts by scenario; one that was not played is empty and has no ending."""

    def __missing__(self, name: str) -> Transcript:
        return Transcript(name, case=registered(name).case)


@pytest.fixture(scope="session")
def exchanges(transcripts: object, antiphon_session: Session) -> list[Exchange]:
    """Every exchange of the run."""
    return list(antiphon_session.exchanges.values())


@pytest.fixture(scope="session")
def findings(transcripts: object, antiphon_session: Session) -> Ledger:
    """What the checks found that hold for any exchange."""
    return antiphon_session.judge.ledger


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    session = pyfuncitem.config.stash.get(SESSION, None)
    ids = requirements_of(pyfuncitem)
    if session is None or pyfuncitem.get_closest_marker("requirement") is None:
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    if is_wire(pyfuncitem):
        _show_entry(session, ids)
    else:
        seen = judge_item(session, pyfuncitem, ids, arguments)
        _show_observation(session, ids, seen)
    return True


def judge_item(session: Session, item: pytest.Item, ids: Sequence[str], arguments: dict[str, Any]) -> Observation:
    """Observe one test and enter it into the ledger."""
    seen = observe(item.obj, arguments)  # type: ignore[attr-defined]
    session.record([each for each in ids if session.plan.wants(each)], seen)
    return seen


def _show_entry(session: Session, ids: Sequence[str]) -> None:
    for each in ids:
        level = session.contract.level(each)
        verdict, reason = judgement(session.judge.ledger.entries.get(each), level)
        match verdict:
            case Verdict.FAIL:
                place = session.judge.ledger[each].places[0]
                pytest.fail(f"{each}: {place.exchange} {place.at}: expected {place.expected}, got {place.got}", False)
            case Verdict.ERROR:
                pytest.fail(f"our error: {reason}", False)
            case Verdict.NOT_APPLICABLE | Verdict.NOT_TESTABLE:
                pytest.skip(f"{verdict}: {reason}")


def _show_observation(session: Session, ids: Sequence[str], seen: Observation) -> None:
    if seen.error:
        pytest.fail(f"our error: {seen.error}", False)
    counted = [each for each in ids if each in session.contract.requirements]
    if seen.violation and any(session.contract.level(each) is Level.MUST for each in counted):
        found = seen.violation
        pytest.fail(f"{', '.join(ids)}: {found.exchange} {found.at}: expected {found.expected}, got {found.got}", False)
    if not seen.judged:
        pytest.skip(seen.untestable or seen.inapplicable)
