"""What pytest loads in every project that has Antiphon installed: its options, and a fixture for a server's own tests.

The suites themselves, with all that plays and judges them, are loaded only where they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from antiphon.contract.paths import suites_dir

PACKAGE = "antiphon.suites"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suites, once."""
    group = parser.getgroup("antiphon", "contract tests of the Responses API")
    if group.options:
        return
    option = group.addoption
    option("--antiphon-base-url", metavar="URL", help="the server under test; the reference server when left out")
    option("--antiphon-model", metavar="NAME", help="the model that requests name")
    option("--antiphon-api-key-env", metavar="VAR", help="the variable that holds the key")
    option("--antiphon-target", metavar="NAME", help="a target of antiphon.toml")
    option("--antiphon-other-model", metavar="NAME", help="a second model, for what needs two")
    option("--antiphon-reasoning-model", metavar="NAME", help="a model that reasons")
    option("--antiphon-body-field", metavar="NAME=JSON", action="append", default=[], help="a field of every create")
    option("--antiphon-concurrency", type=int, metavar="N", help="the most calls at once")
    option("--antiphon-timeout", type=float, metavar="SECONDS", help="the longest that a reply may take")
    option("--antiphon-idle-timeout", type=float, metavar="SECONDS", help="the longest silence inside a reply")
    option("--antiphon-connect-timeout", type=float, metavar="SECONDS", help="the longest to a connection")
    option("--antiphon-max-time", type=float, metavar="SECONDS", help="end what is played after so long")
    option("--antiphon-exclude", metavar="ID", action="append", default=[], help="not this requirement")
    option("--antiphon-rate", metavar="N/UNIT", help="the most calls in a time, such as 60/min")
    option("--antiphon-ca-file", metavar="FILE", help="certificate authorities to trust, in PEM format")
    option("--antiphon-client-cert", metavar="FILE", help="a certificate to show, with its key, in PEM format")
    option("--antiphon-edition", metavar="ID", help="the reading of the contract to judge by")
    option("--antiphon-surface", metavar="NAME", help="responses, chat or both")
    option("--antiphon-baseline", metavar="FILE", help="what is expected to be broken; see `antiphon baseline`")
    option("--antiphon-transcript", metavar="FILE", action="append", default=[], help="judge a stored run; no network")
    option("--antiphon-report-dir", metavar="DIR", help="where the transcript is written")
    option("--antiphon-depth", metavar="NAME", help="core, standard or thorough")
    option("--antiphon-thorough", action="store_true", help="the same as --antiphon-depth thorough")
    option("--antiphon-fault", metavar="NAME", action="append", default=[], help="a fault of the reference server")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.pyargs:
        config.args = [resolve_suites_argument(each) for each in config.args]
    if any(is_suite(each) for each in config.args):
        config.pluginmanager.import_plugin("antiphon.pytest_plugin.plugin")


def resolve_suites_argument(argument: str) -> str:
    """An argument that names the suites as a package, as the path that they have in a wheel or in a checkout."""
    name, colons, rest = argument.partition("::")
    if name != PACKAGE and not name.startswith(PACKAGE + "."):
        return argument
    path = suites_dir().joinpath(*name.removeprefix(PACKAGE).strip(".").split("."))
    return f"{path if path.is_dir() else path.with_suffix('.py')}{colons}{rest}"


def is_suite(argument: str) -> bool:
    """An argument of pytest that names the suites, or a part of them: those installed, or those of a checkout."""
    path = Path(argument.partition("::")[0]).resolve()
    return path.is_relative_to(suites_dir()) or any(_is_suites(each) for each in (path, *path.parents))


def is_whole(arguments: Iterable[str]) -> bool:
    """The arguments of pytest name all of the suites, and not a part of them only."""
    paths = [Path(each).resolve() for each in arguments]
    return any(path == suites_dir() or _is_suites(path) for path in paths)


def _is_suites(folder: Path) -> bool:
    return folder.name == suites_dir().name and (folder / "costs.json").is_file()


@pytest.fixture(name="assert_conforms")
def assert_conforms_fixture() -> Callable[..., None]:
    """`antiphon.testing.assert_conforms`."""
    from antiphon.testing import assert_conforms

    return assert_conforms
