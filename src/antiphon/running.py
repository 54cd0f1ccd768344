"""Runs the suite files under pytest, in this process, without its output."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pytest

from antiphon import plugin
from antiphon.contract.paths import suites_dir
from antiphon.errors import AntiphonError
from antiphon.plan import Plan
from antiphon.session import Session

_QUIET = (
    "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:faulthandler", "-p", "no:unraisableexception",
    "-p", "no:threadexception", "-p", "no:logging", "-p", "no:warnings", "-p", "no:junitxml", "-p", "no:doctest",
    "-p", "no:unittest", "-p", "no:tmpdir", "-p", "no:pastebin", "-p", "no:setuponly", "-p", "no:stepwise",
    "--capture=no", "--assert=plain", "--import-mode=importlib", "--noconftest",
)  # fmt: skip


class _Given:
    """Hands a session to the plugin, and keeps the first error that is not a test's."""

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
        if call.excinfo and call.when == "setup":
            self.error = self.error or call.excinfo.value
            node.session.shouldstop = "nothing can be judged"

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        self.error = self.error or excinfo.value
        return True


def run_suite(plan: Plan, watcher: Any = None, extra: Sequence[object] = ()) -> Session:
    """Collect the suites, play or load what they need, and judge. Raises the AntiphonError that kept it from that."""
    session = Session(plan, watcher)
    given = _Given(session)
    before = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"), os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        root = str(suites_dir())
        arguments = [*_QUIET, "-c", os.devnull, f"--rootdir={root}", "-p", "antiphon.plugin", root]
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
